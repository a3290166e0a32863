import { DataError } from '../errors.ts'
import { isPlainObject, type JsonObject } from '../json.ts'
import * as t from '../schema/builders.ts'
import type { Socket, ValueOf } from '../schema/socket.ts'
import { describeValue } from '../text/show.ts'
import { messageFromOpenAI } from './chat-message-from-openai.ts'
import { messageToOpenAI, type OpenAIMessage, type ToOpenAIOptions } from './chat-message-to-openai.ts'
import {
  type ContentPart,
  completeEach,
  completePart,
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
import { type Declared, declared, defined, given, type KeysOf, withoutNulls } from './declared.ts'
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

/** A message as people write it, which `fromJSON` reads: its content may be one text. */
export interface WrittenMessage {
  readonly role: ChatRole
  readonly content: string | readonly (string | ContentPart)[]
  readonly name?: string | null
  readonly meta?: JsonObject | null
}

export interface ChatMessageOptions {
  /** Who speaks, where several have one role. */
  readonly name?: string | null | undefined
  /** Whatever belongs to the message but not to the conversation. Models don't see it. */
  readonly meta?: JsonObject | null | undefined
}

export interface AssistantMessageFields extends ChatMessageOptions {
  /** An empty text is kept as a part. */
  readonly text?: string | null | undefined
  readonly toolCalls?: readonly ToolCall[] | null | undefined
  readonly reasoning?: string | ReasoningContent | null | undefined
}

export interface ToolMessageFields extends ToolCallResultFields {
  readonly meta?: JsonObject | null | undefined
}

const messageReaders: Declared<ChatMessage> = declared(
  'chat message',
  'DATA_INVALID_MESSAGE',
  chatMessage,
  completeMessage,
)

const options = { name: true, meta: true } as const
const assistantFields = { text: true, toolCalls: true, reasoning: true, ...options } as const
const toolFields = { result: true, origin: true, error: true, meta: true } as const

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
    if (typeof content === 'string') return makeMessage('assistant', [content], {})
    const { text, toolCalls = [], reasoning, ...rest } = givenFields(content, assistantFields)
    const parts: (string | ContentPart)[] = []
    if (reasoning !== undefined) parts.push(toReasoning(reasoning))
    if (text !== undefined) parts.push(text)
    return makeMessage('assistant', [...parts, ...toolCalls], rest)
  },

  tool(fields: ToolMessageFields): ChatMessage {
    const { meta, ...result } = givenFields(fields, toolFields, 'toolCallResult')
    return makeMessage('tool', [ToolCallResult.create(result)], { meta })
  },

  /** All its texts, one after the other, or undefined when it has none. What is not text is passed over. */
  text(message: ChatMessage | undefined): string | undefined {
    const texts = partsOf(message, 'text')
    return texts.length === 0 ? undefined : texts.map((part) => part.text).join('')
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

  /** All its thoughts, one after the other, or undefined when it has none. */
  reasoning(message: ChatMessage | undefined): string | undefined {
    const thoughts = partsOf(message, 'reasoning')
    return thoughts.length === 0 ? undefined : thoughts.map((part) => part.text).join('')
  },

  reasonings(message: ChatMessage | undefined): string[] {
    return partsOf(message, 'reasoning').map((part) => part.text)
  },

  fromOpenAI: messageFromOpenAI,

  /**
   * The message for OpenAI's chat completions. Thoughts are left out unless `reasoningKey` says where they go, and `meta` is,
   * but for calls that could not be read. The result is a new object, for the caller to change.
   * @throws DataError DATA_INVALID_MESSAGE for what is not a message, and for what has no place there: an image or a file in
   * a tool result, several results in one message, thoughts alone, a call without an id.
   */
  toOpenAI(message: ChatMessage, options: ToOpenAIOptions = {}): OpenAIMessage {
    const known = { requireToolCallIds: true, reasoningKey: true } as const
    return messageToOpenAI(messageReaders.validate(message), givenFields(options, known))
  },
}

function givenFields<Fields extends object>(fields: Fields, known: KeysOf<Fields>, type?: string) {
  return given('chat message', 'DATA_INVALID_MESSAGE', fields, known, type)
}

function makeMessage(
  role: ChatRole,
  parts: readonly (string | ContentPart)[],
  fields: ChatMessageOptions,
): ChatMessage {
  const { name, meta } = givenFields(fields, options)
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

/** Content may be one text, and so may each part. */
export function completeMessage(value: unknown): unknown {
  const fields = withoutNulls(value)
  if (!isPlainObject(fields)) return fields
  const { content } = fields
  if (typeof content === 'string') return { ...fields, content: [completePart(content)] }
  const parts = Array.isArray(content) ? completeEach(content) : content
  return parts === content ? fields : { ...fields, content: parts }
}

type PartOfType<Type extends ContentPart['type']> = Extract<ContentPart, { readonly type: Type }>

function partsOf<Type extends ContentPart['type']>(
  message: ChatMessage | undefined,
  type: Type,
): PartOfType<Type>[] {
  const parts: readonly ContentPart[] | undefined = message === undefined ? [] : Object(message).content
  // Only this is looked at: a valid message need not be checked again for each of its parts.
  if (!Array.isArray(parts)) {
    throw new DataError(
      'DATA_INVALID_MESSAGE',
      `This is not a message: ${describeValue(message)}. ChatMessage.fromJSON makes one of what JSON holds, ChatMessage.user of a text.`,
    )
  }
  return parts.filter((part): part is PartOfType<Type> => part.type === type)
}
