import type { GgufReader } from './gguf-reader.ts'
import { impossibleValue } from './hyperparameters.ts'
import { readEntry } from './metadata-entries.ts'
import { BOOLEAN, bytesOf, readText, STRING, skipValues } from './metadata-values.ts'

export type GgufValue = number | boolean | string | readonly number[]

export interface GgufMetadata {
  /** As in `llama` or `qwen3`; `clip` is an mmproj, the image part of another model. */
  readonly architecture: string | undefined
  /** What the start of each tensor is a multiple of. */
  readonly alignment: number
  /** How many tokens the vocabulary has; 0 where the file has none. */
  readonly vocabularySize: number
  /** What is a number, a truth value, a short text, or a list of numbers no longer than a model has layers, by its key. */
  readonly values: Readonly<Record<string, GgufValue>>
}

const longestList = 1_024
const longestText = 64
/** Files of models have about fifty. llama.cpp takes milliseconds for each, and node-llama-cpp longer. */
const mostEntries = 10_000

/** Passes over the metadata of a file and keeps what is small. */
export async function readMetadata(reader: GgufReader, count: number): Promise<GgufMetadata> {
  if (count > mostEntries) throw reader.damaged(`it lists ${count} keys, and no model has ${mostEntries}`)
  let architecture: string | undefined
  let alignment = 32
  let vocabularySize = 0
  const values: [string, GgufValue][] = []
  const keys = new Set<string>()
  for (let index = 0; index < count; index += 1) {
    const { key, type, length } = await readEntry(reader)
    if (keys.size === keys.add(key).size) throw reader.damaged(`it has the key '${key}' twice`)
    if (length !== undefined) {
      if (key === 'tokenizer.ggml.tokens') vocabularySize = length
      const list = await readList(reader, type, length)
      if (list) values.push([key, list])
    } else if (key === 'general.architecture' && type === STRING) architecture = await readText(reader)
    else if (key === 'general.alignment' && type === 4) alignment = await readAlignment(reader)
    else if (type === STRING) {
      const value = await readShortText(reader)
      if (value !== undefined) values.push([key, value])
    } else values.push([key, await readScalar(reader, type)])
    const [last, value] = values.at(-1) ?? []
    const problem = last === key ? impossibleValue(key, value) : undefined
    if (problem !== undefined) throw reader.damaged(problem)
  }
  return { architecture, alignment, vocabularySize, values: Object.fromEntries(values) }
}

/** Passes over a text; undefined for a long one. */
async function readShortText(reader: GgufReader): Promise<string | undefined> {
  await reader.load(8)
  const length = reader.uint64()
  if (length > longestText) {
    reader.skip(length)
    return undefined
  }
  await reader.load(length)
  return reader.text(length)
}

async function readAlignment(reader: GgufReader): Promise<number> {
  await reader.load(4)
  const alignment = reader.uint32()
  const isPowerOfTwo = alignment > 0 && (alignment & (alignment - 1)) === 0
  if (!isPowerOfTwo) throw reader.damaged(`it has an alignment of ${alignment}, which is no power of two`)
  return alignment
}

async function readScalar(reader: GgufReader, type: number): Promise<number | boolean> {
  const bytes = bytesOf(reader, type)
  await reader.load(bytes)
  const value = numberIn(reader.take(bytes), type)
  return type === BOOLEAN ? value !== 0 : value
}

/** Passes over an array; undefined for one of texts, and for a long one. */
async function readList(
  reader: GgufReader,
  type: number,
  length: number,
): Promise<readonly number[] | undefined> {
  if (type === STRING || length > longestList) {
    await skipValues(reader, type, length)
    return undefined
  }
  const bytes = bytesOf(reader, type)
  await reader.load(length * bytes)
  return Array.from({ length }, () => numberIn(reader.take(bytes), type))
}

function numberIn(bytes: Buffer, type: number): number {
  if (type === 6) return bytes.readFloatLE()
  if (type === 12) return bytes.readDoubleLE()
  if (type === 10) return Number(bytes.readBigUInt64LE())
  if (type === 11) return Number(bytes.readBigInt64LE())
  const isSigned = type === 1 || type === 3 || type === 5
  return isSigned ? bytes.readIntLE(0, bytes.length) : bytes.readUIntLE(0, bytes.length)
}
