import { openRegularFile } from '../regular-file.ts'
import { GgufReader } from './gguf-reader.ts'
import { ARRAY, readText, skipValues } from './metadata-values.ts'

/** A value in the metadata of a file; of an array, its elements. */
export interface MetadataEntry {
  readonly key: string
  /** The type of the value, or of each element. */
  readonly type: number
  /** How many elements an array has; undefined for a single value. */
  readonly length: number | undefined
}

/**
 * Goes over the metadata of a file whose header was found sound.
 *
 * @param read - Reads the value of an entry, or gives false and leaves it alone.
 */
export async function readEntries(
  path: string,
  read: (entry: MetadataEntry, reader: GgufReader) => Promise<boolean>,
): Promise<void> {
  const handle = await openRegularFile(path)
  try {
    const { size } = await handle.stat()
    const reader = new GgufReader(handle, path, size)
    await reader.load(24)
    reader.skip(16)
    const count = reader.uint64()
    reader.expectItems(count)
    for (let index = 0; index < count; index += 1) {
      const entry = await readEntry(reader)
      const wasRead = await read(entry, reader)
      if (!wasRead) await skipValues(reader, entry.type, entry.length ?? 1)
    }
  } finally {
    await handle.close()
  }
}

/** Reads up to the value. */
export async function readEntry(reader: GgufReader): Promise<MetadataEntry> {
  const key = await readText(reader)
  await reader.load(4)
  const type = reader.uint32()
  if (type !== ARRAY) return { key, type, length: undefined }
  await reader.load(12)
  return { key, type: reader.uint32(), length: reader.uint64() }
}
