import { DataError } from '../errors.ts'
import { isPlainObject, type JsonObject } from '../json.ts'
import * as t from '../schema/builders.ts'
import type { Socket, ValueOf } from '../schema/socket.ts'
import { describeValue } from '../text/show.ts'
import { messageFromOpenAI } from './chat-message-from-openai.ts'
import { messageToOpenAI, type OpenAIMessage, type ToOpenAIOptions } from './chat-message-to-openai.ts'
import {
  type ContentPart,
  ReasoningContent,
  reasoningContent,
  type TextContent,
  type ToolCall,
  ToolCallResult,
  type ToolCallResultFields,
  textContent,
  toolCall,
  toolCallResult,
} from './content-part.ts'
import { type Declared, declared, defined } from './declared.ts'
import { type FileContent, fileContent } from './file-content.ts'
import { type ImageContent, imageContent } from './image-content.ts'

const fields = {
  /** Who speaks, where several have one role. */
  name: t.optional(t.string()),
  /** Whatever belongs to the message but not to the conversation. Models don't see it. */
  meta: t.optional(t.record(t.json())),
}

const system = t.object({
  role: t.literal('system'),
  content: t.array(textContent, { minItems: 1 }),
  ...fields,
})

const user = t.object({
  role: t.literal('user'),
  content: t.array(t.union(textContent, imageContent, fileContent), { minItems: 1 }),
  ...fields,
})

const assistant = t.object({
  role: t.literal('assistant'),
  content: t.array(t.union(reasoningContent, textContent, toolCall)),
  ...fields,
})

const tool = t.object({
  role: t.literal('tool'),
  content: t.array(toolCallResult, { minItems: 1 }),
  ...fields,
})

type System = ValueOf<typeof system>

export type SystemMessage = { [Key in keyof System]: System[Key] }
type User = ValueOf<typeof user>

export type UserMessage = { [Key in keyof User]: User[Key] }
type Assistant = ValueOf<typeof assistant>

/** The only message that may be empty. */
export type AssistantMessage = { [Key in keyof Assistant]: Assistant[Key] }
type Tool = ValueOf<typeof tool>

/** The results of tool calls. */
export type ToolMessage = { [Key in keyof Tool]: Tool[Key] }

/** One message of a conversation. Its `role` says which parts it is made of. */
export type ChatMessage = SystemMessage | UserMessage | AssistantMessage | ToolMessage
export type ChatRole = ChatMessage['role']

export const chatMessage: Socket<ChatMessage> = t.named('ChatMessage', t.union(system, user, assistant, tool))

/** What a user message is made of; a string stands for a text part. */
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

const messageReaders: Declared<ChatMessage> = declared('chat message', 'DATA_INVALID_MESSAGE', chatMessage)

/**
 * Makes and reads messages. The makers throw a DataError with the code DATA_INVALID_MESSAGE for what no
 * message may have; the readers give nothing for a message that is not there, so that `replies[0]` can be read.
 *
 * @example
 * const question = ChatMessage.user(['What is this?', await ImageContent.fromFile('owl.jpg')])
 * console.log(ChatMessage.text(question), ChatMessage.images(question).length)
 */
export const ChatMessage = {
  ...messageReaders,

  system(text: string, options: ChatMessageOptions = {}): ChatMessage {
    return makeMessage('system', [text], options)
  },

  /** A list must not be empty; its order is kept. */
  user(content: string | readonly UserPart[], options: ChatMessageOptions = {}): ChatMessage {
    return makeMessage('user', typeof content === 'string' ? [content] : listOfParts(content), options)
  },

  /** The parts stand in the order reasoning, text, tool calls. With none of them the message is empty, and valid. */
  assistant(content: string | AssistantMessageFields = {}): ChatMessage {
    const {
      text,
      toolCalls = [],
      reasoning,
      ...options
    } = typeof content === 'string' ? { text: content } : content
    const parts: (string | ContentPart)[] = []
    if (reasoning !== undefined) parts.push(toReasoning(reasoning))
    if (text !== undefined) parts.push(text)
    return makeMessage('assistant', [...parts, ...toolCalls], options)
  },

  tool({ meta, ...result }: ToolMessageFields): ChatMessage {
    return makeMessage('tool', [ToolCallResult.create(result)], { meta })
  },

  /** The first text, or undefined. */
  text(message: ChatMessage | undefined): string | undefined {
    return partsOf(message, 'text')[0]?.text
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
    return partsOf(message, 'reasoning')[0]?.text
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
    return messageReaders.validate(toCanonical(value))
  },

  fromOpenAI: messageFromOpenAI,

  /**
   * The message for OpenAI's chat completions. Reasoning and `meta` have no place there and are left out.
   * The result is a new object, for the caller to change.
   * @throws DataError DATA_INVALID_MESSAGE for what is not a message, when it has nothing but reasoning, a tool result holds
   * more than text, or an id is missing.
   */
  toOpenAI(message: ChatMessage, options: ToOpenAIOptions = {}): OpenAIMessage {
    return messageToOpenAI(messageReaders.validate(message), options)
  },
}

function makeMessage(
  role: ChatRole,
  parts: readonly (string | ContentPart)[],
  { name, meta }: ChatMessageOptions,
): ChatMessage {
  const message = { role, content: parts.map(toPart), ...defined({ name, meta }) }
  const isText = parts.length === 1 && typeof parts[0] === 'string' && Object.keys(message).length === 2
  // What is made of a string alone is right, and most messages are.
  return isText ? (message as ChatMessage) : messageReaders.validate(message)
}

function listOfParts(content: readonly UserPart[]): readonly UserPart[] {
  if (Array.isArray(content)) return content
  throw new DataError(
    'DATA_INVALID_MESSAGE',
    `Invalid chat message: a user message is made of a string or of an array of parts, not of ${describeValue(content)}.`,
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
  const parts: readonly ContentPart[] = message?.content ?? []
  return parts.filter((part): part is PartOfType<Type> => part.type === type)
}
