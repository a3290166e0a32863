import { LlamaCppError } from '../errors.ts'

/** For a text that does not fit, or of which nothing would be left. */
export function overlong(what: string, tokens: number, contextSize: number): LlamaCppError {
  return new LlamaCppError(
    'CONTEXT_OVERFLOW',
    `${what} takes ${tokens} tokens, and the context holds ${contextSize}. Shorten it, raise nCtx and nBatch, or let it be cut off with truncate: true.`,
    { actual: tokens, expected: contextSize },
  )
}
