import type { FileHandle } from 'node:fs/promises'
import { LlamaCppError } from '../errors.ts'

// The longest headers hold a vocabulary of 250,000 tokens with its merges: about 20 MB.
const longestHeader = 256 * 1024 * 1024
/** Texts of all lists together: about ten of the largest vocabularies. Each is gone over one by one. */
const mostItems = 4_000_000

/**
 * Reads the header of a GGUF file front to back through one small buffer: whatever lengths a damaged header
 * claims, memory stays constant and nothing is read behind the end.
 */
export class GgufReader {
  readonly path: string
  readonly fileBytes: number
  readonly #handle: FileHandle
  readonly #buffer = Buffer.alloc(64 * 1024)
  #bufferStart = 0
  #bufferEnd = 0
  #offset = 0
  #items = 0

  constructor(handle: FileHandle, path: string, fileBytes: number) {
    this.#handle = handle
    this.path = path
    this.fileBytes = fileBytes
  }

  /** How many bytes of the header have been read. */
  get offset(): number {
    return this.#offset
  }

  /** True when the next `count` bytes are in memory; else {@link load} must come before they are read. */
  has(count: number): boolean {
    return this.#offset >= this.#bufferStart && this.#offset + count <= this.#bufferEnd
  }

  /** Brings the next `count` bytes, at most 64 KB, into memory. */
  async load(count: number): Promise<void> {
    if (this.has(count)) return
    this.#claim(count)
    const { bytesRead } = await this.#handle.read(this.#buffer, 0, this.#buffer.length, this.#offset)
    this.#bufferStart = this.#offset
    this.#bufferEnd = this.#offset + bytesRead
    // The file became shorter under our hands.
    if (bytesRead < count) throw this.#truncated(this.#offset + count)
  }

  /** The next bytes, `count` or as many as there are, without passing over them. */
  async peek(count: number): Promise<Buffer> {
    const available = Math.min(count, this.fileBytes - this.#offset)
    await this.load(available)
    const start = this.#offset - this.#bufferStart
    return this.#buffer.subarray(start, start + available)
  }

  /** Passes over `count` bytes without reading them. */
  skip(count: number): void {
    this.#claim(count)
    this.#offset += count
  }

  uint32(): number {
    const value = this.#buffer.readUInt32LE(this.#offset - this.#bufferStart)
    this.#offset += 4
    return value
  }

  uint64(): number {
    const value = this.#buffer.readBigUInt64LE(this.#offset - this.#bufferStart)
    this.#offset += 8
    if (value > Number.MAX_SAFE_INTEGER) throw this.damaged(`it has a length or an offset of ${value}`)
    return Number(value)
  }

  text(count: number): string {
    const start = this.#offset - this.#bufferStart
    this.#offset += count
    return this.#buffer.toString('utf8', start, start + count)
  }

  /** The next bytes, which are overwritten by the next {@link load}. */
  take(count: number): Buffer {
    const start = this.#offset - this.#bufferStart
    this.#offset += count
    return this.#buffer.subarray(start, start + count)
  }

  /** Refuses, before any loop, more items than can be meant, with those that were expected before. */
  expectItems(count: number): void {
    this.#items += count
    if (this.#items > mostItems) throw this.damaged(`it lists ${count} items of one kind`)
  }

  damaged(reason: string): LlamaCppError {
    return new LlamaCppError(
      'MODEL_DAMAGED',
      `The header of '${this.path}' is damaged: ${reason}, near byte ${this.#offset}. Copy or download it again.`,
      { path: this.path },
    )
  }

  #claim(count: number): void {
    const end = this.#offset + count
    if (end > longestHeader) throw this.damaged(`it holds an item of ${count} bytes`)
    if (end > this.fileBytes) throw this.#truncated(end)
  }

  #truncated(needed: number): LlamaCppError {
    return new LlamaCppError(
      'MODEL_TRUNCATED',
      `'${this.path}' is cut off: it has ${this.fileBytes} bytes, and its header alone needs at least ${needed}. ` +
        'Copy or download it again.',
      { path: this.path, actual: this.fileBytes, expected: needed },
    )
  }
}
