import {
  MillraceError,
  type RunContext,
  type Tool,
  type ToolCallEnd,
  type ToolCallResult,
} from '@millrace/core'
import { didYouMean, invokeTool, listNames, shorten } from '@millrace/core/component'
import { ComponentsError } from '../errors.ts'
import type { PendingCall } from './pending-calls.ts'
import { toolResult } from './tool-result.ts'

export interface AnswerOptions {
  readonly tools: readonly Tool[]
  readonly signal: AbortSignal
  /** The longest that one call may take. Undefined: no limit. */
  readonly timeoutMs: number | undefined
  readonly raiseOnFailure: boolean
  /** Hears of each call when it is over. */
  readonly report: RunContext['toolCall']
}

/**
 * Runs the tool that a call names. What goes wrong is told to the model, as an error result.
 *
 * @throws ToolError, ComponentsError where failures are to be raised
 * @throws the reason of the signal, at once, whether the tool listens or not
 */
export async function answerCall(pending: PendingCall, options: AnswerOptions): Promise<ToolCallResult> {
  const { call } = pending
  const made = { type: 'toolCallResult', origin: call } as const
  const started = performance.now()
  const report = (end: Pick<ToolCallEnd, 'result' | 'error'>) =>
    options.report({ call, ...end, durationMs: performance.now() - started })
  try {
    const result = await resultOf(pending, options)
    report({ result })
    return { ...made, result, error: false }
  } catch (error) {
    report({ error })
    options.signal.throwIfAborted()
    if (options.raiseOnFailure || !MillraceError.isInstance(error)) throw error
    return { ...made, result: error.message, error: true }
  }
}

async function resultOf(
  { call: { name, arguments: given }, malformed }: PendingCall,
  { tools, signal, timeoutMs }: AnswerOptions,
): Promise<ToolCallResult['result']> {
  const found = tools.find((tool) => tool.name === name)
  if (found === undefined) throw unknownTool(name, tools)
  if (malformed !== undefined) throw malformedCall(name, malformed)
  const returned = await limited(name, signal, timeoutMs, (limit) =>
    invokeTool(found, given, { signal: limit }),
  )
  return toolResult(name, returned)
}

/** Ends with the signal, or when the time is over, even if what is called goes on. */
async function limited(
  tool: string,
  signal: AbortSignal,
  timeoutMs: number | undefined,
  call: (signal: AbortSignal) => Promise<unknown>,
): Promise<unknown> {
  signal.throwIfAborted()
  const end = new AbortController()
  const onAbort = () => end.abort(signal.reason)
  signal.addEventListener('abort', onAbort)
  const timer =
    timeoutMs === undefined ? undefined : setTimeout(() => end.abort(tooSlow(tool, timeoutMs)), timeoutMs)
  try {
    const ended = new Promise<never>((_, reject) => {
      end.signal.addEventListener('abort', () => reject(end.signal.reason), { once: true })
    })
    return await Promise.race([call(end.signal), ended])
  } finally {
    clearTimeout(timer)
    signal.removeEventListener('abort', onAbort)
  }
}

function unknownTool(name: string, tools: readonly Tool[]): ComponentsError {
  const names = tools.map((tool) => tool.name)
  const message =
    names.length === 0
      ? `There is no tool '${name}': no tools are available.`
      : `There is no tool '${name}'. Available: ${listNames(names, 60)}.${didYouMean(name, names)}`
  return new ComponentsError('TOOL_UNKNOWN', message, { tool: name })
}

const LONGEST = 200

function malformedCall(name: string, written: string): ComponentsError {
  const shown = shorten(written, LONGEST)
  const message = `The arguments of this call of '${name}' are not a JSON object: ${shown}. Call it again with one JSON object.`
  return new ComponentsError('TOOL_CALL_MALFORMED', message, { tool: name })
}

function tooSlow(name: string, timeoutMs: number): ComponentsError {
  return new ComponentsError('TOOL_TIMEOUT', `Tool '${name}' took longer than ${timeoutMs} ms.`, {
    tool: name,
  })
}
