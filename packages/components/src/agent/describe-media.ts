import { ChatMessage, type FileContent, type ImageContent, type ToolCallResult } from '@millrace/core'
import { countOf } from '@millrace/core/component'

/**
 * A conversation as models take it: neither templates nor servers have a place for images and files in the results of tools. They
 * are described in words there; with `showsImages` each step's images follow its results, in a message of the user.
 */
export function describeMedia(
  messages: readonly ChatMessage[],
  showsImages: boolean,
): readonly ChatMessage[] {
  if (!messages.some(hasMedia)) return messages
  const described: ChatMessage[] = []
  let images: ImageContent[] = []
  for (const [index, message] of messages.entries()) {
    described.push(hasMedia(message) ? inWords(message, showsImages) : message)
    if (showsImages) images.push(...imagesOf(message))
    if (images.length === 0 || messages[index + 1]?.role === 'tool') continue
    described.push(ChatMessage.user(['Shown by the tools:', ...images]))
    images = []
  }
  return described
}

/** The conversation with a text of the user at its end: many templates refuse two messages of the user in a row. */
export function withUserText(messages: readonly ChatMessage[], text: string): readonly ChatMessage[] {
  const last = messages.at(-1)
  if (last?.role !== 'user') return [...messages, ChatMessage.user(text)]
  return [...messages.slice(0, -1), { ...last, content: [...last.content, { type: 'text', text }] }]
}

type Part = Exclude<ToolCallResult['result'], string>[number]

function partsOf(message: ChatMessage): readonly Part[] {
  return ChatMessage.toolCallResults(message).flatMap(({ result }) =>
    typeof result === 'string' ? [] : result,
  )
}

function hasMedia(message: ChatMessage): boolean {
  return message.role === 'tool' && partsOf(message).some(({ type }) => type !== 'text')
}

function imagesOf(message: ChatMessage): ImageContent[] {
  return partsOf(message).filter((part): part is ImageContent => part.type === 'image')
}

function inWords(message: ChatMessage, showsImages: boolean): ChatMessage {
  if (message.role !== 'tool') return message
  const content = message.content.map((part) => {
    if (typeof part.result === 'string') return part
    const texts = part.result.map((one) => (one.type === 'text' ? one.text : wordsFor(one, showsImages)))
    return { ...part, result: texts.join('\n') }
  })
  return { ...message, content }
}

function wordsFor(part: ImageContent | FileContent, showsImages: boolean): string {
  const name = part.type === 'file' && part.filename !== undefined ? `${part.filename}, ` : ''
  const padding = part.base64.endsWith('==') ? 2 : part.base64.endsWith('=') ? 1 : 0
  const size = countOf((part.base64.length / 4) * 3 - padding, 'byte')
  const where = part.type === 'image' && showsImages ? 'shown below' : 'not shown'
  return `(${name}${part.mimeType}, ${size}, ${where})`
}
