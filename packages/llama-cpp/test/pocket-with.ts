import { readFile, writeFile } from 'node:fs/promises'
import { text, u32 } from './gguf/gguf-bytes.ts'
import { pocketPath } from './pocket.ts'

const header = 24
const entriesAt = 16
const alignment = 32

/** Writes the pocket model with further metadata, all of them numbers. */
export async function writePocketWith(
  path: string,
  metadata: Readonly<Record<string, number>>,
): Promise<void> {
  const pocket = await readFile(pocketPath)
  const entries = Object.entries(metadata).map(([key, value]) =>
    Buffer.concat([text(key), u32(4), u32(value)]),
  )
  // The tensors stay aligned when what is put in has the length of whole blocks.
  const padding = (length: number) =>
    Buffer.concat([text('pocket.padding'), u32(8), text(' '.repeat(length))])
  const size = Buffer.concat([...entries, padding(0)]).length
  const added = Buffer.concat([...entries, padding((alignment - (size % alignment)) % alignment)])
  const head = Buffer.from(pocket.subarray(0, header))
  head.writeBigUInt64LE(head.readBigUInt64LE(entriesAt) + BigInt(entries.length + 1), entriesAt)
  await writeFile(path, Buffer.concat([head, added, pocket.subarray(header)]))
}
