import { ChatMessage, type ToolCall } from '@millrace/core'
import { readMalformedCalls } from '@millrace/core/component'

/** A call that a model made and that nobody has answered. */
export interface PendingCall {
  readonly call: ToolCall
  /** What the model wrote as arguments, where that is not the JSON text of an object. */
  readonly malformed?: string
}

export interface PendingCalls {
  /** The messages, with every call among the parts of its message: also the malformed ones, without arguments. */
  readonly messages: readonly ChatMessage[]
  readonly calls: readonly PendingCall[]
}

/**
 * The calls that wait for a result: those of the assistant messages at the end. What stands before another message was
 * answered, or is over. So a list of replies may be given, as in Haystack, and a whole conversation, too.
 *
 * A call that could not be read is in the `meta.malformedToolCalls` of its message. Its message gets it back, so that the
 * result has a call to belong to: templates of models want one.
 */
export function pendingCalls(messages: readonly ChatMessage[]): PendingCalls {
  const start = messages.findLastIndex(({ role }) => role !== 'assistant') + 1
  const completed = messages.slice(start).map(completeMessage)
  return {
    messages: [...messages.slice(0, start), ...completed.map(({ message }) => message)],
    calls: completed.flatMap(({ calls }) => calls),
  }
}

function completeMessage(message: ChatMessage): {
  readonly message: ChatMessage
  readonly calls: readonly PendingCall[]
} {
  const read = ChatMessage.toolCalls(message).map((call): PendingCall => ({ call }))
  if (message.role !== 'assistant') return { message, calls: read }
  const malformed = readMalformedCalls(message.meta?.['malformedToolCalls'])
  if (malformed.length === 0) return { message, calls: read }
  const calls = [...read]
  // Each counts the calls before it, so that in ascending order each finds its place. A message from elsewhere may have it
  // there already, without arguments.
  for (const { index, arguments: written, ...named } of malformed) {
    const there = calls[index]?.call
    const isThere =
      there?.id === named.id && there?.name === named.name && Object.keys(there.arguments).length === 0
    const call: ToolCall = { type: 'toolCall', ...named, arguments: {} }
    calls.splice(index, isThere ? 1 : 0, { call, malformed: written })
  }
  const others = message.content.filter(({ type }) => type !== 'toolCall')
  return { message: { ...message, content: [...others, ...calls.map(({ call }) => call)] }, calls }
}
