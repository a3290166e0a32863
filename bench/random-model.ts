// A model of any size with random weights: as much work for llama.cpp as a real one, and no sense in what it says. But
// it is sure of it, as a trained model is: a token's successor is the one before it in the vocabulary, whatever the
// rounding errors of a batch. The vocabulary and the template are those of the pocket model.

import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { access, readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pocketModel } from '@millrace/pocket-model'

export interface RandomModelShape {
  readonly layers: number
  readonly width: number
  readonly feedForward: number
  readonly heads: number
  readonly keyValueHeads: number
  readonly context: number
}

/** 86 million parameters, 92 MB. */
export const shapeOf86M: RandomModelShape = {
  layers: 14,
  width: 768,
  feedForward: 1920,
  heads: 12,
  keyValueHeads: 4,
  context: 4096,
}

/** The types of GGUF: of metadata by number, of tensors by ggml's. */
const UINT32 = 4
const FLOAT32 = 6
const STRING = 8
const ARRAY = 9
const BYTES_OF: Readonly<Record<number, number>> = {
  0: 1,
  1: 1,
  2: 2,
  3: 2,
  4: 4,
  5: 4,
  6: 4,
  7: 1,
  10: 8,
  11: 8,
  12: 8,
}
const F32 = 0
const Q8_0 = 8
const ALIGNMENT = 32

interface Tensor {
  readonly name: string
  /** The length of a row comes first. */
  readonly shape: readonly number[]
  readonly type: typeof F32 | typeof Q8_0
}

/** The path of the model of 86 million parameters in the folder for temporary files, where it is written once. */
export async function randomModel(): Promise<string> {
  const path = join(tmpdir(), 'millrace-random-86m.gguf')
  try {
    await access(path)
  } catch {
    console.log(`${path}: ${((await writeRandomModel(path)) / 1e6).toFixed(0)} million parameters written`)
  }
  return path
}

/** Writes the model; the same shape gives the same file. Resolves with the number of its parameters. */
export async function writeRandomModel(path: string, shape: RandomModelShape = shapeOf86M): Promise<number> {
  const vocabulary = await readVocabulary()
  const tensors = tensorsOf(shape, vocabulary.size)
  const random = xorshift(20260101)
  const file = createWriteStream(path)
  const write = async (bytes: Buffer) => {
    if (!file.write(bytes)) await once(file, 'drain')
  }
  const header = headerOf(shape, vocabulary.entries, tensors)
  await write(header)
  await write(Buffer.alloc(padded(header.length) - header.length))
  let embedding: Buffer = Buffer.alloc(0)
  for (const tensor of tensors) {
    const bytes = tensor.name === 'output.weight' ? outputOf(embedding, tensor) : dataOf(tensor, random)
    if (tensor.name === 'token_embd.weight') embedding = bytes
    await write(bytes)
    await write(Buffer.alloc(padded(bytes.length) - bytes.length))
  }
  file.end()
  await once(file, 'finish')
  return tensors.reduce((sum, { shape }) => sum + shape.reduce((product, length) => product * length, 1), 0)
}

function tensorsOf(
  { layers, width, feedForward, heads, keyValueHeads }: RandomModelShape,
  tokens: number,
): Tensor[] {
  const keyWidth = (width / heads) * keyValueHeads
  const matrix = (name: string, columns: number, rows: number): Tensor => ({
    name,
    shape: [columns, rows],
    type: Q8_0,
  })
  const norm = (name: string): Tensor => ({ name, shape: [width], type: F32 })
  const layer = (index: number): Tensor[] => [
    norm(`blk.${index}.attn_norm.weight`),
    matrix(`blk.${index}.attn_q.weight`, width, width),
    matrix(`blk.${index}.attn_k.weight`, width, keyWidth),
    matrix(`blk.${index}.attn_v.weight`, width, keyWidth),
    matrix(`blk.${index}.attn_output.weight`, width, width),
    norm(`blk.${index}.ffn_norm.weight`),
    matrix(`blk.${index}.ffn_gate.weight`, width, feedForward),
    matrix(`blk.${index}.ffn_up.weight`, width, feedForward),
    matrix(`blk.${index}.ffn_down.weight`, feedForward, width),
  ]
  return [
    matrix('token_embd.weight', width, tokens),
    ...Array.from({ length: layers }, (_, index) => layer(index)).flat(),
    norm('output_norm.weight'),
    matrix('output.weight', width, tokens),
  ]
}

function headerOf(
  shape: RandomModelShape,
  vocabulary: readonly Buffer[],
  tensors: readonly Tensor[],
): Buffer {
  const { layers, width, feedForward, heads, keyValueHeads, context } = shape
  const numbers: Readonly<Record<string, number>> = {
    'general.alignment': ALIGNMENT,
    'llama.block_count': layers,
    'llama.context_length': context,
    'llama.embedding_length': width,
    'llama.feed_forward_length': feedForward,
    'llama.attention.head_count': heads,
    'llama.attention.head_count_kv': keyValueHeads,
    'llama.rope.dimension_count': width / heads,
  }
  const entries = [
    Buffer.concat([text('general.architecture'), uint32(STRING), text('llama')]),
    ...Object.entries(numbers).map(([key, value]) =>
      Buffer.concat([text(key), uint32(UINT32), uint32(value)]),
    ),
    Buffer.concat([text('llama.attention.layer_norm_rms_epsilon'), uint32(FLOAT32), float32(1e-5)]),
    ...vocabulary,
  ]
  let offset = 0
  const infos = tensors.map((tensor) => {
    const { name, shape: lengths, type } = tensor
    const info = Buffer.concat([
      text(name),
      uint32(lengths.length),
      ...lengths.map(uint64),
      uint32(type),
      uint64(offset),
    ])
    offset += padded(bytesOf(tensor))
    return info
  })
  return Buffer.concat([
    Buffer.from('GGUF'),
    uint32(3),
    uint64(tensors.length),
    uint64(entries.length),
    ...entries,
    ...infos,
  ])
}

/** The metadata of the pocket model that are about its tokens, as they stand in the file. */
async function readVocabulary(): Promise<{ readonly entries: Buffer[]; readonly size: number }> {
  const bytes = await readFile(pocketModel.chat)
  const count = Number(bytes.readBigUInt64LE(16))
  const entries: Buffer[] = []
  let size = 0
  let at = 24
  for (let index = 0; index < count; index++) {
    const start = at
    const keyEnd = at + 8 + Number(bytes.readBigUInt64LE(at))
    const key = bytes.toString('utf8', at + 8, keyEnd)
    const type = bytes.readUInt32LE(keyEnd)
    at = skipValue(bytes, keyEnd + 4, type)
    if (key.startsWith('tokenizer.')) entries.push(bytes.subarray(start, at))
    if (key === 'tokenizer.ggml.tokens') size = Number(bytes.readBigUInt64LE(keyEnd + 8))
  }
  return { entries, size }
}

function skipValue(bytes: Buffer, at: number, type: number): number {
  if (type === STRING) return at + 8 + Number(bytes.readBigUInt64LE(at))
  if (type !== ARRAY) return at + (BYTES_OF[type] ?? 0)
  const of = bytes.readUInt32LE(at)
  const count = Number(bytes.readBigUInt64LE(at + 4))
  let end = at + 12
  for (let index = 0; index < count; index++) end = skipValue(bytes, end, of)
  return end
}

function bytesOf({ shape, type }: Tensor): number {
  const values = shape.reduce((product, length) => product * length, 1)
  return type === F32 ? values * 4 : (values / 32) * 34
}

/** Half floats, as which each block of 32 values begins with its scale: 2^-12 and 2^-6. */
const SMALL = 0x0c00
const LARGE = 0x2400

/** Norms of one; weights as small as those of a trained model, of the embedding as large as what the layers add up to. */
function dataOf(tensor: Tensor, random: () => number): Buffer {
  const bytes = Buffer.alloc(bytesOf(tensor))
  if (tensor.type === F32) {
    for (let at = 0; at < bytes.length; at += 4) bytes.writeFloatLE(1, at)
    return bytes
  }
  for (let at = 0; at + 4 <= bytes.length; at += 4) bytes.writeUInt32LE(random(), at)
  const scale = tensor.name === 'token_embd.weight' ? LARGE : SMALL
  for (let at = 0; at < bytes.length; at += 34) bytes.writeUInt16LE(scale, at)
  return bytes
}

/** Each token's row is the embedding of the next token; the three control tokens are never likely. */
function outputOf(embedding: Buffer, { shape }: Tensor): Buffer {
  const row = ((shape[0] ?? 0) / 32) * 34
  const bytes = Buffer.concat([embedding.subarray(row), embedding.subarray(0, row)])
  for (let at = 0; at < bytes.length; at += 34) bytes.writeUInt16LE(SMALL, at)
  for (let at = 0; at < row * 3; at++) if (at % 34 > 1) bytes[at] = 0
  return bytes
}

function xorshift(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    state >>>= 0
    return state
  }
}

function padded(length: number): number {
  return Math.ceil(length / ALIGNMENT) * ALIGNMENT
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32LE(value)
  return bytes
}

function uint64(value: number): Buffer {
  const bytes = Buffer.alloc(8)
  bytes.writeBigUInt64LE(BigInt(value))
  return bytes
}

function float32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeFloatLE(value)
  return bytes
}

function text(value: string): Buffer {
  return Buffer.concat([uint64(Buffer.byteLength(value)), Buffer.from(value)])
}
