import { ChatMessage, DataError, type ToolCallResult } from '@millrace/core'
import { describeValue } from '@millrace/core/component'
import { ServeError } from '../errors.ts'
import type { Limits } from '../http/context.ts'
import { type Fields, isObject } from './fields.ts'

/**
 * The conversation of a request.
 *
 * @throws ServeError `SERVE_INVALID_VALUE` with the place, `SERVE_UNSUPPORTED`, `SERVE_TOO_LARGE`
 */
export function readMessages(fields: Fields, { maxMessages }: Pick<Limits, 'maxMessages'>): ChatMessage[] {
  const given = fields.list('messages')
  if (given === undefined || given.length === 0) {
    throw fields.wrong('messages', 'must be a list with at least one message')
  }
  if (given.length > maxMessages) {
    const message = `'messages' has ${given.length} messages; the server accepts ${maxMessages}.`
    throw new ServeError('SERVE_TOO_LARGE', message, { param: 'messages' })
  }
  return withToolNames(given.map(readMessage))
}

function readMessage(value: unknown, index: number): ChatMessage {
  const place = `messages[${index}]`
  if (!isObject(value)) {
    const message = `'${place}' must be an object, not ${describeValue(value)}.`
    throw new ServeError('SERVE_INVALID_VALUE', message, { param: place })
  }
  if (value['role'] === 'function') {
    const message = `'${place}.role' is 'function', which is not supported. Results of tools have the role 'tool'.`
    throw new ServeError('SERVE_UNSUPPORTED', message, { param: `${place}.role` })
  }
  // OpenAI's own models alone read the name of a speaker; that of a tool belongs to its result.
  const { name: _, ...rest } = value
  try {
    return ChatMessage.fromOpenAI(value['role'] === 'tool' ? value : rest)
  } catch (cause) {
    if (!DataError.isInstance(cause)) throw cause
    const param = placeIn(cause.message, place)
    const reason = cause.message.replace(
      'Load it with ImageContent.fromUrl.',
      'The server fetches nothing: send the image itself.',
    )
    throw new ServeError('SERVE_INVALID_VALUE', `'${place}': ${reason}`, { cause, param })
  }
}

/** The part that is to blame, which the message of the error begins with. */
function placeIn(message: string, place: string): string {
  const part = /'?\b((?:content|tool_calls)\[\d+\])/.exec(message)?.[1]
  if (part !== undefined) return `${place}.${part}`
  if (/\bits role must be\b/.test(message)) return `${place}.role`
  return /\bcontent\b/.test(message) ? `${place}.content` : place
}

/** A result knows its call by the id alone; some templates want the name, too. */
function withToolNames(messages: readonly ChatMessage[]): ChatMessage[] {
  const names = new Map<string, string>()
  return messages.map((message) => {
    for (const { id, name } of ChatMessage.toolCalls(message)) if (id !== undefined) names.set(id, name)
    if (message.role !== 'tool') return message
    return { ...message, content: message.content.map((part) => named(part, names)) }
  })
}

function named(result: ToolCallResult, names: ReadonlyMap<string, string>): ToolCallResult {
  const { origin } = result
  const name = origin.name === '' && origin.id !== undefined ? names.get(origin.id) : undefined
  return name === undefined ? result : { ...result, origin: { ...origin, name } }
}
