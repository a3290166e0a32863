import { DataError } from '../errors.ts'
import { isJsonObject, isPlainObject, type JsonObject } from '../json.ts'
import { didYouMean, listNames } from '../text/names.ts'
import { describeValue } from '../text/show.ts'
import type { AssistantMessage, ChatMessage, UserMessage } from './chat-message.ts'
import { type TextContent, ToolCall, type ToolCallResult } from './content-part.ts'
import { readDataUrl } from './data-url.ts'
import { defined } from './declared.ts'
import { FileContent } from './file-content.ts'
import { ImageContent, type ImageDetail } from './image-content.ts'
import type { MalformedToolCall } from './merge-chunks.ts'

type Fields = Readonly<Record<string, unknown>>

const roles = ['assistant', 'user', 'system', 'developer', 'tool', 'function']

/**
 * Reads a message in OpenAI's format, as sent or as received, also in the shapes of other servers and older clients.
 * Null is absent. `developer` becomes `system`, and `function` becomes `tool`. A refusal is a text of the assistant;
 * `reasoning_content` and `reasoning` are its thoughts. An assistant may say nothing, and a result may be empty. Calls may
 * lack an id; where their arguments are not the JSON of an object, the call is there without arguments, and their text is in
 * `meta.malformedToolCalls`. The call that a tool result answers is known by its id only, so its name is empty unless the
 * message has a name. Images, sound and files must be in the message: nothing is fetched. What is not part of the
 * conversation (`annotations`, `cache_control`, unknown keys) is left out.
 * @throws DataError DATA_INVALID_MESSAGE, which names what cannot be kept; DATA_INVALID_BASE64 and DATA_INVALID_MEDIA for
 * images and files.
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
      return { role, content: readUserContent(role, content), ...name }
    case 'assistant':
      return { role, ...readAssistant(value), ...name }
    case 'tool':
    case 'function':
      return { role: 'tool', content: [readToolResult(value)], ...name }
    default: {
      const hint = typeof role === 'string' ? didYouMean(role, roles) : ''
      throw refusal(`its role must be one of ${listNames(roles)}, not ${describeValue(role)}`, hint)
    }
  }
}

function readUserContent(role: string, content: unknown): UserMessage['content'] {
  if (typeof content === 'string') return [{ type: 'text', text: content }]
  return expectParts(role, content).map(readUserPart)
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

function readAssistant(message: Fields): Pick<AssistantMessage, 'content' | 'meta'> {
  const { content, audio, function_call } = message
  if (audio !== undefined && audio !== null) throw refusal("'audio' of an answer cannot be kept")
  const thoughts = readThoughts(message)
  // A text that is empty is a text: it comes back as one. A list that is empty is none.
  const texts = isEmpty(content) && content !== '' ? [] : readTexts('assistant', content)
  const refused = optionalString(message, 'refusal')
  if (refused) texts.push({ type: 'text', text: refused })
  const { tool_calls } = message
  const listed = tool_calls ?? []
  if (!Array.isArray(listed)) throw refusal(`'tool_calls' must be an array, not ${describeValue(listed)}`)
  const read = listed.map(readToolCall)
  if (isPlainObject(function_call)) {
    read.push(readFunctionCall(function_call, {}, 'function_call', read.length))
  } else if (!isEmpty(function_call)) {
    throw refusal(`'function_call' must be an object, not ${describeValue(function_call)}`)
  }
  const malformedToolCalls = read.flatMap(({ malformed }) => malformed ?? [])
  return {
    content: [...thoughts, ...texts, ...read.map(({ call }) => call)],
    ...(malformedToolCalls.length > 0 && { meta: { malformedToolCalls } }),
  }
}

/** Some servers give both keys, with the same text. */
function readThoughts(message: Fields): AssistantMessage['content'][number][] {
  const found = ['reasoning_content', 'reasoning'].map((key) => optionalString(message, key) ?? '')
  const texts = [...new Set(found.filter((text) => text !== ''))]
  if (texts.length > 1)
    throw refusal("'reasoning_content' and 'reasoning' are not the same text; give one of them")
  return texts.map((text) => ({ type: 'reasoning', text }))
}

function readToolResult(message: Fields): ToolCallResult {
  const { content } = message
  const id = defined({ id: optionalString(message, 'tool_call_id') })
  const name = optionalString(message, 'name') ?? ''
  return {
    type: 'toolCallResult',
    result: isEmpty(content) ? '' : typeof content === 'string' ? content : readUserContent('tool', content),
    origin: { type: 'toolCall', ...id, name, arguments: {} },
    error: false,
  }
}

interface ReadCall {
  readonly call: ToolCall
  readonly malformed?: MalformedToolCall
}

function readToolCall(value: unknown, index: number): ReadCall {
  const place = `tool_calls[${index}]`
  const fields: Fields = isPlainObject(value) ? value : {}
  const { function: called, type } = fields
  if (isPlainObject(called)) {
    const id = defined({ id: optionalString(fields, 'id', `${place}.`) })
    return readFunctionCall(called, id, `${place}.function`, index)
  }
  const found =
    isEmpty(type) || type === 'function' ? '' : `, and a call of type ${describeValue(type)} cannot be kept`
  throw refusal(`'${place}' lacks the object 'function'${found}`)
}

function readFunctionCall(called: Fields, id: { id?: string }, place: string, index: number): ReadCall {
  const { name, arguments: written } = called
  if (typeof name !== 'string') throw refusal(`'${place}' lacks the string 'name'`)
  const args = readArguments(written, `'${place}.arguments'`)
  if (args !== undefined) return { call: { type: 'toolCall', ...id, name, arguments: args } }
  return {
    call: { type: 'toolCall', ...id, name, arguments: {} },
    malformed: { index, ...id, name, arguments: written as string },
  }
}

/** Undefined for a text that is not the JSON of an object: a slip of the model's, which clients send back as it was. */
function readArguments(written: unknown, place: string): JsonObject | undefined {
  if (isEmpty(written)) return {}
  if (typeof written === 'string') return ToolCall.readArguments(written)
  if (isJsonObject(written)) return written
  throw refusal(`${place} must be an object or its JSON text, not ${describeValue(written)}`)
}

function readUserPart(value: unknown, index: number): UserMessage['content'][number] {
  const { type, image_url, file, input_audio }: Fields = isPlainObject(value) ? value : {}
  if (type === 'image_url') return readImage(image_url, `content[${index}].image_url`)
  if (type === 'file') return readFile(file, `content[${index}].file`)
  if (type === 'input_audio') return readSound(input_audio, `content[${index}].input_audio`)
  return readText(value, index)
}

/** OpenAI calls texts differently in its two protocols. */
const textTypes: readonly unknown[] = [undefined, null, 'text', 'input_text', 'output_text']

function readText(value: unknown, index: number): TextContent {
  const { type, text, refusal: refused }: Fields = isPlainObject(value) ? value : {}
  if (type === 'refusal' && typeof refused === 'string') return { type: 'text', text: refused }
  if (textTypes.includes(type) && typeof text === 'string') return { type: 'text', text }
  if (textTypes.includes(type) && isPlainObject(value)) {
    throw refusal(`'content[${index}].text' must be a string, not ${describeValue(text)}`)
  }
  const found = isEmpty(type) ? describeValue(value) : `a part of type ${describeValue(type)}`
  throw refusal(`'content[${index}]' must be a part with a text, not ${found}`)
}

function readImage(value: unknown, place: string): ImageContent {
  const isUrl = typeof value === 'string'
  const { url, detail }: Fields = isUrl ? { url: value } : isPlainObject(value) ? value : {}
  const image = readDataUrl(url)
  if (image === undefined) {
    throw notData(isUrl ? place : `${place}.url`, url, 'Load it with ImageContent.fromUrl.')
  }
  // The cast is checked: create refuses any other detail.
  return ImageContent.create({ ...image, detail: detail as ImageDetail | undefined })
}

/** OpenAI takes a data: URL, and its reference says base64: both are taken. */
function readFile(value: unknown, place: string): FileContent {
  const fields: Fields = isPlainObject(value) ? value : {}
  const { file_data } = fields
  const isBare = typeof file_data === 'string' && !file_data.slice(0, 20).includes(':')
  const file = isBare ? { base64: file_data } : readDataUrl(file_data)
  if (file === undefined) {
    throw notData(`${place}.file_data`, file_data, 'Uploaded files cannot be read here.')
  }
  return FileContent.create({ ...file, filename: optionalString(fields, 'filename', `${place}.`) })
}

const soundTypes: Readonly<Record<string, string>> = { wav: 'audio/wav', mp3: 'audio/mpeg' }

function readSound(value: unknown, place: string): FileContent {
  const { data, format }: Fields = isPlainObject(value) ? value : {}
  if (typeof data !== 'string') throw refusal(`'${place}.data' must be base64, not ${describeValue(data)}`)
  const mimeType = Object.hasOwn(soundTypes, String(format)) ? soundTypes[String(format)] : undefined
  if (mimeType === undefined) {
    const possible = listNames(Object.keys(soundTypes))
    throw refusal(`'${place}.format' must be one of ${possible}, not ${describeValue(format)}`)
  }
  return FileContent.create({ base64: readDataUrl(data)?.base64 ?? data, mimeType })
}

function notData(place: string, url: unknown, hint: string): DataError {
  return refusal(`'${place}' must be a base64 data: URL, not ${describeValue(url)}`, ` ${hint}`)
}

/** Null, missing, or an empty text or list. */
function isEmpty(value: unknown): value is undefined | null | '' {
  return value === undefined || value === null || value === '' || (Array.isArray(value) && value.length === 0)
}

function optionalString(fields: Fields, key: string, place = ''): string | undefined {
  const value = fields[key]
  if (value === undefined || value === null || typeof value === 'string') return value ?? undefined
  throw refusal(`'${place}${key}' must be a string, not ${describeValue(value)}`)
}

function refusal(reason: string, hint = ''): DataError {
  return new DataError('DATA_INVALID_MESSAGE', `Invalid message in OpenAI's format: ${reason}.${hint}`)
}
