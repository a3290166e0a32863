/** The codes of generators (`CONTEXT_OVERFLOW`, `OPENAI_CONTEXT_OVERFLOW`) and of servers for a conversation that is too long. */
const CODE = /^(\w+_)?CONTEXT_OVERFLOW$|^context_length_exceeded$|^exceed_context_size/

/** Whether an error says that the conversation is too long: by itself, or by what caused it. */
export function isContextOverflow(error: unknown, depth = 0): boolean {
  if (typeof error !== 'object' || error === null || depth > 5) return false
  const { code, type, cause, errors } = error as {
    readonly code?: unknown
    readonly type?: unknown
    readonly cause?: unknown
    readonly errors?: unknown
  }
  if ([code, type].some((word) => typeof word === 'string' && CODE.test(word))) return true
  // Of several generators all have to agree: another one failed for a reason that is not the conversation.
  const all =
    Array.isArray(errors) && errors.length > 0 && errors.every((one) => isContextOverflow(one, depth + 1))
  return all || isContextOverflow(cause, depth + 1)
}
