import { ChatMessage, type ToolCall, type ToolCallResult } from '@millrace/core'

/**
 * The conversation with a result, `text`, for each call that has none: models and servers refuse a call that nobody answered,
 * which an earlier run that was stopped or that nobody approved may have left behind.
 */
export function answerOpenCalls(messages: readonly ChatMessage[], text: string): ChatMessage[] {
  const answered: ChatMessage[] = []
  for (let at = 0; at < messages.length; at++) {
    const message = messages[at] as ChatMessage
    answered.push(message)
    const calls = ChatMessage.toolCalls(message)
    if (calls.length === 0) continue
    const results: ToolCallResult[] = []
    while (messages[at + 1]?.role === 'tool') {
      const next = messages[++at] as ChatMessage
      answered.push(next)
      results.push(...ChatMessage.toolCallResults(next))
    }
    answered.push(
      ...openAmong(calls, results).map((origin) => ChatMessage.tool({ result: text, origin, error: true })),
    )
  }
  return answered
}

/** By id, and in order by name where there is none. */
function openAmong(calls: readonly ToolCall[], results: readonly ToolCallResult[]): readonly ToolCall[] {
  const left = [...results]
  return calls.filter(({ id, name }) => {
    const at = left.findIndex(({ origin }) =>
      id === undefined || origin.id === undefined ? origin.name === name : origin.id === id,
    )
    if (at >= 0) left.splice(at, 1)
    return at < 0
  })
}
