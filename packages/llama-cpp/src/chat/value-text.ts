import type { JsonValue } from '@millrace/core'
import { skipSpace } from './match-pieces.ts'

/** A value that was read off a text, and where it ends. */
export interface ReadValue {
  readonly value: JsonValue
  readonly end: number
}

const WORDS: Readonly<Record<string, JsonValue>> = {
  true: true,
  True: true,
  false: false,
  False: false,
  null: null,
  None: null,
}
const QUOTES = ['<|"|>', '"', "'"] as const
const WORD = /[A-Za-z]+/y
const NUMBER = /[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?/y
const BARE_KEY = /[^\s:{}[\],"'<>=]+/y
const DEEPEST = 200

/**
 * Reads a value as models write them outside of JSON: JSON, Python's `True` and `'text'`, bare keys, or the quotes
 * `<|"|>`. Undefined where there is none, or it goes on behind the end of the text.
 */
export function readValue(text: string, from: number, depth = 0): ReadValue | undefined {
  const place = skipSpace(text, from)
  const first = text[place]
  if (first === undefined || depth > DEEPEST) return undefined
  if (first === '[' || first === '(') return readList(text, place, depth)
  if (first === '{') return readMembers(text, place + 1, '}', ':', depth)
  const quote = QUOTES.find((mark) => text.startsWith(mark, place))
  if (quote) return readQuoted(text, place, quote)
  const word = matchAt(WORD, text, place)
  if (word !== undefined) {
    const value = Object.hasOwn(WORDS, word) ? WORDS[word] : undefined
    return value === undefined ? undefined : { value, end: place + word.length }
  }
  const number = matchAt(NUMBER, text, place)
  return number === undefined ? undefined : { value: Number(number), end: place + number.length }
}

/** A value that is all of a text. */
export function wholeValue(text: string): JsonValue | undefined {
  const read = readValue(text, 0)
  return read && skipSpace(text, read.end) === text.length ? read.value : undefined
}

/** Keys and values up to a closing bracket: of an object, or the arguments of a call. */
export function readMembers(
  text: string,
  from: number,
  close: string,
  sign: ':' | '=',
  depth = 0,
): (ReadValue & { readonly value: { readonly [key: string]: JsonValue } }) | undefined {
  const members: [string, JsonValue][] = []
  let place = skipSpace(text, from)
  while (!text.startsWith(close, place)) {
    const key = readKey(text, place)
    const at = key && skipSpace(text, key.end)
    if (!key || at === undefined || text[at] !== sign) return undefined
    const read = readValue(text, at + 1, depth + 1)
    if (!read) return undefined
    members.push([key.key, read.value])
    place = skipSpace(text, read.end)
    if (text[place] === ',') place = skipSpace(text, place + 1)
    else if (!text.startsWith(close, place)) return undefined
  }
  return { value: Object.fromEntries(members), end: place + close.length }
}

function readKey(text: string, place: number): { readonly key: string; readonly end: number } | undefined {
  const quote = QUOTES.find((mark) => text.startsWith(mark, place))
  const quoted = quote && readQuoted(text, place, quote)
  if (quoted) return { key: quoted.value, end: quoted.end }
  const bare = matchAt(BARE_KEY, text, place)
  return bare === undefined ? undefined : { key: bare, end: place + bare.length }
}

function readList(text: string, from: number, depth: number): ReadValue | undefined {
  const close = text[from] === '[' ? ']' : ')'
  const items: JsonValue[] = []
  let place = skipSpace(text, from + 1)
  while (text[place] !== close) {
    const read = readValue(text, place, depth + 1)
    if (!read) return undefined
    items.push(read.value)
    place = skipSpace(text, read.end)
    if (text[place] === ',') place = skipSpace(text, place + 1)
    else if (text[place] !== close) return undefined
  }
  return { value: items, end: place + 1 }
}

/** Quotes within a text are often not escaped: one ends it only where a value may end. */
function readQuoted(
  text: string,
  from: number,
  quote: string,
): { readonly value: string; readonly end: number } | undefined {
  let value = ''
  let place = from + quote.length
  while (place < text.length) {
    if (text.startsWith(quote, place)) {
      const end = place + quote.length
      if (quote.length > 1 || /^\s*(?:$|[,)\]}:=])/.test(text.slice(end, end + 40))) return { value, end }
    }
    const escaped = quote.length === 1 && text[place] === '\\' ? escapeAt(text, place) : undefined
    value += escaped?.value ?? text[place]
    place += escaped?.length ?? 1
  }
  return undefined
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', b: '\b', f: '\f' }

function escapeAt(text: string, place: number): { readonly value: string; readonly length: number } {
  const hex = /^\\(?:u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2}))/.exec(text.slice(place, place + 6))
  const code = hex?.[1] ?? hex?.[2]
  if (hex && code !== undefined) {
    return { value: String.fromCharCode(Number.parseInt(code, 16)), length: hex[0].length }
  }
  const next = text[place + 1] ?? ''
  return { value: ESCAPES[next] ?? next, length: 2 }
}

function matchAt(pattern: RegExp, text: string, place: number): string | undefined {
  pattern.lastIndex = place
  return pattern.exec(text)?.[0]
}

/** Nested tags with a mark in front: objects nest, lists are tags named `item`. */
export function nestedValue(text: string, mark: string): JsonValue {
  const members: [string, JsonValue][] = []
  let place = skipSpace(text, 0)
  while (place < text.length) {
    const name = text.startsWith(`${mark}<`, place)
      ? /^[^<>/]+(?=>)/.exec(text.slice(place + mark.length + 1))?.[0]
      : undefined
    if (name === undefined) return text
    const start = place + mark.length + name.length + 2
    const close = `${mark}</${name}>`
    const end = closingOf(text, start, `${mark}<${name}>`, close)
    if (end === undefined) return text
    members.push([name, nestedValue(text.slice(start, end), mark)])
    place = skipSpace(text, end + close.length)
  }
  if (members.length === 0) return text
  if (members.every(([name]) => name === 'item')) return members.map(([, value]) => value)
  return Object.fromEntries(members)
}

function closingOf(text: string, from: number, open: string, close: string): number | undefined {
  let depth = 1
  for (let place = from; place < text.length; place++) {
    if (text.startsWith(close, place)) {
      if (--depth === 0) return place
    } else if (text.startsWith(open, place)) depth++
  }
  return undefined
}
