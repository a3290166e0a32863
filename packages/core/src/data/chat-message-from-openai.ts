import { DataError } from '../errors.ts'
import { isJsonObject, isPlainObject, type JsonObject } from '../json.ts'
import { didYouMean, listNames } from '../text/names.ts'
import { describeValue } from '../text/show.ts'
import type { AssistantMessage, ChatMessage, UserMessage } from './chat-message.ts'
import type { TextContent, ToolCall, ToolCallResult } from './content-part.ts'
import { defined } from './declared.ts'
import { FileContent } from './file-content.ts'
import { ImageContent, type ImageDetail } from './image-content.ts'

type Fields = Readonly<Record<string, unknown>>

const roles = ['assistant', 'user', 'system', 'developer', 'tool']

/**
 * Reads a message in OpenAI's format, as sent or as received. `developer` becomes `system`; keys that have no
 * place in a `ChatMessage` (`refusal`, `annotations`, …) are left out. The origin of a tool result is known by its
 * id only, so its name is empty. Images and files must be data: URLs: nothing is fetched.
 * @throws DataError DATA_INVALID_MESSAGE; DATA_INVALID_BASE64 and DATA_INVALID_MEDIA for images and files.
 */
export function messageFromOpenAI(value: unknown): ChatMessage {
  if (!isPlainObject(value)) throw refusal(`it must be an object, not ${describeValue(value)}`)
  const { role, content } = value
  const name = defined({ name: optionalString(value, 'name') })
  switch (role) {
    case 'system':
    case 'developer':
      return { role: 'system', content: readTexts(role, content), ...name }
    case 'user':
      return { role, content: readUserContent(content), ...name }
    case 'assistant':
      return { role, content: readAssistantContent(value), ...name }
    case 'tool':
      return { role, content: [readToolResult(value)], ...name }
    default: {
      const hint = typeof role === 'string' ? didYouMean(role, roles) : ''
      throw refusal(`its role must be one of ${listNames(roles)}, not ${describeValue(role)}`, hint)
    }
  }
}

function readUserContent(content: unknown): UserMessage['content'] {
  if (typeof content === 'string') return [{ type: 'text', text: content }]
  return expectParts('user', content).map(readUserPart)
}

function readTexts(role: string, content: unknown): TextContent[] {
  if (typeof content === 'string') return [{ type: 'text', text: content }]
  return expectParts(role, content).map(readText)
}

function expectParts(role: string, content: unknown): readonly unknown[] {
  if (Array.isArray(content) && content.length > 0) return content
  throw refusal(
    `the content of a '${role}' message must be a string or a list of parts, and not be missing or empty`,
  )
}

function readAssistantContent(message: Fields): AssistantMessage['content'] {
  const { content, tool_calls } = message
  const calls = tool_calls ?? []
  if (!Array.isArray(calls)) throw refusal(`'tool_calls' must be an array, not ${describeValue(calls)}`)
  const texts = content === undefined || content === null ? [] : readTexts('assistant', content)
  if (texts.length === 0 && calls.length === 0) {
    throw refusal("an 'assistant' message must have 'content' or 'tool_calls'")
  }
  return [...texts, ...calls.map(readToolCall)]
}

function readToolResult(message: Fields): ToolCallResult {
  const { content } = message
  const result = typeof content === 'string' ? content : readTexts('tool', content)
  const id = defined({ id: optionalString(message, 'tool_call_id') })
  return {
    type: 'toolCallResult',
    result,
    origin: { type: 'toolCall', ...id, name: '', arguments: {} },
    error: false,
  }
}

function readToolCall(value: unknown, index: number): ToolCall {
  const place = `tool_calls[${index}]`
  const fields: Fields = isPlainObject(value) ? value : {}
  const { function: call } = fields
  if (!isPlainObject(call)) throw refusal(`'${place}' lacks the object 'function'`)
  const { name, arguments: text } = call
  if (typeof name !== 'string') throw refusal(`'${place}.function' lacks the string 'name'`)
  const id = defined({ id: optionalString(fields, 'id', `${place}.`) })
  return { type: 'toolCall', ...id, name, arguments: readArguments(text, place) }
}

/** No text means no arguments. */
function readArguments(text: unknown, place: string): JsonObject {
  if (text === undefined || text === null || text === '') return {}
  const at = `'${place}.function.arguments'`
  if (typeof text !== 'string') throw refusal(`${at} must be JSON text, not ${describeValue(text)}`)
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (cause) {
    throw refusal(`${at} is not valid JSON: ${(cause as SyntaxError).message}`, '', cause)
  }
  if (!isJsonObject(value))
    throw refusal(`${at} must be the JSON text of an object, not ${describeValue(value)}`)
  return value
}

function readUserPart(value: unknown, index: number): UserMessage['content'][number] {
  const { type, image_url, file }: Fields = isPlainObject(value) ? value : {}
  if (type === 'image_url') return readImage(image_url, `content[${index}].image_url`)
  if (type === 'file') return readFile(file, `content[${index}].file`)
  return readText(value, index)
}

function readText(value: unknown, index: number): TextContent {
  const { type, text }: Fields = isPlainObject(value) ? value : {}
  if (typeof text === 'string') return { type: 'text', text }
  const found = type === undefined ? describeValue(value) : `a part of type ${describeValue(type)}`
  throw refusal(`'content[${index}]' must be a part with a text, not ${found}`)
}

function readImage(value: unknown, place: string): ImageContent {
  const { url, detail }: Fields = isPlainObject(value) ? value : {}
  const image = readDataUrl(url, `${place}.url`, 'Load it with ImageContent.fromUrl.')
  // The cast is checked: create refuses any other detail.
  return ImageContent.create({ ...image, detail: (detail ?? undefined) as ImageDetail | undefined })
}

function readFile(value: unknown, place: string): FileContent {
  const fields: Fields = isPlainObject(value) ? value : {}
  const { file_data } = fields
  const file = readDataUrl(file_data, `${place}.file_data`, 'Uploaded files cannot be read here.')
  return FileContent.create({ ...file, filename: optionalString(fields, 'filename', `${place}.`) })
}

/** No regular expression: the text may be 30 MB long. */
function readDataUrl(url: unknown, place: string, hint: string): { base64: string; mimeType: string } {
  const comma = typeof url === 'string' && url.startsWith('data:') ? url.indexOf(',') : -1
  const header = comma < 0 ? '' : (url as string).slice('data:'.length, comma)
  if (!header.endsWith(';base64')) {
    throw refusal(`'${place}' must be a base64 data: URL, not ${describeValue(url)}`, ` ${hint}`)
  }
  return { base64: (url as string).slice(comma + 1), mimeType: header.slice(0, header.indexOf(';')) }
}

function optionalString(fields: Fields, key: string, place = ''): string | undefined {
  const value = fields[key]
  if (value === undefined || value === null || typeof value === 'string') return value ?? undefined
  throw refusal(`'${place}${key}' must be a string, not ${describeValue(value)}`)
}

function refusal(reason: string, hint = '', cause?: unknown): DataError {
  const details = cause === undefined ? {} : { cause }
  return new DataError(
    'DATA_INVALID_MESSAGE',
    `Invalid message in OpenAI's format: ${reason}.${hint}`,
    details,
  )
}
