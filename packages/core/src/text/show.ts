import { isPlainObject } from '../json.ts'
import { listNames } from './names.ts'
import { shorten } from './shorten.ts'

/** A value as an error shows it: its kind, and the value itself when it is short. */
export function describeValue(value: unknown): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return `an array of ${value.length}`
  switch (typeof value) {
    case 'undefined':
      return 'nothing'
    case 'string': {
      const short = shorten(value)
      return short === value ? JSON.stringify(value) : `the string ${JSON.stringify(short)}`
    }
    case 'object':
      return describeObject(value)
    case 'function':
      return 'a function'
    default:
      return `the ${typeof value} ${String(value)}`
  }
}

function describeObject(value: object): string {
  if (!isPlainObject(value)) {
    const made: unknown = value.constructor
    return typeof made === 'function' && made.name ? `an instance of ${made.name}` : 'an instance of a class'
  }
  const keys = Object.keys(value)
  return keys.length === 0
    ? 'an empty object'
    : `an object with ${listNames(
        keys.map((key) => shorten(key)),
        5,
      )}`
}

/** The message of whatever was thrown. Node's own errors are of another realm where code runs in a VM context. */
export function messageOf(error: unknown): string {
  try {
    if (typeof error !== 'object' || error === null || !('message' in error)) return String(error)
    const message = String(error.message)
    if (message === '') return `${String(Reflect.get(error, 'name') || 'an error')} without a message`
    // Node.js says why in the cause alone.
    const { cause } = error as { readonly cause?: unknown }
    return message === 'fetch failed' && cause instanceof Error ? `${message}: ${cause.message}` : message
  } catch {
    return 'something was thrown that cannot be read'
  }
}

/** `1 loop`, `2 loops`. */
export function countOf(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`
}

/** `components.llm.initParameters.nCtx`, `connections[0].sender`; keys with other characters as `["a b"]`. */
export function formatPath(path: readonly (string | number)[]): string {
  let text = ''
  for (const segment of path) {
    if (typeof segment === 'number') text += `[${segment}]`
    else if (!/^[\p{L}_$][\p{L}\p{N}_$/-]*$/u.test(segment)) text += `[${JSON.stringify(segment)}]`
    else text += text === '' ? segment : `.${segment}`
  }
  return text
}

/**
 * The text without the characters by which a file or a model could change what a terminal shows: control characters, and
 * those that turn the writing direction, become `U+FFFD`. Line ends and tabs stay.
 */
export function printable(text: string): string {
  return text.replace(
    /(?!\r\n|[\t\n])[\p{Cc}\u061C\u200E\u200F\u2028\u2029\u202A-\u202E\u2066-\u2069]/gu,
    '\uFFFD',
  )
}

/** What `printable` replaces, line ends and tabs, and what XML cannot hold: lone surrogates and noncharacters. */
const NOT_ON_ONE_LINE =
  /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069\uFEFF\uFFFE\uFFFF]/gu

const SHORT_ESCAPES: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' }

/** The text on one line, with every character that cannot be shown there as an escape: `\n`, `\u{1b}`. */
export function onOneLine(text: string): string {
  return text.replace(
    NOT_ON_ONE_LINE,
    (character) => SHORT_ESCAPES[character] ?? `\\u{${character.charCodeAt(0).toString(16)}}`,
  )
}
