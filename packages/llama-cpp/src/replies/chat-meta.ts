import { type JsonObject, type RunContext, ToolCall } from '@millrace/core'
import type { ModelWarning } from '../chat/choose-template.ts'
import type { ChatRequest, Generation, GenerationRequest } from '../engines/request.ts'

/** The meta of a reply with further warnings. Those that it has stay. */
export function withWarnings<Meta extends object>(
  meta: Meta,
  warnings: readonly ModelWarning[],
): Meta & { readonly warnings?: JsonObject[] } {
  const { warnings: known = [] } = meta as { readonly warnings?: readonly JsonObject[] }
  const all = [...known, ...warnings.map((warning) => ({ ...warning }))]
  return all.length === 0 ? meta : { ...meta, warnings: all }
}

/**
 * A warning `REPLY_CUT` where a limit ends a reply within a call, in front of one that had to come, or within what a schema
 * asks for. Of a grammar nobody knows whether it was at its end.
 */
export function cutWarnings(
  generation: Pick<Generation, 'finishReason' | 'text' | 'toolCalls'>,
  {
    constraint,
    toolChoice,
  }: Pick<GenerationRequest, 'constraint'> & Partial<Pick<ChatRequest, 'toolChoice'>>,
): ModelWarning[] {
  if (generation.finishReason !== 'length') return []
  const { text, toolCalls } = generation
  const cut = toolCalls.find((call) => ToolCall.readArguments(call.arguments) === undefined)
  if (cut !== undefined)
    return cutIn(`in the middle of a call of ${cut.name === '' ? 'a tool' : `the tool '${cut.name}'`}`)
  if (toolCalls.length > 0) return []
  if (toolChoice === 'required' || typeof toolChoice === 'object') {
    return cutIn('in front of the call that generationKwargs.toolChoice asks for')
  }
  if (constraint?.kind === 'json') {
    return isComplete(text) ? [] : cutIn('in the middle of the JSON of generationKwargs.responseFormat')
  }
  if (constraint === undefined) return []
  return cutIn('within the grammar of generationKwargs.grammar', 'may not be complete')
}

function cutIn(where: string, what = 'is not complete'): ModelWarning[] {
  const message = `The reply was cut off ${where}: it ${what}. Raise generationKwargs.maxTokens, or nCtx where the context is full.`
  return [{ code: 'REPLY_CUT', message }]
}

/** A number alone could have had further digits. */
function isComplete(json: string): boolean {
  try {
    return typeof JSON.parse(json) !== 'number'
  } catch {
    return false
  }
}

/** Tells the run what `meta` says, too: nobody reads that of a reply that goes on to another component. */
export function reportWarnings(run: Pick<RunContext, 'warn'>, warnings: readonly ModelWarning[]): void {
  for (const { code, message } of warnings) run.warn(code, message)
}
