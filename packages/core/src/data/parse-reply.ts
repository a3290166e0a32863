import { DataError } from '../errors.ts'
import type { Socket } from '../schema/socket.ts'
import { checkValue } from '../schema/validate.ts'
import { formatPath } from '../text/show.ts'
import { ChatMessage } from './chat-message.ts'

/**
 * The data that a reply is the JSON text of, checked, with the type of the declaration that the model was given as a schema.
 * Of a model that is held to the schema, only a reply that was cut off is refused.
 *
 * @throws DataError `DATA_INVALID_REPLY` for no reply, a text that is not JSON, and what does not fit
 * @example
 * const person = t.object({ name: t.string(), age: t.integer() })
 * const { name, age } = parseReply(person, replies[0])
 */
export function parseReply<T>(socket: Socket<T>, reply: ChatMessage | undefined): T {
  const text = ChatMessage.text(reply)
  if (text === undefined) throw invalid(reply, reply === undefined ? 'there is none' : 'it has no text')
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (cause) {
    throw invalid(reply, `it is not JSON: ${(cause as SyntaxError).message}`, cause)
  }
  const [problem] = checkValue(socket, value)
  if (problem === undefined) return value as T
  const place = problem.path.length === 0 ? '' : `'${formatPath(problem.path)}': `
  throw invalid(reply, `${place}${problem.message}`)
}

function invalid(reply: ChatMessage | undefined, reason: string, cause?: unknown): DataError {
  const { finishReason } = reply?.meta ?? {}
  const cutOff = {
    length: " It was cut off: give it more tokens, with 'maxTokens'.",
    aborted: ' The run was stopped.',
  }
  const hint = finishReason === 'length' || finishReason === 'aborted' ? cutOff[finishReason] : ''
  const sentence = reason.endsWith('.') ? reason : `${reason}.`
  return new DataError('DATA_INVALID_REPLY', `The reply cannot be read: ${sentence}${hint}`, { cause })
}
