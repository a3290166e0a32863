import { ChatMessage, type ContentPart } from '@millrace/core'
import { TemplateObject } from '@millrace/jinja'

type Reader = (message: ChatMessage) => unknown

const readers: Readonly<Record<string, Reader>> = {
  text: textOf,
  role: ({ role }) => role,
  content: ({ content }) => content,
  texts: ChatMessage.texts,
  images: ChatMessage.images,
  files: ChatMessage.files,
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

const DEEPEST = 100

/** The value with a view in place of each chat message in it; the value itself where there is none. */
export function withMessageViews(value: unknown, depth = 0): unknown {
  if (typeof value !== 'object' || value === null || depth > DEEPEST) return value
  if (Array.isArray(value)) {
    // Vectors are long, and have no messages in them.
    if (typeof value[0] === 'number') return value
    const items = value.map((item) => withMessageViews(item, depth + 1))
    return items.some((item, index) => item !== value[index]) ? items : value
  }
  if (isMessage(value)) return new MessageView(value)
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

function isPart(part: unknown): part is ContentPart {
  return (
    typeof part === 'object' && part !== null && 'type' in part && partTypes.includes(part.type as string)
  )
}
