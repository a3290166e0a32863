import { DataError } from '../errors.ts'
import { at, type Check, checkString } from './check.ts'

/**
 * Strict base64 for JSON Schema: standard alphabet, whole groups of four, padding, no white space.
 * The obvious pattern overflows the stack of the regular expression engine at some 30 MB. Here the lookahead
 * takes 4096 characters at once and forgets how, so that little is left to come back to.
 */
export const base64Pattern =
  '^(?:(?=([A-Za-z0-9+/]{4096}))\\1)*(?:[A-Za-z0-9+/]{4}){0,1023}(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$'

/** Accepts the same texts as `base64Pattern`, in a third of its time. Node's own decoder skips what it does not know. */
export function isBase64(text: string): boolean {
  return text.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(text)
}

export const checkBase64: Check = (value, place) => {
  if (typeof value !== 'string') return checkString(value, place)
  if (isBase64(value)) return undefined
  return `${at(place)} is not strict base64: ${base64Problem(value)}.`
}

/** @throws DataError DATA_INVALID_BASE64 */
export function assertBase64(text: unknown, noun: string): asserts text is string {
  const problem = checkBase64(text, 'base64')
  if (problem !== undefined) throw new DataError('DATA_INVALID_BASE64', `Invalid ${noun}: ${problem}`)
}

export function toBase64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64')
}

/** The bytes are the caller's own: no piece of a buffer that others share. */
export function fromBase64(base64: string): Uint8Array {
  return new Uint8Array(Buffer.from(base64, 'base64'))
}

function base64Problem(text: string): string {
  if (text.startsWith('data:')) return "it is a data: URL; give the part after the ',' and its MIME type"
  const stranger = text.search(/[^A-Za-z0-9+/=]/)
  if (stranger >= 0) {
    return `the character ${JSON.stringify(text[stranger])} at ${stranger} is not of the standard alphabet`
  }
  if (text.length % 4 !== 0) return `its length, ${text.length}, is not a multiple of four`
  return "'=' may only stand at its end, at most twice"
}
