import type { JsonObject, RunContext } from '@millrace/core'
import type { ModelWarning } from '../chat/choose-template.ts'
import type { Generation, GenerationRequest } from '../engines/request.ts'

/** The meta of a reply with further warnings. Those that it has stay. */
export function withWarnings<Meta extends object>(
  meta: Meta,
  warnings: readonly ModelWarning[],
): Meta & { readonly warnings?: JsonObject[] } {
  const { warnings: known = [] } = meta as { readonly warnings?: readonly JsonObject[] }
  const all = [...known, ...warnings.map((warning) => ({ ...warning }))]
  return all.length === 0 ? meta : { ...meta, warnings: all }
}

/** A warning `REPLY_CUT` where a reply that was to obey a schema or grammar ends in the middle. */
export function cutWarnings(
  { finishReason }: Pick<Generation, 'finishReason'>,
  { constraint }: Pick<GenerationRequest, 'constraint'>,
): ModelWarning[] {
  if (finishReason !== 'length' || constraint === undefined) return []
  const wanted =
    constraint.kind === 'json'
      ? 'JSON of generationKwargs.responseFormat'
      : 'grammar of generationKwargs.grammar'
  const message = `The reply was cut off in the middle of the ${wanted}: it is not complete. Raise generationKwargs.maxTokens, or nCtx where the context is full.`
  return [{ code: 'REPLY_CUT', message }]
}

/** Tells the run what `meta` says, too: nobody reads that of a reply that goes on to another component. */
export function reportWarnings(run: Pick<RunContext, 'warn'>, warnings: readonly ModelWarning[]): void {
  for (const { code, message } of warnings) run.warn(code, message)
}
