import type { GgufReader } from './gguf-reader.ts'

// GGUF's metadata types by number.
export const INT32 = 5
export const BOOLEAN = 7
export const STRING = 8
export const ARRAY = 9
const SCALAR_BYTES: readonly (number | undefined)[] = [1, 1, 2, 2, 4, 4, 4, 1, undefined, undefined, 8, 8, 8]

/** Of a key, a token or a tensor: llama.cpp takes no longer keys. */
export const LONGEST_NAME = 65_535
/** What the reader has in memory at once. */
const PIECE_BYTES = 64 * 1024
const MOST_PIECES = 256

/** A key, an architecture or the name of a tensor: never longer than the longest key. */
export async function readText(reader: GgufReader): Promise<string> {
  await reader.load(8)
  const length = reader.uint64()
  if (length > LONGEST_NAME) throw reader.damaged(`it has a name of ${length} bytes`)
  await reader.load(length)
  return reader.text(length)
}

/** A text that may be longer than what is read at once. */
export async function readLongText(reader: GgufReader): Promise<string> {
  await reader.load(8)
  const pieces: Buffer[] = []
  for (let left = reader.uint64(); left > 0; left -= pieces.at(-1)?.length ?? 0) {
    if (pieces.length > MOST_PIECES) throw reader.damaged('it has a text of more than 16 MB')
    const length = Math.min(left, PIECE_BYTES)
    await reader.load(length)
    pieces.push(Buffer.from(reader.take(length)))
  }
  return Buffer.concat(pieces).toString('utf8')
}

/** The bytes of one value. llama.cpp reads no arrays in arrays either. */
export function bytesOf(reader: GgufReader, type: number): number {
  const bytes = SCALAR_BYTES[type]
  if (bytes === undefined) throw reader.damaged(`it has a value of the unknown type ${type}`)
  return bytes
}

/** Passes over values that stand one after the other; those of an array are passed over by their own type. */
export async function skipValues(reader: GgufReader, type: number, count: number): Promise<void> {
  if (type !== STRING) return reader.skip(count * bytesOf(reader, type))
  reader.expectItems(count)
  for (let index = 0; index < count; index += 1) {
    // Vocabularies have a quarter of a million texts: only the fills of the buffer are waited for.
    if (!reader.has(8)) await reader.load(8)
    reader.skip(reader.uint64())
  }
}
