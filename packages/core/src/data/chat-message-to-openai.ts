import { DataError } from '../errors.ts'
import type { ChatMessage } from './chat-message-shape.ts'
import type { ContentPart } from './content-part.ts'
import { defined } from './defined.ts'
import type { FileContent } from './file-content.ts'
import type { ImageContent } from './image-content.ts'
import type { OpenAIMessage, OpenAITextPart, OpenAIToolCall, OpenAIUserPart } from './openai-message.ts'
import type { TextContent } from './text-content.ts'
import type { ToolCall } from './tool-call.ts'

export interface ToOpenAIOptions {
  /**
   * Refuses tool calls and results without an id, as OpenAI does. Local servers often don't care.
   * @defaultValue `true`
   */
  readonly requireToolCallIds?: boolean | undefined
}

/**
 * The message for OpenAI's chat completions. Reasoning and `meta` have no place there and are left out.
 * The result is a new object, for the caller to change.
 * @throws DataError DATA_INVALID_MESSAGE when the message has nothing but reasoning, a tool result holds
 * more than text, or an id is missing.
 */
export function messageToOpenAI(message: ChatMessage, options: ToOpenAIOptions = {}): OpenAIMessage {
  const { requireToolCallIds = true } = options
  const parts = message.content.filter((part) => part.type !== 'reasoning')
  const name = defined({ name: message.name })
  const [first] = parts
  if (first === undefined) {
    throw refusal(
      `a message must have a part that is not reasoning, and this one of the role '${message.role}' has none`,
    )
  }
  switch (message.role) {
    case 'system':
      return { role: 'system', content: toTexts(parts.map(expectText)), ...name }
    case 'user':
      return { role: 'user', content: toUserContent(parts), ...name }
    case 'assistant':
      return { role: 'assistant', ...toAssistantFields(parts, requireToolCallIds), ...name }
    case 'tool':
      return { role: 'tool', ...toToolFields(first, parts.length, requireToolCallIds), ...name }
  }
}

/** One text is sent as a string: many servers take nothing else. */
function toTexts(parts: readonly TextContent[]): string | OpenAITextPart[] {
  const [only] = parts
  if (only !== undefined && parts.length === 1) return only.text
  return parts.map(({ text }) => ({ type: 'text', text }))
}

function toUserContent(parts: readonly ContentPart[]): string | OpenAIUserPart[] {
  const [only] = parts
  if (only?.type === 'text' && parts.length === 1) return only.text
  return parts.map((part) => {
    switch (part.type) {
      case 'text':
        return { type: 'text', text: part.text }
      case 'image':
        return {
          type: 'image_url',
          image_url: { url: toDataUrl(part), ...defined({ detail: part.detail }) },
        }
      case 'file':
        return { type: 'file', file: { file_data: toDataUrl(part), filename: part.filename ?? 'filename' } }
      default:
        throw refusal(`a 'user' message cannot hold a part of type '${part.type}'`)
    }
  })
}

function toAssistantFields(
  parts: readonly ContentPart[],
  requireIds: boolean,
): { content?: string | OpenAITextPart[]; tool_calls?: OpenAIToolCall[] } {
  const texts = parts.filter((part) => part.type !== 'toolCall').map(expectText)
  const calls = parts.filter((part) => part.type === 'toolCall')
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
  part: ContentPart,
  count: number,
  requireIds: boolean,
): { content: string | OpenAITextPart[]; tool_call_id?: string } {
  if (part.type !== 'toolCallResult' || count > 1) {
    throw refusal("a 'tool' message holds exactly one tool call result; make one message for each")
  }
  const { result, origin } = part
  const { id } = idOf(origin, requireIds)
  const content = typeof result === 'string' ? result : toTextParts(result)
  return { content, ...defined({ tool_call_id: id }) }
}

function toTextParts(parts: readonly ContentPart[]): OpenAITextPart[] {
  return parts.map((part) => ({ type: 'text', text: expectText(part).text }))
}

function idOf({ id, name }: ToolCall, required: boolean): { id?: string } {
  if (id !== undefined) return { id }
  if (!required) return {}
  throw refusal(`the tool call '${name}' has no id. Give it one, or pass { requireToolCallIds: false }`)
}

function expectText(part: ContentPart): TextContent {
  if (part.type === 'text') return part
  throw refusal(`only text can be sent in this place, not a part of type '${part.type}'`)
}

function toDataUrl({ mimeType, base64 }: ImageContent | FileContent): string {
  return `data:${mimeType};base64,${base64}`
}

function refusal(reason: string): DataError {
  return new DataError('DATA_INVALID_MESSAGE', `Cannot turn the message into OpenAI's format: ${reason}.`)
}
