// What only Node.js has, and what stands in its own modules. `#platform` in package.json chooses between this file and
// `browser.ts`, which has the same exports.
import { createHash } from 'node:crypto'
import { closeSync, openSync, readSync, statSync } from 'node:fs'
import { open, stat } from 'node:fs/promises'

export { setMaxListeners } from 'node:events'
export { readFile } from 'node:fs/promises'
export { basename, dirname, extname, isAbsolute, join, relative, resolve } from 'node:path'

/** The variables of this process. */
export function environmentOfProcess(): { readonly [name: string]: string | undefined } {
  return process.env
}

/** The SHA-256 of the UTF-8 bytes of a text, in hexadecimal digits. */
export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

export function toBase64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64')
}

/** The bytes are in a buffer that nobody shares. What is not of the alphabet is skipped: check the text first. */
export function fromBase64(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text, 'base64'))
}

/** How many UTF-8 bytes a text has. */
export function byteLength(text: string): number {
  return Buffer.byteLength(text)
}

/** The size of a regular file; undefined for a device, a pipe or a folder. */
export async function sizeOfFile(path: string): Promise<number | undefined> {
  const found = await stat(path)
  return found.isFile() ? found.size : undefined
}

/** Pipes and devices have no size to ask for first, so of what is larger than `most` one byte more is read. */
export async function readStart(path: string, most: number): Promise<Uint8Array> {
  const file = await open(path)
  const pieces: Buffer[] = []
  for await (const piece of file.createReadStream({ end: most })) pieces.push(piece)
  return Buffer.concat(pieces)
}

/** How much of a file is read at a time. */
const PIECE = 64 * 1024

/** Like `readStart`, at once, and undefined for what is not a regular file: a pipe would let the process wait for ever. */
export function readStartSync(path: string, most: number): Uint8Array | undefined {
  if (!statSync(path).isFile()) return undefined
  const file = openSync(path, 'r')
  try {
    const pieces: Buffer[] = []
    for (let length = 0; length <= most; ) {
      const piece = Buffer.alloc(PIECE)
      const read = readSync(file, piece, 0, PIECE, null)
      if (read === 0) break
      pieces.push(piece.subarray(0, read))
      length += read
    }
    return Buffer.concat(pieces)
  } finally {
    closeSync(file)
  }
}
