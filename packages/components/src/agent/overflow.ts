/** The codes of generators and servers for a conversation that is longer than the context of the model. */
const CODES: readonly unknown[] = [
  ...['CONTEXT_OVERFLOW', 'OPENAI_CONTEXT_OVERFLOW'],
  ...['context_length_exceeded', 'exceed_context_size_error'],
]

/** Whether an error says that the conversation is too long: by itself, or by what caused it. */
export function isContextOverflow(error: unknown, depth = 0): boolean {
  if (typeof error !== 'object' || error === null || depth > 5) return false
  const { code, type, cause, errors } = error as {
    readonly code?: unknown
    readonly type?: unknown
    readonly cause?: unknown
    readonly errors?: unknown
  }
  if (CODES.includes(code) || CODES.includes(type)) return true
  // Of several generators all have to agree: another one failed for a reason that is not the conversation.
  const all =
    Array.isArray(errors) && errors.length > 0 && errors.every((one) => isContextOverflow(one, depth + 1))
  return all || isContextOverflow(cause, depth + 1)
}
