import type { InputPort, Json, JsonSchema } from '../wire.ts'

/** How a value is entered. */
export type Kind =
  | 'text'
  | 'number'
  | 'boolean'
  | 'choice'
  | 'messages'
  | 'image'
  | 'file'
  | 'documents'
  | 'json'

export const kindNames: Readonly<Record<Kind, string>> = {
  text: 'Text',
  number: 'Number',
  boolean: 'Yes or no',
  choice: 'Choice',
  messages: 'Message',
  image: 'Image',
  file: 'File',
  documents: 'Documents',
  json: 'JSON',
}

/** What was entered, as it stands in the form. */
export interface Entry {
  readonly kind: Kind
  readonly text: string
  /** Images and files, as parts of messages. */
  readonly parts: readonly Json[]
}

/** The ways in which an input can be entered, the likeliest first. */
export function kindsOf(schema: JsonSchema): readonly Kind[] {
  if (schema.enum || schema.const !== undefined) return ['choice']
  if (schema.anyOf && schema.title !== 'ChatMessage') {
    const kinds = [...new Set(schema.anyOf.flatMap(kindsOf))]
    return kinds.includes('json') ? [...kinds.filter((kind) => kind !== 'json'), 'json'] : kinds
  }
  switch (schema.title) {
    case 'ChatMessage':
      return ['messages', 'json']
    case 'ImageContent':
      return ['image']
    case 'FileContent':
      return ['file']
    case 'Document':
      return ['documents', 'json']
  }
  switch (schema.type) {
    case 'string':
      return ['text']
    case 'number':
    case 'integer':
      return ['number']
    case 'boolean':
      return ['boolean']
    case 'array': {
      const [first] = kindsOf(schema.items ?? {})
      return first === 'messages' || first === 'documents' ? [first, 'json'] : ['json']
    }
    case 'object':
      return ['json']
    // Anything, such as a variable of a template.
    case undefined:
      return ['text', 'json', 'documents', 'image', 'file']
    default:
      return ['json']
  }
}

export function choicesOf(schema: JsonSchema): readonly Json[] {
  if (schema.const !== undefined) return [schema.const]
  return schema.enum ?? schema.anyOf?.flatMap((member) => choicesOf(member)) ?? []
}

export function emptyEntry(input: InputPort): Entry {
  const [kind = 'json'] = kindsOf(input.schema)
  const start = input.mandatory || input.default === undefined ? '' : textFor(kind, input.default)
  return { kind, text: start, parts: [] }
}

function textFor(kind: Kind, value: Json): string {
  return kind === 'json' || typeof value !== 'string' ? JSON.stringify(value, null, 2) : value
}

/** An entry that has a value which a run had. */
export function entryOf(input: InputPort, value: Json): Entry {
  const kinds = kindsOf(input.schema)
  if (typeof value === 'string' && kinds.includes('text')) return { kind: 'text', text: value, parts: [] }
  const [kind = 'json'] = kinds
  if (kind === 'choice') return { kind, text: JSON.stringify(value), parts: [] }
  if (kind === 'messages') {
    const message = messageParts(value)
    if (message) return { kind, ...message }
  }
  if (kind === 'number' || kind === 'boolean') return { kind, text: String(value), parts: [] }
  const type = typeof value === 'object' && value !== null ? (value as { type?: Json }).type : undefined
  if (type === 'image' || type === 'file') return { kind: type, text: '', parts: [value] }
  return { kind: 'json', text: JSON.stringify(value, null, 2), parts: [] }
}

/** The text and the media of one message of the user. */
function messageParts(value: Json): { text: string; parts: Json[] } | undefined {
  if (typeof value === 'string') return { text: value, parts: [] }
  const list = Array.isArray(value) ? value : [value]
  if (list.length !== 1) return undefined
  const { role, content } = list[0] as { role?: string; content?: Json }
  if (role !== 'user') return undefined
  if (typeof content === 'string') return { text: content, parts: [] }
  if (!Array.isArray(content)) return undefined
  const texts = content.filter((part) => part?.type === 'text')
  return {
    text: texts.map(({ text }) => text).join('\n'),
    parts: content.filter((part) => part?.type !== 'text'),
  }
}

export function isFilled({ kind, text, parts }: Entry): boolean {
  if (kind === 'image' || kind === 'file') return parts.length > 0
  return kind === 'boolean' || kind === 'text' || kind === 'messages'
    ? text !== '' || parts.length > 0
    : text.trim() !== ''
}

/**
 * The value that an entry stands for.
 *
 * @throws Error that says what is wrong with it
 */
export function enteredValue({ kind, text, parts }: Entry, { schema }: InputPort): Json {
  switch (kind) {
    case 'text':
      return text
    case 'number': {
      const number = Number(text)
      if (!Number.isFinite(number)) throw new Error('This must be a number.')
      return number
    }
    case 'boolean':
      return text === 'true'
    case 'choice':
      return parse(text)
    case 'messages': {
      const message = userMessage(text, parts)
      return isList(schema) ? [message] : message
    }
    case 'image':
    case 'file':
      return parts[0] ?? null
    case 'documents': {
      const paragraphs = text.split(/\n\s*\n/).filter((paragraph) => paragraph.trim() !== '')
      return paragraphs.map((content, index) => ({
        id: `document-${index + 1}`,
        content: content.trim(),
        meta: {},
      }))
    }
    case 'json':
      return parse(text)
  }
}

export function userMessage(text: string, parts: readonly Json[]): Json {
  const texts: Json[] = text === '' && parts.length > 0 ? [] : [{ type: 'text', text }]
  return { role: 'user', content: [...parts, ...texts] }
}

/** Whether a schema wants a list, and not one of what is in it. */
function isList(schema: JsonSchema): boolean {
  return schema.type === 'array' || (schema.anyOf ?? []).some((member) => member.type === 'array')
}

function parse(text: string): Json {
  try {
    return JSON.parse(text) as Json
  } catch (error) {
    throw new Error(`This is not JSON: ${(error as Error).message}`)
  }
}

/** A file of the user as a part of a message. */
export async function partOfFile(file: File): Promise<Json> {
  const bytes = new Uint8Array(await file.arrayBuffer())
  let binary = ''
  for (let at = 0; at < bytes.length; at += 32_768)
    binary += String.fromCharCode(...bytes.subarray(at, at + 32_768))
  const base64 = btoa(binary)
  const mimeType = file.type || 'application/octet-stream'
  return mimeType.startsWith('image/')
    ? { type: 'image', base64, mimeType }
    : { type: 'file', base64, mimeType, filename: file.name }
}
