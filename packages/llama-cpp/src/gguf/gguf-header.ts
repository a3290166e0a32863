import { open } from 'node:fs/promises'
import { LlamaCppError } from '../errors.ts'
import { unreadable } from '../model-unreadable.ts'
import { describeLookalike } from './gguf-lookalike.ts'
import { type GgufMetadata, readMetadata } from './gguf-metadata.ts'
import { GgufReader } from './gguf-reader.ts'
import { readText } from './metadata-values.ts'
import { tensorTypeSizes } from './tensor-type-sizes.ts'

/** What the header of a sound GGUF file says. */
export interface GgufHeader extends GgufMetadata {
  /** The version of the format: 2 or 3. */
  readonly version: number
  readonly tensorCount: number
  /** The bytes of all tensors of this file together. Tensors of types unknown here count as none. */
  readonly tensorBytes: number
  /** How long the file must be for its tensors. Tensors of types unknown here count with their offset alone. */
  readonly requiredBytes: number
  readonly fileBytes: number
}

const mostDimensions = 4

/**
 * Checks, in milliseconds and without llama.cpp, that a file is GGUF, of a version that llama.cpp reads, and as long
 * as its tensors need. It does not say whether the architecture is supported.
 *
 * @throws LlamaCppError `MODEL_NOT_FOUND`, `MODEL_UNREADABLE`, `MODEL_NOT_GGUF`, `MODEL_UNSUPPORTED` (the version),
 * `MODEL_DAMAGED` or `MODEL_TRUNCATED`, each with `path`; the last with `actual` and `expected` bytes
 */
export async function checkGgufHeader(path: string): Promise<GgufHeader> {
  try {
    const handle = await open(path, 'r')
    try {
      const status = await handle.stat()
      if (status.isDirectory()) throw unreadable(path, { code: 'EISDIR' })
      return await readHeader(new GgufReader(handle, path, status.size))
    } finally {
      await handle.close()
    }
  } catch (error) {
    throw error instanceof LlamaCppError ? error : unreadable(path, error)
  }
}

async function readHeader(reader: GgufReader): Promise<GgufHeader> {
  const version = await readVersion(reader)
  await reader.load(16)
  const tensorCount = reader.uint64()
  const metadataCount = reader.uint64()
  const { alignment, ...metadata } = await readMetadata(reader, metadataCount)
  const { end: dataBytes, bytes: tensorBytes } = await readTensors(reader, tensorCount)
  const dataStart = Math.ceil(reader.offset / alignment) * alignment
  const requiredBytes = tensorCount === 0 ? reader.offset : dataStart + dataBytes
  if (requiredBytes > reader.fileBytes) throw cutOff(reader, requiredBytes)
  return { version, ...metadata, tensorCount, tensorBytes, requiredBytes, fileBytes: reader.fileBytes }
}

function cutOff({ path, fileBytes }: GgufReader, requiredBytes: number): LlamaCppError {
  return new LlamaCppError(
    'MODEL_TRUNCATED',
    `'${path}' is cut off: it has ${fileBytes} bytes and needs ${requiredBytes}. Copy or download it again.`,
    { path, actual: fileBytes, expected: requiredBytes },
  )
}

async function readVersion(reader: GgufReader): Promise<number> {
  const { path } = reader
  const start = await reader.peek(64)
  const magic = start.subarray(0, 4).toString('latin1')
  if (magic === '' || !'GGUF'.startsWith(magic)) {
    const message = `'${path}' is not a GGUF file: ${describeLookalike(start)}.`
    throw new LlamaCppError('MODEL_NOT_GGUF', message, { path })
  }
  await reader.load(8)
  reader.skip(4)
  const version = reader.uint32()
  if (version === 2 || version === 3) return version
  throw new LlamaCppError('MODEL_UNSUPPORTED', `'${path}' ${unsupportedVersion(version)}`, { path })
}

function unsupportedVersion(version: number): string {
  // A small number written in the other byte order has its digits at the wrong end.
  if (version !== 0 && (version & 0xffff) === 0)
    return 'was made for big-endian machines. Get or convert it for little-endian ones.'
  const way =
    version < 2
      ? 'Convert the model again with a current llama.cpp.'
      : 'Update Millrace, or get an older file.'
  return `is GGUF version ${version}; versions 2 and 3 can be read. ${way}`
}

interface TensorSum {
  /** Where the last tensor ends, counted from the start of the tensor data. */
  readonly end: number
  readonly bytes: number
}

async function readTensors(reader: GgufReader, count: number): Promise<TensorSum> {
  reader.expectItems(count, 24)
  let end = 0
  let sum = 0
  for (let index = 0; index < count; index += 1) {
    await readText(reader)
    const values = await readShape(reader)
    await reader.load(12)
    const size = tensorTypeSizes.get(reader.uint32())
    const bytes = size === undefined ? 0 : Math.ceil(values / size.values) * size.bytes
    end = Math.max(end, reader.uint64() + bytes)
    sum += bytes
  }
  if (!Number.isSafeInteger(end)) throw reader.damaged(`its tensors need ${end} bytes`)
  return { end, bytes: sum }
}

/** Returns how many values a tensor has. */
async function readShape(reader: GgufReader): Promise<number> {
  await reader.load(4)
  const dimensions = reader.uint32()
  if (dimensions > mostDimensions) throw reader.damaged(`it has a tensor of ${dimensions} dimensions`)
  await reader.load(8 * dimensions)
  let values = 1
  for (let index = 0; index < dimensions; index += 1) values *= reader.uint64()
  return values
}
