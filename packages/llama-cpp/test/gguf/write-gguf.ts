import { writeFileSync } from 'node:fs'
import { text, u32, u64 } from './gguf-bytes.ts'

/** Whole numbers become 32-bit ones, others floats, and lists of texts or whole numbers arrays. */
export type MetadataValue = number | boolean | string | readonly string[] | readonly number[]

/** Numbers that are written with a fraction even when they have none. */
export class Float {
  readonly value: number
  constructor(value: number) {
    this.value = value
  }
}

export interface TensorValues {
  readonly name: string
  /** The innermost dimension first, as in GGUF. */
  readonly shape: readonly number[]
  readonly values: Float32Array
}

const alignment = 32

/** Writes a model of which every tensor is of 32-bit floats. `entries` are metadata in bytes, as a file has them. */
export function writeGguf(
  path: string,
  metadata: Readonly<Record<string, MetadataValue | Float>>,
  tensors: readonly TensorValues[],
  entries: readonly Buffer[] = [],
): void {
  const own = Object.entries(metadata).map(([key, value]) => Buffer.concat([text(key), valueBytes(value)]))
  let offset = 0
  const infos = tensors.map(({ name, shape, values }) => {
    const start = offset
    offset += padded(values.byteLength)
    return Buffer.concat([text(name), u32(shape.length), ...shape.map(u64), u32(0), u64(start)])
  })
  const head = Buffer.concat([
    Buffer.from('GGUF'),
    u32(3),
    u64(tensors.length),
    u64(own.length + entries.length),
    ...own,
    ...entries,
    ...infos,
  ])
  const data = tensors.map(({ values }) => pad(Buffer.from(values.buffer)))
  writeFileSync(path, Buffer.concat([pad(head), ...data]))
}

/** The metadata of a file whose keys start like this, in bytes. */
export function metadataEntries(file: Buffer, prefix: string): Buffer[] {
  const entries: Buffer[] = []
  let offset = 24
  for (let count = Number(file.readBigUInt64LE(16)); count > 0; count--) {
    const start = offset
    const length = Number(file.readBigUInt64LE(offset))
    const key = file.toString('utf8', offset + 8, offset + 8 + length)
    offset += 8 + length
    offset = valueEnd(file, offset + 4, file.readUInt32LE(offset))
    if (key.startsWith(prefix)) entries.push(file.subarray(start, offset))
  }
  return entries
}

const scalarBytes = [1, 1, 2, 2, 4, 4, 4, 1, 0, 0, 8, 8, 8]

function valueEnd(file: Buffer, offset: number, type: number): number {
  if (type === 8) return offset + 8 + Number(file.readBigUInt64LE(offset))
  if (type !== 9) return offset + (scalarBytes[type] ?? 0)
  const elementType = file.readUInt32LE(offset)
  let end = offset + 12
  for (let count = Number(file.readBigUInt64LE(offset + 4)); count > 0; count--) {
    end = valueEnd(file, end, elementType)
  }
  return end
}

function valueBytes(value: MetadataValue | Float): Buffer {
  if (value instanceof Float) return Buffer.concat([u32(6), float(value.value)])
  if (typeof value === 'string') return Buffer.concat([u32(8), text(value)])
  if (typeof value === 'boolean') return Buffer.concat([u32(7), Buffer.from([Number(value)])])
  if (typeof value === 'number') return Buffer.concat([u32(4), u32(value)])
  const items = value.map((item) => (typeof item === 'string' ? text(item) : u32(item)))
  const elementType = typeof value[0] === 'string' ? 8 : 5
  return Buffer.concat([u32(9), u32(elementType), u64(items.length), ...items])
}

function float(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeFloatLE(value)
  return bytes
}

const padded = (bytes: number) => Math.ceil(bytes / alignment) * alignment

function pad(bytes: Buffer): Buffer {
  return Buffer.concat([bytes, Buffer.alloc(padded(bytes.length) - bytes.length)])
}

/** Makes tensors of pseudo-random values, the same in every run. */
export function random(seed: number): (name: string, ...shape: number[]) => TensorValues {
  let state = seed
  return (name, ...shape) => ({
    name,
    shape,
    values: Float32Array.from({ length: shape.reduce((product, size) => product * size, 1) }, () => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
      return state / 2 ** 31 - 1
    }),
  })
}

export function ones(name: string, length: number): TensorValues {
  return { name, shape: [length], values: new Float32Array(length).fill(1) }
}
