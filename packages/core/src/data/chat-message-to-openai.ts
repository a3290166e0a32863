import { DataError } from '../errors.ts'
import type { AssistantMessage, ChatMessage, ToolMessage, UserMessage } from './chat-message.ts'
import type { ContentPart, TextContent, ToolCall } from './content-part.ts'
import { defined } from './declared.ts'
import type { FileContent } from './file-content.ts'
import type { ImageContent, ImageDetail } from './image-content.ts'

/** A message as OpenAI's chat completions take it. The names are theirs. */
export type OpenAIMessage =
  | { role: 'system'; content: string | OpenAITextPart[]; name?: string }
  | { role: 'user'; content: string | OpenAIUserPart[]; name?: string }
  | { role: 'assistant'; content?: string | OpenAITextPart[]; tool_calls?: OpenAIToolCall[]; name?: string }
  | { role: 'tool'; content: string | OpenAITextPart[]; tool_call_id?: string; name?: string }

export type OpenAITextPart = { type: 'text'; text: string }

export type OpenAIUserPart =
  | OpenAITextPart
  /** `url` is a data: URL. */
  | { type: 'image_url'; image_url: { url: string; detail?: ImageDetail } }
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
      return { role: 'assistant', ...toAssistantFields(message.content, requireToolCallIds), ...name }
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
      return { type: 'file', file: { file_data: toDataUrl(part), filename: part.filename ?? 'filename' } }
  }
}

function toAssistantFields(
  parts: AssistantMessage['content'],
  requireIds: boolean,
): { content?: string | OpenAITextPart[]; tool_calls?: OpenAIToolCall[] } {
  const texts = parts.filter((part) => part.type === 'text')
  const calls = parts.filter((part) => part.type === 'toolCall')
  if (texts.length === 0 && calls.length === 0) {
    throw refusal("an 'assistant' message must have a part that is not reasoning, and this one has none")
  }
  return {
    ...(texts.length > 0 && { content: toTexts(texts) }),
    ...(calls.length > 0 && { tool_calls: calls.map((call) => toToolCall(call, requireIds)) }),
  }
}

function toToolCall(call: ToolCall, requireIds: boolean): OpenAIToolCall {
  const functionCall = { name: call.name, arguments: JSON.stringify(call.arguments) }
  return { type: 'function', function: functionCall, ...idOf(call, requireIds) }
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

function idOf({ id, name }: ToolCall, required: boolean): { id?: string } {
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
