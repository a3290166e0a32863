import { LlamaCppError } from '../src/errors.ts'

/** The LlamaCppError that a promise, or a function, fails with. */
export async function failureOf(attempt: Promise<unknown> | (() => unknown)): Promise<LlamaCppError> {
  try {
    await (typeof attempt === 'function' ? attempt() : attempt)
  } catch (error) {
    if (LlamaCppError.isInstance(error)) return error
    throw error
  }
  throw new TypeError('nothing was thrown')
}
