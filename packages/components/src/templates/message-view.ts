import { ChatMessage, type ContentPart, type FileContent, type ImageContent } from '@millrace/core'
import { TemplateObject } from '@millrace/jinja'
import { ComponentsError } from '../errors.ts'

type Reader = (message: ChatMessage) => unknown

const readers: Readonly<Record<string, Reader>> = {
  text: textOf,
  role: ({ role }) => role,
  content: ({ content }) => content.map(partView),
  texts: ChatMessage.texts,
  images: (message) => ChatMessage.images(message).map(partView),
  files: (message) => ChatMessage.files(message).map(partView),
  toolCalls: ChatMessage.toolCalls,
  toolCallResults: ChatMessage.toolCallResults,
  reasoning: (message) => ChatMessage.reasonings(message).join(''),
  name: ({ name }) => name,
  meta: ({ meta }) => meta ?? {},
}

const attributeNames = Object.keys(readers)

/** A chat message as a template sees it: it prints as its text, and has its parts as attributes. */
export class MessageView extends TemplateObject {
  override readonly typeName = 'a chat message'
  override readonly attributeNames = attributeNames
  readonly message: ChatMessage

  constructor(message: ChatMessage) {
    super()
    this.message = message
  }

  override attribute(name: string): unknown {
    return readers[name]?.(this.message)
  }

  override print(): string {
    return textOf(this.message)
  }

  override toJSON(): ChatMessage {
    return this.message
  }
}

/** All its texts; of a message of a tool what the tool gave. */
function textOf(message: ChatMessage): string {
  const results = ChatMessage.toolCallResults(message).map(({ result }) =>
    typeof result === 'string'
      ? result
      : result.map((part) => (part.type === 'text' ? part.text : '')).join(''),
  )
  return [...ChatMessage.texts(message), ...results].join('')
}

/** An image or a file as a template sees it: it is placed by a filter, and not printed. */
class MediaView extends TemplateObject {
  override readonly typeName: string
  override readonly attributeNames: readonly string[]
  readonly part: ImageContent | FileContent

  constructor(part: ImageContent | FileContent) {
    super()
    this.part = part
    this.typeName = part.type === 'image' ? 'an image' : 'a file'
    this.attributeNames = [
      'type',
      'base64',
      'mimeType',
      'meta',
      part.type === 'image' ? 'detail' : 'filename',
    ]
  }

  override attribute(name: string): unknown {
    return (this.part as Readonly<Record<string, unknown>>)[name]
  }

  override print(): string {
    const { type } = this.part
    throw new ComponentsError(
      'TEMPLATE_FAILED',
      `The ${type} cannot be printed as text: place it with '| ${type}', as in {{ x | ${type} }}, in a user message of a ChatPromptBuilder.`,
    )
  }

  override toJSON(): unknown {
    return this.part
  }
}

function partView(part: ContentPart): ContentPart | MediaView {
  return part.type === 'image' || part.type === 'file' ? new MediaView(part) : part
}

/** The message, image or file behind a view; any other value as it is. */
export function withoutView(value: unknown): unknown {
  if (value instanceof MessageView) return value.message
  return value instanceof MediaView ? value.part : value
}

const DEEPEST = 100

/** The value with a view in place of each message, image and file in it; the value itself where there is none. */
export function withMessageViews(value: unknown, depth = 0): unknown {
  if (typeof value !== 'object' || value === null || depth > DEEPEST) return value
  if (Array.isArray(value)) {
    // Vectors are long, and have no messages in them.
    if (typeof value[0] === 'number') return value
    const items = value.map((item) => withMessageViews(item, depth + 1))
    return items.some((item, index) => item !== value[index]) ? items : value
  }
  if (isMessage(value)) return new MessageView(value)
  if (isMedia(value)) return new MediaView(value)
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype !== null && Object.getPrototypeOf(prototype) !== null) return value
  const entries = Object.entries(value)
  const viewed = entries.map(([key, item]) => [key, withMessageViews(item, depth + 1)] as const)
  return viewed.some(([, item], index) => item !== entries[index]?.[1]) ? Object.fromEntries(viewed) : value
}

const roles = ['system', 'user', 'assistant', 'tool']
const partTypes = ['text', 'image', 'file', 'toolCall', 'toolCallResult', 'reasoning']

/** By its shape, for values are not checked a second time. */
function isMessage(value: object): value is ChatMessage {
  if (!('role' in value) || !('content' in value) || !Array.isArray(value.content)) return false
  return roles.includes(value.role as string) && value.content.every(isPart)
}

function isMedia(value: object): value is ImageContent | FileContent {
  if (!('type' in value) || !('base64' in value) || typeof value.base64 !== 'string') return false
  return value.type === 'image' || value.type === 'file'
}

function isPart(part: unknown): part is ContentPart {
  return (
    typeof part === 'object' && part !== null && 'type' in part && partTypes.includes(part.type as string)
  )
}
