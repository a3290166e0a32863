import { createHash, type Hash } from 'node:crypto'
import { type FileHandle, open, readFile, rm, stat, writeFile } from 'node:fs/promises'
import type { Answer } from './model-request.ts'

/** What must be the same on the server for a download to be continued. */
export interface PartNote {
  /** The file's strong ETag, or when it was last modified; what HTTP's If-Range takes. */
  readonly validator?: string | undefined
  /** The checksum that the host promises. */
  readonly sha256?: string | undefined
  readonly totalBytes?: number | undefined
}

/**
 * The file beside the target that a download grows in, and the note beside it that tells whether what is there may
 * be continued. Both survive an abort and a crash.
 */
export class PartFile {
  readonly path: string
  readonly #handle: FileHandle
  #note: PartNote
  #bytes: number
  #hash: Hash

  private constructor(path: string, handle: FileHandle, note: PartNote, bytes: number, hash: Hash) {
    this.path = path
    this.#handle = handle
    this.#note = note
    this.#bytes = bytes
    this.#hash = hash
  }

  /** Opens what an earlier attempt left, or begins anew. Reads what is there once, for its checksum. */
  static async open(path: string, signal: AbortSignal | undefined): Promise<PartFile> {
    const note = await readNote(path)
    const bytes = await sizeOf(path)
    const canContinue = note?.validator !== undefined || note?.sha256 !== undefined
    const isPlausible = note?.totalBytes === undefined || bytes <= note.totalBytes
    if (note === undefined || bytes === 0 || !canContinue || !isPlausible) {
      return new PartFile(path, await open(path, 'w+'), {}, 0, createHash('sha256'))
    }
    const handle = await open(path, 'r+')
    try {
      return new PartFile(path, handle, note, bytes, await hashOf(handle, bytes, signal))
    } catch (error) {
      await handle.close()
      throw error
    }
  }

  /** How much of an unfinished download lies on disk, and how much it will be. For those who wait for it. */
  static async peek(path: string): Promise<{ bytes: number; totalBytes: number | undefined }> {
    return { bytes: await sizeOf(path), totalBytes: (await readNote(path))?.totalBytes }
  }

  get bytes(): number {
    return this.#bytes
  }

  get note(): PartNote {
    return this.#note
  }

  /** Empties the file first and notes then: a crash in between leaves nothing that could be continued wrongly. */
  async restart(note: PartNote): Promise<void> {
    await rm(noteOf(this.path), { force: true })
    await this.#handle.truncate(0)
    this.#bytes = 0
    this.#hash = createHash('sha256')
    this.#note = note
    await writeFile(noteOf(this.path), JSON.stringify(note))
  }

  async append(chunk: Uint8Array): Promise<void> {
    let written = 0
    while (written < chunk.length) {
      const { bytesWritten } = await this.#handle.write(chunk, written, chunk.length - written, this.#bytes)
      this.#hash.update(chunk.subarray(written, written + bytesWritten))
      this.#bytes += bytesWritten
      written += bytesWritten
    }
  }

  /** Brings the bytes to the disk, so that no crash leaves a whole file of holes, and returns their sha256. */
  async seal(): Promise<string> {
    await this.#handle.sync()
    return this.#hash.copy().digest('hex')
  }

  async close(): Promise<void> {
    await this.#handle.close()
  }

  static async remove(path: string): Promise<void> {
    await rm(path, { force: true })
    await PartFile.removeNote(path)
  }

  static async removeNote(path: string): Promise<void> {
    await rm(noteOf(path), { force: true })
  }
}

function noteOf(path: string): string {
  return `${path}.json`
}

async function sizeOf(path: string): Promise<number> {
  return stat(path).then(
    ({ size }) => size,
    () => 0,
  )
}

async function readNote(path: string): Promise<PartNote | undefined> {
  try {
    const note: unknown = JSON.parse(await readFile(noteOf(path), 'utf8'))
    const { validator, sha256, totalBytes } = Object(note)
    return {
      validator: typeof validator === 'string' ? validator : undefined,
      sha256: typeof sha256 === 'string' ? sha256 : undefined,
      totalBytes: typeof totalBytes === 'number' ? totalBytes : undefined,
    }
  } catch {
    return undefined
  }
}

async function hashOf(handle: FileHandle, bytes: number, signal: AbortSignal | undefined): Promise<Hash> {
  const hash = createHash('sha256')
  if (bytes === 0) return hash
  const stream = handle.createReadStream({
    start: 0,
    end: bytes - 1,
    autoClose: false,
    highWaterMark: 1024 * 1024,
  })
  for await (const chunk of stream) {
    signal?.throwIfAborted()
    hash.update(chunk)
  }
  return hash
}

type Answered = Omit<Answer, 'stop'>

/** Asks for the rest of a file, if it is still the same file; else, by If-Range, for all of it. */
export function rangeHeaders({ bytes, note }: PartFile): Record<string, string> {
  if (bytes === 0) return {}
  return { range: `bytes=${bytes}-`, ...(note.validator === undefined ? {} : { 'if-range': note.validator }) }
}

/** True when a partial answer holds the rest of the very file that the part is the beginning of. */
export function continues(answer: Answered, { bytes, note }: PartFile): boolean {
  const range = /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(answer.response.headers.get('content-range') ?? '')
  if (Number(range?.[1]) !== bytes) return false
  const now = noteFrom(answer)
  const agree = (was: unknown, is: unknown) => was === undefined || is === undefined || was === is
  const total = range?.[2] === '*' ? undefined : Number(range?.[2])
  return (
    agree(note.totalBytes, total) && agree(note.validator, now.validator) && agree(note.sha256, now.sha256)
  )
}

/** What to remember of an answer that holds a whole file. */
export function noteFrom({ response: { headers }, sha256 }: Answered): PartNote {
  const etag = headers.get('etag')
  const length = headers.get('content-length')
  // fetch unpacks what is encoded, against our wish: its length then counts other bytes.
  const isEncoded = !['', 'identity'].includes(headers.get('content-encoding') ?? '')
  return {
    // A weak ETag, W/"…", vouches for the meaning, not for the bytes.
    validator: etag?.startsWith('"') ? etag : (headers.get('last-modified') ?? undefined),
    sha256,
    totalBytes: length === null || isEncoded ? undefined : Number(length),
  }
}
