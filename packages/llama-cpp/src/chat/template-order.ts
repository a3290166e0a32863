import type { TemplateMessage } from './template-messages.ts'

/**
 * A conversation as it is, then in the other ways that templates ask for: neighbours of one role as one message,
 * system messages as part of what the user says, and each call followed by its own result.
 */
export function* arrangements(messages: readonly TemplateMessage[]): Generator<readonly TemplateMessage[]> {
  for (const split of [messages, withSingleCalls(messages)]) {
    yield split
    yield joined(split)
    const folded = withoutSystem(split)
    yield folded
    yield joined(folded)
  }
}

function joined(messages: readonly TemplateMessage[]): TemplateMessage[] {
  const result: TemplateMessage[] = []
  for (const message of messages) {
    const before = result.at(-1)
    if (before && before.role === message.role && message.role !== 'tool' && !before.tool_calls) {
      const content = [before.content, message.content].filter((text) => text !== '').join('\n\n')
      result[result.length - 1] = { ...before, ...message, content }
    } else result.push(message)
  }
  return result
}

function withoutSystem(messages: readonly TemplateMessage[]): TemplateMessage[] {
  const result: TemplateMessage[] = []
  let waiting: string[] = []
  const flush = () => {
    if (waiting.length > 0) result.push({ role: 'user', content: waiting.join('\n\n') })
    waiting = []
  }
  for (const message of messages) {
    if (message.role === 'system') waiting.push(message.content)
    else if (message.role === 'user') {
      result.push({ ...message, content: [...waiting, message.content].join('\n\n') })
      waiting = []
    } else {
      flush()
      result.push(message)
    }
  }
  flush()
  return result
}

function withSingleCalls(messages: readonly TemplateMessage[]): TemplateMessage[] {
  const result: TemplateMessage[] = []
  for (let index = 0; index < messages.length; index++) {
    const message = messages[index] as TemplateMessage
    const calls = message.tool_calls ?? []
    if (calls.length < 2) {
      result.push(message)
      continue
    }
    const answers: TemplateMessage[] = []
    while (messages[index + 1]?.role === 'tool') answers.push(messages[++index] as TemplateMessage)
    calls.forEach((call, place) => {
      const { content, ...others } = message
      result.push({ ...others, content: place === 0 ? content : '', tool_calls: [call] })
      const own = answers.findIndex(({ tool_call_id: id }) => id === call.id)
      if (own >= 0) result.push(...answers.splice(own, 1))
    })
    result.push(...answers)
  }
  return result
}
