import { ChatMessage, MillraceError } from '@millrace/core'
import { CliError } from '../errors.ts'

/** What `/save x.json` writes. `millrace run MODEL --input x.json` takes it, too. */
export function conversationJson(messages: readonly ChatMessage[]): string {
  return `${JSON.stringify({ messages }, undefined, 2)}\n`
}

/**
 * Reads what `conversationJson` wrote, or a list of messages.
 *
 * @throws CliError `USAGE_UNREADABLE` for anything else
 */
export function readConversation(text: string, file: string): readonly ChatMessage[] {
  const refuse = (problem: string, cause: unknown) =>
    new CliError('USAGE_UNREADABLE', `'${file}' is not a conversation: ${problem}`, { cause })
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (cause) {
    throw refuse('it is not JSON. /save writes one to a name that ends in .json.', cause)
  }
  const list: unknown = Array.isArray(value) ? value : Object(value).messages
  if (!Array.isArray(list)) throw refuse("it has no list of 'messages'.", undefined)
  return list.map((message, index) => {
    try {
      return ChatMessage.fromJSON(message)
    } catch (cause) {
      if (!MillraceError.isInstance(cause)) throw cause
      throw refuse(`messages[${index}]: ${cause.message}`, cause)
    }
  })
}

const titles = { system: 'Instructions', user: 'You', assistant: 'Model', tool: 'Results' } as const

/** The conversation for people: a heading for each message, calls and results as they are on the screen. */
export function conversationMarkdown(messages: readonly ChatMessage[]): string {
  return messages
    .map((message) => {
      const parts = message.content.map(partText)
      if (message.meta?.['finishReason'] === 'aborted') parts.push('*(stopped here)*')
      return `## ${titles[message.role]}\n\n${parts.filter((part) => part !== '').join('\n\n')}\n`
    })
    .join('\n')
}

function partText(part: ChatMessage['content'][number]): string {
  switch (part.type) {
    case 'text':
      return part.text
    case 'reasoning':
      return part.text.trim().replace(/^/gm, '> ')
    case 'toolCall':
      return fenced(`→ ${part.name}(${JSON.stringify(part.arguments)})`)
    case 'toolCallResult': {
      const { origin, result, error } = part
      const text = typeof result === 'string' ? result : result.map(partText).join('\n')
      return fenced(`${error ? '✗' : '←'} ${origin.name}: ${text}`)
    }
    case 'image':
      return `*(image${part.meta?.['filePath'] === undefined ? '' : ` ${String(part.meta['filePath'])}`})*`
    case 'file':
      return '*(file)*'
  }
}

/** With a fence that the text does not have. */
function fenced(text: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([ticks]) => ticks.length))
  const fence = '`'.repeat(longest + 1)
  return `${fence}\n${text}\n${fence}`
}
