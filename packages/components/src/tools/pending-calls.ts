import { ChatMessage, type ToolCall } from '@millrace/core'
import { readMalformedCalls } from '@millrace/core/component'

/** A call that a model made and that nobody has answered. */
export interface PendingCall {
  readonly call: ToolCall
  /** What the model wrote as arguments, where that is not the JSON text of an object. */
  readonly malformed?: string
  /** What it is answered with in place of being run, as an error result. */
  readonly refusal?: string
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
 * result has a call to belong to: templates of models want one. Calls of one message that share an id get different ones.
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
  const ids = read.flatMap(({ call: { id } }) => id ?? [])
  const areAlike = new Set(ids).size < ids.length
  if (malformed.length === 0 && !areAlike) return { message, calls: read }
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
  const distinct = withDistinctIds(calls)
  return {
    message: { ...message, content: [...others, ...distinct.map(({ call }) => call)] },
    calls: distinct,
  }
}

/** Two calls with one id could not be told apart by their results: each but the first gets another one. */
function withDistinctIds(calls: readonly PendingCall[]): readonly PendingCall[] {
  const taken = new Set<string>()
  return calls.map((pending) => {
    const { id } = pending.call
    if (id === undefined) return pending
    let distinct = id
    for (let number = 2; taken.has(distinct); number++) distinct = `${id}-${number}`
    taken.add(distinct)
    return distinct === id ? pending : { ...pending, call: { ...pending.call, id: distinct } }
  })
}
