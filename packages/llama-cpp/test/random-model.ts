import { closeSync, openSync, readFileSync, writeSync } from 'node:fs'
import { u32, u64 } from './gguf/gguf-bytes.ts'
import { pocketPath } from './pocket.ts'

export interface RandomModel {
  readonly layers: number
  /** A multiple of 32. */
  readonly width: number
  readonly heads: number
  readonly kvHeads: number
  readonly feedForward: number
  readonly context: number
}

interface Tensor {
  readonly name: string
  readonly shape: readonly number[]
}

const Q8_0 = 8
const F32 = 0
const alignment = 32

/**
 * Writes a model of any size with the vocabulary and the chat template of the pocket model, and weights that mean
 * nothing: pseudo-random, and the same in every run.
 */
export function writeRandomModel(path: string, model: RandomModel): void {
  const pocket = readFileSync(pocketPath)
  const metadata = Buffer.from(pocket.subarray(24, pocket.indexOf('token_embd.weight') - 8))
  const headDim = model.width / model.heads
  patch(metadata, 'llama.block_count', model.layers)
  patch(metadata, 'llama.context_length', model.context)
  patch(metadata, 'llama.embedding_length', model.width)
  patch(metadata, 'llama.feed_forward_length', model.feedForward)
  patch(metadata, 'llama.attention.head_count', model.heads)
  patch(metadata, 'llama.attention.head_count_kv', model.kvHeads)
  patch(metadata, 'llama.rope.dimension_count', headDim)
  const tensors = tensorsOf(model, headDim)
  let offset = 0
  const infos = tensors.map(({ name, shape }) => {
    const start = offset
    offset += padded(bytesOf(shape))
    const text = Buffer.from(name)
    const type = u32(shape.length === 1 ? F32 : Q8_0)
    return Buffer.concat([u64(text.length), text, u32(shape.length), ...shape.map(u64), type, u64(start)])
  })
  const header = Buffer.concat([
    pocket.subarray(0, 8),
    u64(tensors.length),
    pocket.subarray(16, 24),
    metadata,
  ])
  const head = Buffer.concat([header, ...infos])
  const file = openSync(path, 'w')
  try {
    writeSync(file, Buffer.concat([head, Buffer.alloc(padded(head.length) - head.length)]))
    for (const { shape } of tensors) writeSync(file, contents(shape))
  } finally {
    closeSync(file)
  }
}

function tensorsOf({ layers, width, kvHeads, feedForward }: RandomModel, headDim: number): Tensor[] {
  const layer = (index: number): Tensor[] => [
    { name: `blk.${index}.attn_norm.weight`, shape: [width] },
    { name: `blk.${index}.ffn_norm.weight`, shape: [width] },
    { name: `blk.${index}.attn_q.weight`, shape: [width, width] },
    { name: `blk.${index}.attn_k.weight`, shape: [width, kvHeads * headDim] },
    { name: `blk.${index}.attn_v.weight`, shape: [width, kvHeads * headDim] },
    { name: `blk.${index}.attn_output.weight`, shape: [width, width] },
    { name: `blk.${index}.ffn_gate.weight`, shape: [width, feedForward] },
    { name: `blk.${index}.ffn_up.weight`, shape: [width, feedForward] },
    { name: `blk.${index}.ffn_down.weight`, shape: [feedForward, width] },
  ]
  return [
    { name: 'token_embd.weight', shape: [width, 1536] },
    { name: 'output_norm.weight', shape: [width] },
    ...Array.from({ length: layers }, (_, index) => layer(index)).flat(),
  ]
}

/** Writes over the number behind a key. */
function patch(metadata: Buffer, key: string, value: number): void {
  const name = Buffer.concat([u64(key.length), Buffer.from(key)])
  metadata.writeUInt32LE(value, metadata.indexOf(name) + name.length + 4)
}

const valuesOf = (shape: readonly number[]) => shape.reduce((product, size) => product * size, 1)
const bytesOf = (shape: readonly number[]) =>
  shape.length === 1 ? 4 * valuesOf(shape) : (valuesOf(shape) / 32) * 34
const padded = (bytes: number) => Math.ceil(bytes / alignment) * alignment

function contents(shape: readonly number[]): Buffer {
  const bytes = Buffer.alloc(padded(bytesOf(shape)))
  return shape.length === 1 ? bytes.fill(one) : bytes.fill(noise)
}

const one = Buffer.from(new Float32Array([1]).buffer)
const noise = makeNoise()

/** Blocks of Q8_0: the half-precision 0.0005, times bytes from a linear congruential generator. */
function makeNoise(): Buffer {
  const bytes = Buffer.alloc(34 * 4099)
  let state = 1
  for (let block = 0; block < bytes.length; block += 34) {
    bytes.writeUInt16LE(0x1019, block)
    for (let index = 2; index < 34; index += 4) {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
      bytes.writeUInt32LE(state, block + index)
    }
  }
  return bytes
}
