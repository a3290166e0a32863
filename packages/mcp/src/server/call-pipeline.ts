import type { PipelineOutput, RunListener, RunResult, WarmUpProgress } from '@millrace/core'
import { listNames, messageOf, unknownName } from '@millrace/core/component'
import type { CallToolResult } from '@modelcontextprotocol/sdk/types.js'
import { askPerson, type Extra } from './ask-person.ts'
import { ProgressReport } from './progress.ts'
import { type Argument, answersOf, argumentsOf, type ServedPipeline } from './served-pipeline.ts'
import { answerValue } from './tool-of-pipeline.ts'

type Values = Readonly<Record<string, unknown>>

/** What a run begins with: the inputs by the paths of their sockets, or a paused run and what it was answered. */
export type Beginning =
  | { readonly inputs: Values }
  | { readonly paused: Extract<RunResult, { readonly status: 'paused' }>; readonly answers: Values }

/** Runs a pipeline, or goes on with a paused run of it. */
export type RunServed = (
  served: ServedPipeline,
  beginning: Beginning,
  options: {
    readonly signal: AbortSignal
    readonly onEvent: RunListener
    readonly onProgress: (progress: WarmUpProgress) => void
  },
) => Promise<RunResult>

export interface CallOptions {
  readonly extra: Extra
  /** Whether the client can ask its user. */
  readonly canAsk: boolean
  /** Where packages are looked for that parameters name. */
  readonly resolveFrom: readonly string[]
  readonly log: (message: string) => void
  readonly run?: RunServed
  readonly answerAt?: (paused: RunResult) => string
}

/**
 * Runs a pipeline for a client. What goes wrong is an answer, too, which the model of the client reads; a run that pauses
 * asks the person at the client, where that is possible.
 *
 * @throws the reason of the signal, when the client cancels the call
 */
export async function callPipeline(
  served: ServedPipeline,
  given: Values,
  { extra, canAsk, resolveFrom, log, answerAt = byCommandLine, run = runHere(resolveFrom) }: CallOptions,
): Promise<CallToolResult> {
  const { name, pipeline } = served
  const { signal } = extra
  const report = new ProgressReport(extra)
  const { onEvent, onProgress } = report
  try {
    const inputs = inputsOf(argumentsOf(pipeline), given)
    const options = { signal, onEvent, onProgress }
    let result = await run(served, { inputs }, options)
    while (result.status === 'paused') {
      const { questions } = result
      const answers = canAsk && questions.length > 0 ? await askPerson(questions, extra) : undefined
      if (answers === undefined) return failed(pausedText(result, canAsk, answerAt))
      result = await run(served, { paused: result, answers }, options)
    }
    for (const { message } of result.warnings) log(`${name}: ${message}`)
    return answerOf(answersOf(pipeline), result)
  } catch (error) {
    signal.throwIfAborted()
    log(`${name}: ${messageOf(error)}`)
    return failed(messageOf(error))
  } finally {
    report.end()
  }
}

function runHere(resolveFrom: readonly string[]): RunServed {
  return async ({ pipeline }, beginning, { signal, onEvent, onProgress }) => {
    await pipeline.warmUp({ signal, onProgress, resolveFrom })
    const options = { signal, onEvent, validate: 'all' } as const
    if ('inputs' in beginning) return pipeline.run(beginning.inputs, options)
    const { paused, answers } = beginning
    return pipeline.resume(paused.snapshot, { ...options, answers })
  }
}

/**
 * The values by the paths of their sockets, as a run takes them.
 *
 * @throws RangeError before anything is loaded, for an argument that is unknown or missing
 */
function inputsOf(known: readonly Argument[], given: Values): Values {
  const names = known.map(({ name }) => name)
  const unknown = Object.keys(given).find((name) => !names.includes(name))
  if (unknown !== undefined) throw new RangeError(unknownName('argument', unknown, names))
  const missing = known.filter(
    ({ name, inputs }) => given[name] === undefined && inputs.some(({ mandatory }) => mandatory),
  )
  if (missing.length > 0) throw new RangeError(`It needs ${listNames(missing.map(({ name }) => name))}.`)
  const entries = known.flatMap(({ name, inputs }) => inputs.map(({ path }) => [path, given[name]] as const))
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined))
}

/** One text as a text, all else as JSON; and the data themselves. */
function answerOf(outputs: readonly PipelineOutput[], { named, outputs: all }: RunResult): CallToolResult {
  const entries = outputs.flatMap(({ name, component, socket, type }) => {
    const value: unknown = Object.hasOwn(named, name) ? named[name] : Object(Object(all)[component])[socket]
    const answer = value === undefined ? undefined : answerValue(type, value)
    return answer === undefined ? [] : [[name, answer] as const]
  })
  const structuredContent = Object.fromEntries(entries)
  const [[, only] = []] = entries
  const text = entries.length === 1 ? textOf(only) : JSON.stringify(structuredContent)
  return { content: [{ type: 'text', text }], structuredContent }
}

function textOf(value: unknown): string {
  if (typeof value === 'string') return value
  const isTexts = Array.isArray(value) && value.length > 0 && value.every((item) => typeof item === 'string')
  return isTexts ? value.join('\n\n') : JSON.stringify(value)
}

function byCommandLine(): string {
  return "Run it with 'millrace run' and answer with 'millrace resume'."
}

function pausedText(paused: RunResult, canAsk: boolean, answerAt: (paused: RunResult) => string): string {
  const { questions } = paused
  const asked = questions.map(({ prompt }) => `\n- ${prompt}`).join('')
  const why =
    questions.length === 0
      ? 'It waits for something that this server cannot give.'
      : canAsk
        ? 'Nobody answered:'
        : 'It asks what only a person can answer, and this client cannot ask one:'
  return `The pipeline is paused and did not end. ${why}${asked}\n${answerAt(paused)}`
}

function failed(text: string): CallToolResult {
  return { content: [{ type: 'text', text }], isError: true }
}
