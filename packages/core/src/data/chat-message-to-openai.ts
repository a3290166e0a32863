import { DataError } from '../errors.ts'
import type { JsonValue } from '../json.ts'
import type { AssistantMessage, ChatMessage, ToolMessage, UserMessage } from './chat-message.ts'
import type { ContentPart, TextContent } from './content-part.ts'
import { defined } from './declared.ts'
import type { FileContent } from './file-content.ts'
import type { ImageContent, ImageDetail } from './image-content.ts'
import { readMalformedCalls } from './merge-chunks.ts'

/** A message as OpenAI's chat completions take it. The names are theirs. */
export type OpenAIMessage =
  | { role: 'system'; content: string | OpenAITextPart[]; name?: string }
  | { role: 'user'; content: string | OpenAIUserPart[]; name?: string }
  | ({ role: 'assistant'; name?: string } & OpenAIAssistantFields)
  | { role: 'tool'; content: string | OpenAITextPart[]; tool_call_id?: string; name?: string }

interface OpenAIAssistantFields {
  content?: string | OpenAITextPart[]
  tool_calls?: OpenAIToolCall[]
  reasoning_content?: string
  reasoning?: string
}

export type OpenAITextPart = { type: 'text'; text: string }

export type OpenAIUserPart =
  | OpenAITextPart
  /** `url` is a data: URL. */
  | { type: 'image_url'; image_url: { url: string; detail?: ImageDetail } }
  /** WAV or MP3. `data` is base64. */
  | { type: 'input_audio'; input_audio: { data: string; format: string } }
  /** `file_data` is a data: URL. */
  | { type: 'file'; file: { file_data: string; filename: string } }

export type OpenAIToolCall = {
  type: 'function'
  /** `arguments` is JSON text. */
  function: { name: string; arguments: string }
  id?: string
}

export interface ToOpenAIOptions {
  /**
   * Refuses tool calls and results without an id, as OpenAI does. Local servers often don't care.
   * @defaultValue `true`
   */
  readonly requireToolCallIds?: boolean | undefined
  /**
   * The key for the thoughts of an assistant. OpenAI's own servers take none; llama-server and others take
   * `reasoning_content`, for templates that show a model its thoughts between calls.
   * @defaultValue none: thoughts are left out
   */
  readonly reasoningKey?: 'reasoning_content' | 'reasoning' | undefined
}

/** See `ChatMessage.toOpenAI`. The message is a valid one. */
export function messageToOpenAI(message: ChatMessage, options: ToOpenAIOptions = {}): OpenAIMessage {
  const { requireToolCallIds = true } = options
  const name = defined({ name: message.name })
  switch (message.role) {
    case 'system':
      return { role: 'system', content: toTexts(message.content), ...name }
    case 'user':
      return { role: 'user', content: toUserContent(message.content), ...name }
    case 'assistant':
      return { role: 'assistant', ...toAssistantFields(message, options), ...name }
    case 'tool':
      return { role: 'tool', ...toToolFields(message.content, requireToolCallIds), ...name }
  }
}

/** One text is sent as a string: many servers take nothing else. */
function toTexts(parts: readonly TextContent[]): string | OpenAITextPart[] {
  const [only] = parts
  if (only !== undefined && parts.length === 1) return only.text
  return parts.map(({ text }) => ({ type: 'text', text }))
}

function toUserContent(parts: UserMessage['content']): string | OpenAIUserPart[] {
  const [only] = parts
  if (only?.type === 'text' && parts.length === 1) return only.text
  return parts.map(toUserPart)
}

function toUserPart(part: UserMessage['content'][number]): OpenAIUserPart {
  switch (part.type) {
    case 'text':
      return { type: 'text', text: part.text }
    case 'image':
      return { type: 'image_url', image_url: { url: toDataUrl(part), ...defined({ detail: part.detail }) } }
    case 'file':
      return toFilePart(part)
  }
}

const soundFormats: Readonly<Record<string, string>> = {
  'audio/wav': 'wav',
  'audio/x-wav': 'wav',
  'audio/wave': 'wav',
  'audio/mpeg': 'mp3',
  'audio/mp3': 'mp3',
}

/** Sound has a part of its own, which has no place for the name of the file. */
function toFilePart(part: FileContent): OpenAIUserPart {
  const { base64, mimeType, filename = 'filename' } = part
  const format = Object.hasOwn(soundFormats, mimeType) ? soundFormats[mimeType] : undefined
  if (format !== undefined) return { type: 'input_audio', input_audio: { data: base64, format } }
  return { type: 'file', file: { file_data: toDataUrl(part), filename } }
}

function toAssistantFields(
  { content, meta }: AssistantMessage,
  { requireToolCallIds = true, reasoningKey }: ToOpenAIOptions,
): OpenAIAssistantFields {
  const texts = content.filter((part) => part.type === 'text')
  const thought = content.flatMap((part) => (part.type === 'reasoning' ? part.text : [])).join('')
  const calls = writtenCalls(content, meta?.['malformedToolCalls'])
  if (texts.length === 0 && calls.length === 0 && thought !== '' && reasoningKey === undefined) {
    throw refusal(
      "an 'assistant' message of thoughts alone has nothing to send. Pass { reasoningKey: 'reasoning_content' }, or leave it out",
    )
  }
  return {
    ...(texts.length > 0 && { content: toTexts(texts) }),
    // Servers want one or the other.
    ...(texts.length === 0 && calls.length === 0 && { content: '' }),
    ...(reasoningKey !== undefined && thought !== '' && { [reasoningKey]: thought }),
    ...(calls.length > 0 && { tool_calls: calls.map((call) => toToolCall(call, requireToolCallIds)) }),
  }
}

interface WrittenCall {
  readonly id?: string | undefined
  readonly name: string
  /** JSON text, or what the model wrote instead. */
  readonly arguments: string
}

/** The calls of a message as the model wrote them, also those that could not be read, each at its place. */
function writtenCalls(content: AssistantMessage['content'], listed: JsonValue | undefined): WrittenCall[] {
  const calls = content.flatMap((part): WrittenCall[] =>
    part.type === 'toolCall'
      ? [{ id: part.id, name: part.name, arguments: JSON.stringify(part.arguments) }]
      : [],
  )
  for (const { index, ...written } of readMalformedCalls(listed)) {
    const there = calls[index]
    const isThere = there?.id === written.id && there?.name === written.name && there.arguments === '{}'
    calls.splice(index, isThere ? 1 : 0, written)
  }
  return calls
}

function toToolCall({ id, name, arguments: written }: WrittenCall, requireId: boolean): OpenAIToolCall {
  return { type: 'function', function: { name, arguments: written }, ...idOf({ id, name }, requireId) }
}

function toToolFields(
  [only, ...others]: ToolMessage['content'],
  requireIds: boolean,
): { content: string | OpenAITextPart[]; tool_call_id?: string } {
  if (only === undefined || others.length > 0) {
    throw refusal("a 'tool' message holds exactly one tool call result; make one message for each")
  }
  const { result, origin } = only
  const { id } = idOf(origin, requireIds)
  const content = typeof result === 'string' ? result : result.map(toTextPart)
  return { content, ...defined({ tool_call_id: id }) }
}

function toTextPart(part: ContentPart): OpenAITextPart {
  if (part.type === 'text') return { type: 'text', text: part.text }
  throw refusal(`a tool call result can hold only text there, not a part of type '${part.type}'`)
}

function idOf({ id, name }: Pick<WrittenCall, 'id' | 'name'>, required: boolean): { id?: string } {
  if (id !== undefined) return { id }
  if (!required) return {}
  throw refusal(`the tool call '${name}' has no id. Give it one, or pass { requireToolCallIds: false }`)
}

function toDataUrl({ mimeType, base64 }: ImageContent | FileContent): string {
  return `data:${mimeType};base64,${base64}`
}

function refusal(reason: string): DataError {
  return new DataError('DATA_INVALID_MESSAGE', `Cannot turn the message into OpenAI's format: ${reason}.`)
}
