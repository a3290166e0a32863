import { countOf, guessMimeType } from '@millrace/core/component'

/** The bytes of a buffer; undefined for anything else, lists of larger numbers among it. */
export function bytesOf(value: unknown): Uint8Array | undefined {
  if (value instanceof Uint8Array) return value
  if (value instanceof ArrayBuffer) return new Uint8Array(value)
  if (value instanceof DataView) return new Uint8Array(value.buffer, value.byteOffset, value.byteLength)
  return undefined
}

/** The text whose UTF-8 the bytes are, as of a text file that was read; undefined where they are something else. */
export function textOfBytes(bytes: Uint8Array): string | undefined {
  // PDF and the like begin as text does.
  if (guessMimeType(bytes) !== undefined) return undefined
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
    return text.includes('\0') ? undefined : text
  } catch {
    return undefined
  }
}

/** For a model, which could do nothing with the bytes: what they are, and how many. */
export function describeBytes(bytes: Uint8Array): string {
  const kind = guessMimeType(bytes) ?? 'binary data'
  return `(${kind}, ${countOf(bytes.length, 'byte')}, not shown)`
}
