import { isJsonObject, type JsonObject } from '../json.ts'
import * as t from '../schema/builders.ts'
import type { Socket, ValueOf } from '../schema/socket.ts'
import { completed, type Declared, declared, defined, given, withoutNulls } from './declared.ts'
import { completeFile, type FileContent, fileContent } from './file-content.ts'
import { completeImage, type ImageContent, imageContent } from './image-content.ts'

const text = t.object({ type: t.literal('text'), text: t.string() })

type Text = ValueOf<typeof text>

/** A piece of text in a message; it may be empty. */
export type TextContent = { [Key in keyof Text]: Text[Key] }
export const textContent: Socket<TextContent> = t.named('TextContent', text)

const textReaders: Declared<TextContent> = declared(
  'text part',
  'DATA_INVALID_MESSAGE',
  textContent,
  completeText,
)

function completeText(value: unknown): unknown {
  return typeof value === 'string' ? { type: 'text', text: value } : completed(value, { type: 'text' })
}

export const TextContent = {
  ...textReaders,

  /** @throws DataError DATA_INVALID_MESSAGE when `text` is not a string. */
  create(text: string): TextContent {
    return typeof text === 'string' ? { type: 'text', text } : textReaders.validate({ type: 'text', text })
  },
}

const reasoning = t.object({ type: t.literal('reasoning'), text: t.string() })

type Reasoning = ValueOf<typeof reasoning>

/** What a model thought before it answered. It is not part of the answer. */
export type ReasoningContent = { [Key in keyof Reasoning]: Reasoning[Key] }
export const reasoningContent: Socket<ReasoningContent> = t.named('ReasoningContent', reasoning)

const reasoningReaders: Declared<ReasoningContent> = declared(
  'reasoning part',
  'DATA_INVALID_MESSAGE',
  reasoningContent,
  completeReasoning,
)

function completeReasoning(value: unknown): unknown {
  if (typeof value === 'string') return { type: 'reasoning', text: value }
  return completed(value, { type: 'reasoning' })
}

export const ReasoningContent = {
  ...reasoningReaders,

  /** @throws DataError DATA_INVALID_MESSAGE when `text` is not a string. */
  create(text: string): ReasoningContent {
    return reasoningReaders.validate({ type: 'reasoning', text })
  },
}

const call = t.object({
  type: t.literal('toolCall'),
  /** Ties the result to the call. Hosted models need it; not every local one gives it. */
  id: t.optional(t.string()),
  /** Empty where only the id of the call is known, as in a tool message that came from OpenAI's format. */
  name: t.string(),
  arguments: t.record(t.json()),
})

type Call = ValueOf<typeof call>

/** A model's request to run a tool. */
export type ToolCall = { [Key in keyof Call]: Call[Key] }
export const toolCall: Socket<ToolCall> = t.named('ToolCall', call)

export interface ToolCallFields {
  readonly id?: string | null | undefined
  readonly name: string
  /** @defaultValue `{}` */
  readonly arguments?: JsonObject | null | undefined
}

const toolCallReaders: Declared<ToolCall> = declared(
  'tool call',
  'DATA_INVALID_MESSAGE',
  toolCall,
  completeCall,
)

export const ToolCall = {
  ...toolCallReaders,

  /** @throws DataError DATA_INVALID_MESSAGE */
  create(fields: ToolCallFields): ToolCall {
    const known = { id: true, name: true, arguments: true } as const
    const {
      id,
      name,
      arguments: args = {},
    } = given('tool call', 'DATA_INVALID_MESSAGE', fields, known, 'toolCall')
    return toolCallReaders.validate({ type: 'toolCall', ...defined({ id }), name, arguments: args })
  },

  readArguments,
}

/** The arguments that a model wrote as JSON text; undefined for what is not an object. No text at all means none. */
function readArguments(text: string): JsonObject | undefined {
  if (text.trim() === '') return {}
  try {
    const value: unknown = JSON.parse(text)
    return isJsonObject(value) ? value : undefined
  } catch {
    return undefined
  }
}

/** Arguments may be left out, or be JSON text, as models write them. */
function completeCall(value: unknown): unknown {
  const fields = completed(value, { type: 'toolCall', arguments: {} })
  const { arguments: args } = Object(fields) as { readonly arguments?: unknown }
  const read = typeof args === 'string' ? readArguments(args) : undefined
  return read === undefined ? fields : { ...(fields as object), arguments: read }
}

const result = t.object({
  type: t.literal('toolCallResult'),
  result: t.union(t.string(), t.array(t.union(textContent, imageContent, fileContent))),
  /** The call that this answers. */
  origin: toolCall,
  /** True when `result` says why the tool failed. */
  error: t.boolean(),
})

type Result = ValueOf<typeof result>

/** What a tool gave back, as the model gets to see it. */
export type ToolCallResult = { [Key in keyof Result]: Result[Key] }
export const toolCallResult: Socket<ToolCallResult> = t.named('ToolCallResult', result)

export interface ToolCallResultFields {
  readonly result: ToolCallResult['result']
  readonly origin: ToolCall
  /** @defaultValue `false` */
  readonly error?: boolean | null | undefined
}

const resultReaders: Declared<ToolCallResult> = declared(
  'tool call result',
  'DATA_INVALID_MESSAGE',
  toolCallResult,
  completeResult,
)

export const ToolCallResult = {
  ...resultReaders,

  /** @throws DataError DATA_INVALID_MESSAGE */
  create(fields: ToolCallResultFields): ToolCallResult {
    const known = { result: true, origin: true, error: true } as const
    const {
      result,
      origin,
      error = false,
    } = given('tool call result', 'DATA_INVALID_MESSAGE', fields, known, 'toolCallResult')
    return resultReaders.validate({ type: 'toolCallResult', result, origin, error })
  },
}

function completeResult(value: unknown): unknown {
  const fields = completed(value, { type: 'toolCallResult', error: false })
  const { result, origin } = Object(fields) as { readonly result?: unknown; readonly origin?: unknown }
  const whole = completeCall(origin)
  const parts = Array.isArray(result) ? completeEach(result) : result
  return whole === origin && parts === result
    ? fields
    : { ...(fields as object), result: parts, origin: whole }
}

/** What a message is made of; `type` says which it is. */
export type ContentPart =
  | TextContent
  | ImageContent
  | FileContent
  | ToolCall
  | ToolCallResult
  | ReasoningContent

/** Reads parts; each kind of part has its own makers. */
export const ContentPart: Declared<ContentPart> = declared<ContentPart>(
  'content part',
  'DATA_INVALID_MESSAGE',
  t.union(textContent, imageContent, fileContent, toolCall, toolCallResult, reasoningContent),
  completePart,
)

const completions: { readonly [Type in ContentPart['type']]: (part: unknown) => unknown } = {
  text: completeText,
  image: completeImage,
  file: completeFile,
  toolCall: completeCall,
  toolCallResult: completeResult,
  reasoning: completeReasoning,
}

/** A text may be a string, or `{ text }` as Haystack writes it; other parts have their `type`. */
export function completePart(part: unknown): unknown {
  const fields = withoutNulls(part)
  const { type, text } = Object(fields) as { readonly type?: unknown; readonly text?: unknown }
  if (type === undefined) {
    return typeof part === 'string' || typeof text === 'string' ? completeText(fields) : fields
  }
  const complete = Object.hasOwn(completions, type as string)
    ? completions[type as ContentPart['type']]
    : undefined
  return complete === undefined ? fields : complete(fields)
}

/** Of a list of parts; the list itself when all of them were whole. */
export function completeEach(parts: readonly unknown[]): readonly unknown[] {
  const whole = parts.map(completePart)
  return whole.every((part, index) => part === parts[index]) ? parts : whole
}
