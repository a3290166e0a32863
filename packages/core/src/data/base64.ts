import { DataError } from '../errors.ts'
import * as t from '../schema/builders.ts'
import type { Socket } from '../schema/socket.ts'
import type { JsonSchema, SocketType } from '../schema/socket-type.ts'
import { describeValue } from '../text/show.ts'

/** Strict base64: standard alphabet, whole groups of four, padding, no white space. */
export const base64 = encoded({})
export const filledBase64 = encoded({ minLength: 1 })

function encoded(constraints: JsonSchema): Socket<string> {
  const type: SocketType = { kind: 'string', constraints: { contentEncoding: 'base64', ...constraints } }
  return t.named('base64', { ...t.string(), type }, problemOf)
}

/** @throws DataError DATA_INVALID_BASE64 */
export function assertBase64(text: unknown, noun: string): asserts text is string {
  const problem = typeof text === 'string' ? problemOf(text) : `expected string, got ${describeValue(text)}.`
  if (problem !== undefined)
    throw new DataError('DATA_INVALID_BASE64', `Invalid ${noun}: 'base64': ${problem}`)
}

/** @throws DataError DATA_INVALID_MEDIA */
export function assertBytes(bytes: unknown, noun: string, maker: string): void {
  if (ArrayBuffer.isView(bytes)) return
  throw new DataError(
    'DATA_INVALID_MEDIA',
    `Invalid ${noun}: ${maker}.fromBytes takes a Uint8Array, not ${describeValue(bytes)}. ${maker}.fromFile reads a path, ${maker}.create takes base64.`,
  )
}

function problemOf(text: unknown): string | undefined {
  if (typeof text !== 'string') return undefined
  if (text.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(text)) return undefined
  return `it is not strict base64: ${reasonOf(text)}.`
}

function reasonOf(text: string): string {
  if (text.startsWith('data:')) return "it is a data: URL; give the part after the ',' and its MIME type"
  const wrong = text.search(/[^A-Za-z0-9+/=]/)
  if (wrong >= 0) {
    return `the character ${JSON.stringify(text[wrong])} at ${wrong} is not of the standard alphabet`
  }
  if (text.length % 4 !== 0) return `its length, ${text.length}, is not a multiple of four`
  return "'=' may only stand at its end, at most twice"
}
