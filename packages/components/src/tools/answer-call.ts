import { type RunContext, type Tool, type ToolCallEnd, ToolCallResult } from '@millrace/core'
import { didYouMean, invokeTool, listNames, messageOf, shorten } from '@millrace/core/component'
import { ComponentsError } from '../errors.ts'
import { cutResult } from './cut-result.ts'
import type { PendingCall } from './pending-calls.ts'
import { toolResult } from './tool-result.ts'
import { argumentsWith, type ToolState } from './tool-state.ts'

export interface AnswerOptions {
  readonly tools: readonly Tool[]
  readonly signal: AbortSignal
  /** The longest that one call may take. Undefined: no limit. */
  readonly timeoutMs: number | undefined
  /** How many characters of text a result may have. */
  readonly maxResultCharacters: number
  readonly raiseOnFailure: boolean
  /** What tools may read. Undefined: nothing. */
  readonly state?: ToolState | undefined
  /** Of the component that answers: it hears of each call when it is over, and of what tools report themselves. */
  readonly run: RunContext
}

export interface Answer {
  readonly result: ToolCallResult
  /** What the tool returned, where it did. */
  readonly returned?: unknown
}

/**
 * Runs the tool that a call names. What goes wrong becomes an error result for the model.
 *
 * @throws ToolError, ComponentsError where failures are to be raised
 * @throws the reason of the signal, at once, whether the tool listens or not
 */
export async function answerCall(pending: PendingCall, options: AnswerOptions): Promise<Answer> {
  const { call, refusal } = pending
  const { maxResultCharacters: most } = options
  const started = performance.now()
  const report = (end: Pick<ToolCallEnd, 'result' | 'error'>) =>
    options.run.toolCall({ call, ...end, durationMs: performance.now() - started })
  if (refusal !== undefined) {
    report({ error: new ComponentsError('TOOL_REFUSED', refusal, { tool: call.name }) })
    return { result: ToolCallResult.create({ result: refusal, origin: call, error: true }) }
  }
  try {
    const { returned, shown } = await returnedBy(pending, options)
    const result = cutResult(toolResult(call.name, shown), most)
    report({ result })
    return { result: ToolCallResult.create({ result, origin: call }), returned }
  } catch (error) {
    report({ error })
    options.signal.throwIfAborted()
    if (options.raiseOnFailure) throw error
    return { result: failedCall(pending, error, most) }
  }
}

/** What the model reads of a failure. */
export function failedCall({ call }: PendingCall, error: unknown, most: number): ToolCallResult {
  return ToolCallResult.create({ result: cutResult(messageOf(error), most), origin: call, error: true })
}

async function returnedBy(
  { call: { name, arguments: given }, malformed }: PendingCall,
  { tools, signal, timeoutMs, state, run }: AnswerOptions,
): Promise<{ readonly returned: unknown; readonly shown: unknown }> {
  const found = tools.find((tool) => tool.name === name)
  if (found === undefined) throw unknownTool(name, tools)
  if (malformed !== undefined) throw malformedCall(name, malformed)
  const returned = await limited(`Tool '${name}'`, name, signal, timeoutMs, (limit) =>
    invokeTool(found, argumentsWith(state, found, given), { signal: limit, run }),
  )
  return { returned, shown: found.toResult === undefined ? returned : found.toResult(returned) }
}

/**
 * Ends with the signal, or when the time is over, even if what is called goes on.
 *
 * @param what is called, as the message names it
 */
export async function limited<Given>(
  what: string,
  tool: string,
  signal: AbortSignal,
  timeoutMs: number | undefined,
  call: (signal: AbortSignal) => Promise<Given>,
): Promise<Given> {
  signal.throwIfAborted()
  const end = new AbortController()
  const onAbort = () => end.abort(signal.reason)
  signal.addEventListener('abort', onAbort)
  const timer =
    timeoutMs === undefined
      ? undefined
      : setTimeout(() => end.abort(tooSlow(what, tool, timeoutMs)), timeoutMs)
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

function tooSlow(what: string, tool: string, timeoutMs: number): ComponentsError {
  return new ComponentsError('TOOL_TIMEOUT', `${what} took longer than ${timeoutMs} ms.`, { tool })
}
