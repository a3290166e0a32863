import { ChatMessage, Document, type SocketType } from '@millrace/core'
import { checkType, fitsType, readValue, shorten, typeName } from '@millrace/core/component'
import { isCode } from '../output/reference/socket-lines.ts'
import { takesImage } from './takes-image.ts'

export type Reading = { readonly value: unknown } | { readonly problem: string }

/**
 * The value that a text on the command line stands for, by the type of the socket it is for. A text stays a text
 * where the type allows one; what cannot be written as a text is JSON.
 */
export function readText(type: SocketType, text: string): Reading {
  const values = candidates(type, text)
  const [first] = values
  const fitting = values.find((value) => fitsType(type, value))
  if (fitting !== undefined) return { value: fitting }
  // Nearly: the right kind of value, but out of its range.
  if (first !== undefined) return { problem: checkType(type, first).map(placed).join(' ') }
  return { problem: refusal(type, text) }
}

/** The value of a text that was said to be JSON. */
export function readJsonText(type: SocketType, text: string): Reading {
  const parsed = parseJson(text)
  if (parsed === undefined) return { problem: `${JSON.stringify(shorten(text))} is not JSON.` }
  const value = readValue(type, parsed.value)
  const problems = checkType(type, value)
  return problems.length === 0 ? { value } : { problem: problems.map(placed).join(' ') }
}

/** The beginning of a list in JSON: what is wrong in it is not the text of one element. */
const MEANT_AS_LIST = /^\s*\[\s*(\]|["{[]|-?\d+\s*[,\]])/

/** What the text may mean, the likeliest first. */
function candidates(type: SocketType, text: string): unknown[] {
  switch (type.kind) {
    case 'string':
    case 'unknown':
      return [text]
    case 'number':
    case 'integer':
      return numbers(text, type.kind)
    case 'boolean':
    case 'null':
      return ['true', 'false', 'null'].includes(text.trim()) ? sameKind(type, JSON.parse(text)) : []
    case 'literal':
      return type.values.filter((value) => String(value) === text)
    case 'json':
    case 'object':
    case 'record':
      return json(type, text)
    case 'array':
      if (MEANT_AS_LIST.test(text)) return json(type, text)
      return [
        ...(text.trimStart().startsWith('[') ? json(type, text) : []),
        ...candidates(type.items, text).map((item) => [item]),
      ]
    case 'union':
      return unionCandidates(type.members, text)
    case 'named':
      return named(type, text)
  }
}

/** JSON where it is meant and fits; else a text where one is possible; else what any member makes of it. */
function unionCandidates(members: readonly SocketType[], text: string): unknown[] {
  const structured = /^\s*[[{]/.test(text)
    ? members.flatMap((member) => json(member, text)).filter((value) => typeof value === 'object')
    : []
  const texts = members.some(({ kind }) => kind === 'string' || kind === 'unknown') ? [text] : []
  return [...structured, ...texts, ...members.flatMap((member) => candidates(member, text))]
}

function numbers(text: string, kind: 'number' | 'integer'): unknown[] {
  if (!/^\s*[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?\s*$/i.test(text)) return []
  const value = Number(text)
  const fits = kind === 'integer' ? Number.isSafeInteger(value) : Number.isFinite(value)
  return fits ? [value] : []
}

function sameKind(type: SocketType, value: unknown): unknown[] {
  return fitsType(type, value) ? [value] : []
}

function json(type: SocketType, text: string): unknown[] {
  const parsed = parseJson(text)
  return parsed === undefined ? [] : [readValue(type, parsed.value)]
}

function named(type: SocketType & { readonly kind: 'named' }, text: string): unknown[] {
  if (type.of === undefined) return []
  if (text.trimStart().startsWith('{')) return json(type, text)
  if (type.name === 'ChatMessage') return [ChatMessage.user(text)]
  return type.name === 'Document' ? [Document.create({ content: text })] : []
}

function parseJson(text: string): { readonly value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) }
  } catch {
    return undefined
  }
}

function refusal(type: SocketType, text: string): string {
  if (isCode(type)) return 'a value of this type cannot be written on a command line.'
  const written = JSON.stringify(shorten(text))
  if (type.kind === 'json') return `${written} is not JSON. A text is JSON in double quotes: '"text"'.`
  if (takesImage(type)) {
    return /^(https?|data):/i.test(text)
      ? 'expected an image, got a URL, and nothing is fetched. Download it, and write =@photo.png for that of a file.'
      : `expected an image. Write =@${text} for that of a file.`
  }
  if (['object', 'record', 'named', 'array'].includes(type.kind)) {
    return `expected ${typeName(type)} as JSON, got ${written}.`
  }
  return `expected ${typeName(type)}, got ${written}.`
}

function placed({
  path,
  message,
}: {
  readonly path: readonly (string | number)[]
  readonly message: string
}) {
  return path.length === 0 ? message : `${path.join('.')}: ${message}`
}
