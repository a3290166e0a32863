import { LlamaCppError } from '../errors.ts'
import { unreadable } from '../model-unreadable.ts'
import { openRegularFile } from '../regular-file.ts'
import { describeLookalike } from './gguf-lookalike.ts'
import { type GgufMetadata, readMetadata } from './gguf-metadata.ts'
import { GgufReader } from './gguf-reader.ts'
import { readText } from './metadata-values.ts'
import { removedTensorTypes, tensorTypeSizes } from './tensor-type-sizes.ts'

/** What the header of a sound GGUF file says. */
export interface GgufHeader extends GgufMetadata {
  /** The version of the format: 2 or 3. */
  readonly version: number
  readonly tensors: readonly GgufTensor[]
  /** The bytes of all tensors of this file together. */
  readonly tensorBytes: number
  /** How long the file must be for its tensors. */
  readonly requiredBytes: number
  readonly fileBytes: number
}

export interface GgufTensor {
  readonly name: string
  /** The length of a row first. */
  readonly shape: readonly number[]
  /** The number of its type, which is one of `tensorTypeSizes`. */
  readonly type: number
  /** From the start of the tensor data. */
  readonly offset: number
  readonly bytes: number
}

const mostDimensions = 4
/** The models with the most have some thousands. */
const mostTensors = 65_536

/**
 * Checks, in milliseconds and without llama.cpp, that a file is GGUF, of a version that llama.cpp reads, and as long
 * as its tensors need, and that no number in it is one that no model has. It does not say whether the architecture is
 * supported. However long the lists are that a file claims to have, the work is bounded.
 *
 * @throws LlamaCppError `MODEL_NOT_FOUND`, `MODEL_UNREADABLE`, `MODEL_NOT_GGUF`, `MODEL_UNSUPPORTED` (the version, or
 * the type of a tensor), `MODEL_DAMAGED` or `MODEL_TRUNCATED`, each with `path`; the last with `actual` and `expected` bytes
 */
export async function checkGgufHeader(path: string): Promise<GgufHeader> {
  try {
    const handle = await openRegularFile(path)
    try {
      const { size } = await handle.stat()
      return await readHeader(new GgufReader(handle, path, size))
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
  const metadata = await readMetadata(reader, metadataCount)
  const tensors = await readTensors(reader, tensorCount)
  const dataBytes = tensors.reduce((end, { offset, bytes }) => Math.max(end, offset + bytes), 0)
  if (!Number.isSafeInteger(dataBytes)) throw reader.damaged(`its tensors need ${dataBytes} bytes`)
  const dataStart = Math.ceil(reader.offset / metadata.alignment) * metadata.alignment
  const requiredBytes = tensorCount === 0 ? reader.offset : dataStart + dataBytes
  if (requiredBytes > reader.fileBytes) throw cutOff(reader, requiredBytes)
  const tensorBytes = tensors.reduce((sum, { bytes }) => sum + bytes, 0)
  return { version, ...metadata, tensors, tensorBytes, requiredBytes, fileBytes: reader.fileBytes }
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

async function readTensors(reader: GgufReader, count: number): Promise<readonly GgufTensor[]> {
  if (count > mostTensors) throw reader.damaged(`it lists ${count} tensors, and no model has ${mostTensors}`)
  const tensors = new Map<string, GgufTensor>()
  for (let index = 0; index < count; index += 1) {
    const name = await readText(reader)
    if (tensors.has(name)) throw reader.damaged(`it has the tensor '${name}' twice`)
    const shape = await readShape(reader)
    await reader.load(12)
    const type = reader.uint32()
    const offset = reader.uint64()
    const size = tensorTypeSizes.get(type)
    if (size === undefined) throw unknownType(reader, name, type)
    const values = shape.reduce((product, length) => product * length, 1)
    const bytes = Math.ceil(values / size.values) * size.bytes
    tensors.set(name, { name, shape, type, offset, bytes })
  }
  return [...tensors.values()]
}

function unknownType(reader: GgufReader, name: string, type: number): LlamaCppError {
  const removed = removedTensorTypes.get(type)
  const isFuture = type > Math.max(...tensorTypeSizes.keys()) && type < 256
  if (removed === undefined && !isFuture) {
    return reader.damaged(`its tensor '${name}' is of type ${type}, which does not exist`)
  }
  const what =
    removed === undefined
      ? `of type ${type}, which this version does not know. Update Millrace, or get the model in another quantization.`
      : `quantized as ${removed}, which llama.cpp reads no more. Get the model in another quantization.`
  const { path } = reader
  return new LlamaCppError('MODEL_UNSUPPORTED', `The tensor '${name}' of '${path}' is ${what}`, { path })
}

async function readShape(reader: GgufReader): Promise<readonly number[]> {
  await reader.load(4)
  const dimensions = reader.uint32()
  if (dimensions > mostDimensions) throw reader.damaged(`it has a tensor of ${dimensions} dimensions`)
  await reader.load(8 * dimensions)
  return Array.from({ length: dimensions }, () => reader.uint64())
}
