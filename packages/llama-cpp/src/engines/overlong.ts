import { LlamaCppError } from '../errors.ts'

/** For a prompt that leaves no room for a reply. */
export function promptOverflow(tokens: number, contextSize: number, atLeast = false): LlamaCppError {
  return new LlamaCppError(
    'CONTEXT_OVERFLOW',
    `The prompt has ${atLeast ? 'at least ' : ''}${tokens} tokens, but the context holds ${contextSize} and needs room for the reply. Shorten the prompt, raise nCtx, or set generationKwargs.contextShift.`,
    { actual: tokens, expected: contextSize },
  )
}

/** For a text that does not fit, or of which nothing would be left. */
export function overlong(what: string, tokens: number, contextSize: number, atLeast = false): LlamaCppError {
  return new LlamaCppError(
    'CONTEXT_OVERFLOW',
    `${what} takes ${atLeast ? 'at least ' : ''}${tokens} tokens, and the context holds ${contextSize}. Shorten it, raise nCtx and nBatch, or let it be cut off with truncate: true.`,
    { actual: tokens, expected: contextSize },
  )
}
