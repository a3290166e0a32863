import { DataError } from '../errors.ts'
import { isPlainObject, type JsonObject } from '../json.ts'
import { messageFromOpenAI } from './chat-message-from-openai.ts'
import { checkChatMessage, type ChatMessage as Message } from './chat-message-shape.ts'
import { messageToOpenAI } from './chat-message-to-openai.ts'
import type { ContentPart } from './content-part.ts'
import { defined } from './defined.ts'
import type { FileContent } from './file-content.ts'
import { type Guards, guards } from './guards.ts'
import type { ImageContent } from './image-content.ts'
import { ReasoningContent } from './reasoning-content.ts'
import { TextContent } from './text-content.ts'
import type { ToolCall } from './tool-call.ts'
import { ToolCallResult, type ToolCallResultFields } from './tool-call-result.ts'

export { type ChatRole, chatMessageInputSchema, chatMessageSchema } from './chat-message-shape.ts'

export type ChatMessage = Message

/** What a user may say; a string stands for a text part. */
export type UserPart = string | TextContent | ImageContent | FileContent

export interface ChatMessageOptions {
  /** Who speaks, where several have one role. */
  readonly name?: string | undefined
  /** Whatever belongs to the message but not to the conversation. Models don't see it. */
  readonly meta?: JsonObject | undefined
}

export interface AssistantMessageFields extends ChatMessageOptions {
  /** An empty text is kept as a part. */
  readonly text?: string | undefined
  readonly toolCalls?: readonly ToolCall[] | undefined
  readonly reasoning?: string | ReasoningContent | undefined
}

export interface ToolMessageFields extends ToolCallResultFields {
  readonly meta?: JsonObject | undefined
}

const messageGuards: Guards<ChatMessage> = guards('chat message', 'DATA_INVALID_MESSAGE', checkChatMessage)

/**
 * Makes and reads messages. The makers throw a DataError with the code DATA_INVALID_MESSAGE for what no
 * message may have; the readers give nothing for a message that is not there, so that `replies[0]` can be read.
 *
 * @example
 * const question = ChatMessage.user(['What is this?', await ImageContent.fromFile('owl.jpg')])
 * console.log(ChatMessage.text(question), ChatMessage.images(question).length)
 */
export const ChatMessage = {
  ...messageGuards,

  system(text: string, options: ChatMessageOptions = {}): ChatMessage {
    return makeMessage('system', [TextContent.create(text)], options)
  },

  /** A list must not be empty; its order is kept. */
  user(content: string | readonly UserPart[], options: ChatMessageOptions = {}): ChatMessage {
    return makeMessage('user', toParts(content), options)
  },

  /** The parts stand in the order reasoning, text, tool calls. With none of them the message is empty, and valid. */
  assistant(content: string | AssistantMessageFields = {}): ChatMessage {
    const {
      text,
      toolCalls = [],
      reasoning,
      ...options
    } = typeof content === 'string' ? { text: content } : content
    const parts: ContentPart[] = []
    if (reasoning !== undefined) parts.push(toReasoning(reasoning))
    if (text !== undefined) parts.push(TextContent.create(text))
    return makeMessage('assistant', [...parts, ...toolCalls], options)
  },

  tool({ meta, ...result }: ToolMessageFields): ChatMessage {
    return makeMessage('tool', [ToolCallResult.create(result)], { meta })
  },

  /** The first text, or undefined. */
  text(message: ChatMessage | undefined): string | undefined {
    return firstPart(message, 'text')?.text
  },

  texts(message: ChatMessage | undefined): string[] {
    return partsOf(message, 'text').map((part) => part.text)
  },

  images(message: ChatMessage | undefined): ImageContent[] {
    return partsOf(message, 'image')
  },

  files(message: ChatMessage | undefined): FileContent[] {
    return partsOf(message, 'file')
  },

  toolCalls(message: ChatMessage | undefined): ToolCall[] {
    return partsOf(message, 'toolCall')
  },

  toolCallResults(message: ChatMessage | undefined): ToolCallResult[] {
    return partsOf(message, 'toolCallResult')
  },

  /** The text of the first reasoning part, or undefined. */
  reasoning(message: ChatMessage | undefined): string | undefined {
    return firstPart(message, 'reasoning')?.text
  },

  reasonings(message: ChatMessage | undefined): string[] {
    return partsOf(message, 'reasoning').map((part) => part.text)
  },

  /**
   * Reads a message as people write it: `content` may be a string, and so may each text in a list.
   * Returns the canonical form, which is the value itself when it was canonical already.
   * @throws DataError DATA_INVALID_MESSAGE
   */
  fromJSON(value: unknown): ChatMessage {
    return messageGuards.validate(toCanonical(value))
  },

  fromOpenAI: messageFromOpenAI,
  toOpenAI: messageToOpenAI,
}

function makeMessage(
  role: Message['role'],
  content: readonly ContentPart[],
  { name, meta }: ChatMessageOptions,
): ChatMessage {
  return messageGuards.validate({ role, content, ...defined({ name, meta }) })
}

function toParts(content: string | readonly UserPart[]): ContentPart[] {
  if (typeof content === 'string') return [{ type: 'text', text: content }]
  if (Array.isArray(content)) return content.map(toPart)
  throw new DataError(
    'DATA_INVALID_MESSAGE',
    'Invalid chat message: a user message is made of a string or of an array of parts.',
  )
}

function toPart<Part>(part: Part | string): Part | TextContent {
  return typeof part === 'string' ? { type: 'text', text: part } : part
}

function toReasoning(reasoning: string | ReasoningContent): ReasoningContent {
  return typeof reasoning === 'string' ? ReasoningContent.create(reasoning) : reasoning
}

function toCanonical(value: unknown): unknown {
  if (!isPlainObject(value)) return value
  const { content } = value
  if (typeof content === 'string') return { ...value, content: [toPart(content)] }
  if (!Array.isArray(content) || !content.some((part) => typeof part === 'string')) return value
  return { ...value, content: content.map(toPart) }
}

type PartOfType<Type extends ContentPart['type']> = Extract<ContentPart, { readonly type: Type }>

function partsOf<Type extends ContentPart['type']>(
  message: ChatMessage | undefined,
  type: Type,
): PartOfType<Type>[] {
  return (message?.content ?? []).filter((part): part is PartOfType<Type> => part.type === type)
}

function firstPart<Type extends ContentPart['type']>(
  message: ChatMessage | undefined,
  type: Type,
): PartOfType<Type> | undefined {
  return message?.content.find((part): part is PartOfType<Type> => part.type === type)
}
