import type { GgufReader } from './gguf-reader.ts'

// GGUF's metadata types by number.
export const STRING = 8
export const ARRAY = 9
const SCALAR_BYTES: readonly (number | undefined)[] = [1, 1, 2, 2, 4, 4, 4, 1, undefined, undefined, 8, 8, 8]

/** Passes over values that stand one after the other; those of an array are passed over by their own type. */
export async function skipValues(reader: GgufReader, type: number, count: number): Promise<void> {
  if (type !== STRING) return reader.skip(count * (SCALAR_BYTES[type] ?? 0))
  reader.expectItems(count, 8)
  for (let index = 0; index < count; index += 1) {
    if (!reader.has(8)) await reader.load(8)
    reader.skip(reader.uint64())
  }
}
