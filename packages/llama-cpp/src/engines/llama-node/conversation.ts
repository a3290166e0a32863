import type {
  ChatMessage,
  ContentPart,
  FileContent,
  ImageContent,
  ToolCall,
  ToolCallResult,
} from '@millrace/core'
import type { ToolDescription } from '../request.ts'
import { type Modalities, mediaUrl, type Place, refused } from './media.ts'
import { MEDIA_MARKER, type PlainText } from './plain-text.ts'

/** A conversation as the binding renders it. */
export interface Conversation {
  readonly messages: readonly object[]
  /** One for each marker in the messages, in their order. */
  readonly media: readonly string[]
  /** The words of the assistant that the conversation ends with: the answer goes on behind them. */
  readonly begun: string
}

interface TextPart {
  readonly type: 'text'
  readonly text: string
}

/**
 * Messages in OpenAI's format, with their parts in order. A marker stands for each image.
 *
 * @throws LlamaCppError `MODALITY_UNSUPPORTED`
 */
export function conversationOf(
  messages: readonly ChatMessage[],
  plain: PlainText,
  modalities: Modalities,
): Conversation {
  const begun = wordsBegun(messages.at(-1))
  const said = begun === '' ? messages : messages.slice(0, -1)
  const media: string[] = []
  const write = new MessageWriter(plain, modalities, media)
  return { messages: said.flatMap((message) => write.message(message)), media, begun: plain.of(begun) }
}

function wordsBegun(last: ChatMessage | undefined): string {
  if (last?.role !== 'assistant' || last.content.some(({ type }) => type === 'toolCall')) return ''
  return textOf(last.content)
}

class MessageWriter {
  readonly #plain: PlainText
  readonly #modalities: Modalities
  readonly #media: string[]

  constructor(plain: PlainText, modalities: Modalities, media: string[]) {
    this.#plain = plain
    this.#modalities = modalities
    this.#media = media
  }

  message({ role, content }: ChatMessage): object[] {
    if (role === 'tool')
      return content.flatMap((part) => (part.type === 'toolCallResult' ? [this.#result(part)] : []))
    if (role === 'assistant') return [this.#assistant(content)]
    const parts = this.#parts(role, content)
    const [first] = parts
    return [{ role, content: parts.length > 1 ? parts : (first?.text ?? '') }]
  }

  #assistant(content: readonly ContentPart[]): object {
    refuseMedia('assistant', content)
    const calls = content.filter((part): part is ToolCall => part.type === 'toolCall')
    const text = textOf(content)
    const thought = content.flatMap((part) => (part.type === 'reasoning' ? [part.text] : [])).join('\n')
    return {
      role: 'assistant',
      content: text === '' && calls.length > 0 ? null : this.#plain.of(text),
      ...(thought === '' ? {} : { reasoning_content: this.#plain.of(thought) }),
      ...(calls.length === 0 ? {} : { tool_calls: calls.map((call) => this.#call(call)) }),
    }
  }

  #call({ id, name, arguments: given }: ToolCall): object {
    const written = JSON.stringify(this.#plain.in(given))
    return {
      ...(id === undefined ? {} : { id }),
      type: 'function',
      function: { name: this.#plain.of(name), arguments: written },
    }
  }

  #result({ result, origin }: ToolCallResult): object {
    if (typeof result !== 'string') refuseMedia('tool', result)
    const text = typeof result === 'string' ? result : textsOf(result).join('\n')
    return {
      role: 'tool',
      ...(origin.id === undefined ? {} : { tool_call_id: origin.id }),
      ...(origin.name === '' ? {} : { name: this.#plain.of(origin.name) }),
      content: this.#plain.of(text),
    }
  }

  /** Texts side by side are one part: a mark must not come together from two. */
  #parts(role: string, content: readonly ContentPart[]): TextPart[] {
    const parts: TextPart[] = []
    let text = ''
    const close = () => {
      if (text !== '') parts.push({ type: 'text', text: this.#plain.of(text) })
      text = ''
    }
    for (const [index, part] of content.entries()) {
      if (part.type === 'text') text += part.text
      if (part.type !== 'image' && part.type !== 'file') continue
      const place: Place = { role, part: index }
      if (role !== 'user') throw refused(part, place, 'media may only stand in messages of the user')
      close()
      this.#media.push(mediaUrl(part, place, this.#modalities))
      parts.push({ type: 'text', text: MEDIA_MARKER })
    }
    close()
    return parts
  }
}

function textOf(content: readonly ContentPart[]): string {
  return textsOf(content).join('')
}

function textsOf(content: readonly ContentPart[]): string[] {
  return content.flatMap((part) => (part.type === 'text' ? [part.text] : []))
}

function refuseMedia(role: string, content: readonly ContentPart[]): void {
  for (const [part, medium] of content.entries()) {
    if (medium.type !== 'image' && medium.type !== 'file') continue
    throw refused(
      medium as ImageContent | FileContent,
      { role, part },
      'media may only stand in messages of the user',
    )
  }
}

/** Tools in OpenAI's format. */
export function toolsOf(tools: readonly ToolDescription[], plain: PlainText): object[] {
  return tools.map(({ name, description, parameters }) => ({
    type: 'function',
    function: { name, description: plain.of(description), parameters: plain.in(parameters) },
  }))
}
