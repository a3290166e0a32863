import { open } from 'node:fs/promises'
import { LlamaCppError } from '../errors.ts'
import { unreadable } from '../model-unreadable.ts'
import { describeLookalike } from './gguf-lookalike.ts'
import { GgufReader } from './gguf-reader.ts'
import { tensorTypeSizes } from './tensor-type-sizes.ts'

/** What the header of a sound GGUF file says. */
export interface GgufHeader {
  /** The version of the format: 2 or 3. */
  readonly version: number
  /** As in `llama` or `qwen3`; `clip` is an mmproj, the image part of another model. */
  readonly architecture: string | undefined
  readonly tensorCount: number
  /** How long the file must be for its tensors. Tensors of types unknown here count with their offset alone. */
  readonly requiredBytes: number
  readonly fileBytes: number
}

// GGUF's metadata types by number; 8 is a string and 9 an array.
const scalarBytes: readonly (number | undefined)[] = [1, 1, 2, 2, 4, 4, 4, 1, undefined, undefined, 8, 8, 8]
const stringType = 8
const arrayType = 9
const longestKey = 65_535
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
  const { architecture, alignment } = await readMetadata(reader, metadataCount)
  const dataBytes = await readTensors(reader, tensorCount)
  const dataStart = Math.ceil(reader.offset / alignment) * alignment
  const requiredBytes = tensorCount === 0 ? reader.offset : dataStart + dataBytes
  if (requiredBytes > reader.fileBytes) throw cutOff(reader, requiredBytes)
  return { version, architecture, tensorCount, requiredBytes, fileBytes: reader.fileBytes }
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

interface Metadata {
  readonly architecture: string | undefined
  readonly alignment: number
}

async function readMetadata(reader: GgufReader, count: number): Promise<Metadata> {
  reader.expectItems(count, 13)
  let architecture: string | undefined
  let alignment = 32
  for (let index = 0; index < count; index += 1) {
    const key = await readText(reader)
    await reader.load(4)
    const type = reader.uint32()
    if (key === 'general.architecture' && type === stringType) architecture = await readText(reader)
    else if (key === 'general.alignment' && type === 4) alignment = await readAlignment(reader)
    else await skipValue(reader, type)
  }
  return { architecture, alignment }
}

async function readAlignment(reader: GgufReader): Promise<number> {
  await reader.load(4)
  const alignment = reader.uint32()
  const isPowerOfTwo = alignment > 0 && (alignment & (alignment - 1)) === 0
  if (!isPowerOfTwo) throw reader.damaged(`it has an alignment of ${alignment}, which is no power of two`)
  return alignment
}

/** A key, an architecture or the name of a tensor: never longer than the longest key. */
async function readText(reader: GgufReader): Promise<string> {
  await reader.load(8)
  const length = reader.uint64()
  if (length > longestKey) throw reader.damaged(`it has a name of ${length} bytes`)
  await reader.load(length)
  return reader.text(length)
}

async function skipValue(reader: GgufReader, type: number): Promise<void> {
  if (type === stringType) return skipTexts(reader, 1)
  if (type !== arrayType) return reader.skip(bytesOf(reader, type))
  await reader.load(12)
  const elementType = reader.uint32()
  const count = reader.uint64()
  if (elementType === stringType) return skipTexts(reader, count)
  reader.skip(count * bytesOf(reader, elementType))
}

async function skipTexts(reader: GgufReader, count: number): Promise<void> {
  reader.expectItems(count, 8)
  for (let index = 0; index < count; index += 1) {
    // Vocabularies have a quarter of a million texts: only the fills of the buffer are waited for.
    if (!reader.has(8)) await reader.load(8)
    reader.skip(reader.uint64())
  }
}

/** The bytes of one value. llama.cpp reads no arrays in arrays either. */
function bytesOf(reader: GgufReader, type: number): number {
  const bytes = scalarBytes[type]
  if (bytes === undefined) throw reader.damaged(`it has a value of the unknown type ${type}`)
  return bytes
}

/** Returns where the last tensor ends, counted from the start of the tensor data. */
async function readTensors(reader: GgufReader, count: number): Promise<number> {
  reader.expectItems(count, 24)
  let end = 0
  for (let index = 0; index < count; index += 1) {
    await readText(reader)
    const values = await readShape(reader)
    await reader.load(12)
    const size = tensorTypeSizes.get(reader.uint32())
    const bytes = size === undefined ? 0 : Math.ceil(values / size.values) * size.bytes
    end = Math.max(end, reader.uint64() + bytes)
  }
  if (!Number.isSafeInteger(end)) throw reader.damaged(`its tensors need ${end} bytes`)
  return end
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
