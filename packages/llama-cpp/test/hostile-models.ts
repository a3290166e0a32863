import { readFileSync } from 'node:fs'
import { text, u32, u64 } from './gguf/gguf-bytes.ts'
import { pocketPath } from './pocket.ts'

/** A file that somebody broke, by accident or not. */
export interface HostileModel {
  readonly name: string
  /** Made when it is read: all of them are half a gigabyte. */
  readonly bytes: Buffer
}

interface Entry {
  readonly key: string
  readonly type: number
  readonly value: Buffer
}

interface Tensor {
  readonly name: string
  readonly shape: readonly (number | bigint)[]
  readonly type: number
  readonly offset: number | bigint
}

interface Model {
  readonly version: number
  readonly entries: readonly Entry[]
  readonly tensors: readonly Tensor[]
  readonly data: Buffer
  /** What the file says there is, where that is not what there is. */
  readonly counts?: { readonly entries?: bigint; readonly tensors?: bigint }
}

const scalarBytes = [1, 1, 2, 2, 4, 4, 4, 1, 0, 0, 8, 8, 8]
const [UINT32, INT32, FLOAT32, BOOLEAN, STRING, ARRAY] = [4, 5, 6, 7, 8, 9]

/** About 280 mutations of the pocket model, the same every time. */
export function hostileModels(): readonly HostileModel[] {
  const pocket = readModel(readFileSync(pocketPath))
  const all = [
    ...numbers(pocket),
    ...missing(pocket),
    ...wrongTypes(pocket),
    ...architectures(pocket),
    ...additions(pocket),
    ...vocabularies(pocket),
    ...tensors(pocket),
    ...contents(pocket),
  ]
  const made = all.map(([name, model]) => ({
    name,
    get bytes() {
      return write(model)
    },
  }))
  return [...made, ...bytes(write(pocket))]
}

type Named = readonly [name: string, model: Model]

function numbers(model: Model): Named[] {
  const whole = model.entries.filter(({ type }) => type === UINT32)
  const values = [0, 1, 3, 2 ** 31 - 1, 2 ** 32 - 1]
  const floats = model.entries.filter(({ type }) => type === FLOAT32)
  return [
    ...whole.flatMap(({ key }) =>
      values.map((value): Named => [`${key} = ${value}`, set(model, key, UINT32, u32(value))]),
    ),
    ...floats.flatMap(({ key }) =>
      [0, -1, Number.NaN, Number.POSITIVE_INFINITY, 1e30].map(
        (value): Named => [`${key} = ${value}`, set(model, key, FLOAT32, f32(value))],
      ),
    ),
  ]
}

function missing(model: Model): Named[] {
  return model.entries.map(({ key }) => [
    `without ${key}`,
    { ...model, entries: model.entries.filter((entry) => entry.key !== key) },
  ])
}

function wrongTypes(model: Model): Named[] {
  const keys = [
    'llama.block_count',
    'llama.embedding_length',
    'llama.attention.head_count',
    'tokenizer.ggml.model',
  ]
  return keys.flatMap((key): Named[] => [
    [`${key} is a text`, set(model, key, STRING, text('six'))],
    [`${key} is a list`, set(model, key, ARRAY, list(UINT32, [u32(6), u32(6), u32(6)]))],
    [`${key} is a negative number`, set(model, key, INT32, u32(2 ** 32 - 6))],
    [`${key} is a fraction`, set(model, key, FLOAT32, f32(6.5))],
  ])
}

function architectures(model: Model): Named[] {
  const names = [
    '',
    'nonsense',
    'clip',
    'gemma3',
    'qwen2',
    'phi3',
    'gpt2',
    'falcon',
    'bert',
    't5',
    'mamba',
    'rwkv7',
  ]
  return [...names, 'deepseek2', 'llama4', 'gpt-oss'].map((name) => [
    `architecture '${name}'`,
    {
      ...model,
      entries: model.entries.map(({ key, type, value }) =>
        key === 'general.architecture'
          ? { key, type, value: text(name) }
          : { key: key.replace(/^llama\./, `${name}.`), type, value },
      ),
    },
  ])
}

function additions(model: Model): Named[] {
  const added: readonly (readonly [key: string, type: number, value: Buffer, shown: string])[] = [
    ...[0, 7, 2 ** 31].flatMap((value) => [
      ['llama.attention.key_length', UINT32, u32(value), `${value}`] as const,
      ['llama.attention.value_length', UINT32, u32(value), `${value}`] as const,
      ['llama.attention.sliding_window', UINT32, u32(value), `${value}`] as const,
      ['llama.attention.sliding_window_pattern', UINT32, u32(value), `${value}`] as const,
      ['llama.expert_count', UINT32, u32(value), `${value}`] as const,
      ['llama.nextn_predict_layers', UINT32, u32(value), `${value}`] as const,
      ['llama.pooling_type', UINT32, u32(value), `${value}`] as const,
      ['llama.rope.scaling.original_context_length', UINT32, u32(value), `${value}`] as const,
    ]),
    ['llama.rope.scaling.type', STRING, text('nonsense'), 'nonsense'],
    ['llama.rope.scaling.factor', FLOAT32, f32(0), '0'],
    ['llama.rope.scaling.factor', FLOAT32, f32(Number.NaN), 'NaN'],
    ['llama.attention.causal', BOOLEAN, Buffer.from([0]), 'false'],
    ['llama.attention.head_count_kv', UINT32, u32(2), 'a second time'],
    ['split.count', 2, Buffer.from([9, 0]), '9'],
    ['tokenizer.ggml.add_eos_token', BOOLEAN, Buffer.from([1]), 'true'],
  ]
  const withBos = set(model, 'tokenizer.ggml.add_bos_token', BOOLEAN, Buffer.from([1]))
  return [
    ...added.map(
      ([key, type, value, shown]): Named => [`${key} added: ${shown}`, add(model, key, type, value)],
    ),
    ['a beginning beyond the vocabulary', set(withBos, 'tokenizer.ggml.bos_token_id', UINT32, u32(99_999))],
    ['no end beyond the vocabulary', set(model, 'tokenizer.ggml.eos_token_id', UINT32, u32(99_999))],
    [
      '20,000 keys',
      add(model, ...Array.from({ length: 20_000 }, (_, key) => [`k${key}`, UINT32, u32(key)] as const)),
    ],
    ['the alignment 0', add(model, 'general.alignment', UINT32, u32(0))],
    ['the alignment 1', add(model, 'general.alignment', UINT32, u32(1))],
    ['the alignment 3', add(model, 'general.alignment', UINT32, u32(3))],
    ['the alignment 2^31', add(model, 'general.alignment', UINT32, u32(2 ** 31))],
  ]
}

function vocabularies(model: Model): Named[] {
  const key = 'tokenizer.ggml.tokens'
  const tokens = readTexts(model, key)
  const withTokens = (changed: readonly (string | Buffer)[]) => set(model, key, ARRAY, texts(changed))
  const types = (values: readonly number[]) =>
    set(
      model,
      'tokenizer.ggml.token_type',
      ARRAY,
      list(
        INT32,
        values.map((value) => u32(value >>> 0)),
      ),
    )
  const merges = (values: readonly string[]) => set(model, 'tokenizer.ggml.merges', ARRAY, texts(values))
  return [
    ['a token twice', withTokens(tokens.map((token, id) => (id === 700 ? (tokens[701] as string) : token)))],
    ['all tokens alike', withTokens(tokens.map(() => 'a'))],
    ['empty tokens', withTokens(tokens.map((token, id) => (id % 9 === 0 ? '' : token)))],
    ['no tokens', withTokens([])],
    ['half of the tokens', withTokens(tokens.slice(0, 700))],
    ['more tokens than rows', withTokens([...tokens, 'one', 'more'])],
    [
      'tokens that are not UTF-8',
      withTokens(tokens.map((token, id) => (id > 900 ? Buffer.from([0xff, id & 255, id >> 8]) : token))),
    ],
    ['tokens with zeros in them', withTokens(tokens.map((token, id) => (id > 900 ? `\0${token}` : token)))],
    [
      'a token of a megabyte',
      withTokens(tokens.map((token, id) => (id === 900 ? 'x'.repeat(2 ** 20) : token))),
    ],
    [
      'tokens that are numbers',
      set(
        model,
        key,
        ARRAY,
        list(
          UINT32,
          tokens.map((_, id) => u32(id)),
        ),
      ),
    ],
    ['few types of tokens', types([3, 3, 3])],
    ['types of tokens that are not any', types(tokens.map((_, id) => id - 700))],
    ['control tokens alone', types(tokens.map(() => 3))],
    ['bytes alone', types(tokens.map(() => 6))],
    ['merges without a space', merges(['ab', 'cd', ''])],
    ['merges of nothing', merges([' ', '  ', 'a ', ' b'])],
    ['no merges', merges([])],
    ...['llama', 'bert', 't5', 'rwkv', 'plamo2', 'none', 'nonsense', ''].map(
      (kind): Named => [`the tokenizer '${kind}'`, set(model, 'tokenizer.ggml.model', STRING, text(kind))],
    ),
    ['a pre-tokenizer that is not any', set(model, 'tokenizer.ggml.pre', STRING, text('nonsense'))],
    ['a template that is not text', set(model, 'tokenizer.chat_template', UINT32, u32(7))],
  ]
}

function tensors(model: Model): Named[] {
  const change = (index: number, changed: Partial<Tensor>): Model => ({
    ...model,
    tensors: model.tensors.map((tensor, at) => (at === index ? { ...tensor, ...changed } : tensor)),
  })
  const ofType = (type: number): Named => [`a tensor of type ${type}`, change(4, { type })]
  return [
    ...[0, 2, 4, 5, 12, 16, 24, 31, 36, 39, 40, 42, 99, 2 ** 31].map(ofType),
    ['no dimensions', change(4, { shape: [] })],
    ['a dimension of 0', change(4, { shape: [0, 128] })],
    ['a dimension of 2^40', change(4, { shape: [2 ** 40, 128] })],
    ['dimensions that overflow together', change(4, { shape: [2n ** 33n, 2n ** 33n] })],
    ['negative dimensions', change(4, { shape: [2n ** 64n - 128n, 128] })],
    ['five dimensions', change(4, { shape: [128, 128, 1, 1, 1] })],
    ['rows that are no whole blocks', change(4, { shape: [127, 128] })],
    ['a wide embedding', change(0, { shape: [256, 768] })],
    ['an embedding on its side', change(0, { shape: [1536, 128] })],
    ['a norm of half the length', change(1, { shape: [64] })],
    ['an offset between two others', change(4, { offset: 32 })],
    ['an offset that is not aligned', change(4, { offset: 210_433 })],
    ['an offset behind the end', change(4, { offset: 2 ** 40 })],
    ['an offset of 2^64 - 32', change(4, { offset: 2n ** 64n - 32n })],
    ['a name twice', change(4, { name: 'blk.0.attn_k.weight' })],
    ['no name', change(4, { name: '' })],
    ['a name of 300 bytes', change(4, { name: 'x'.repeat(300) })],
    ['a layer with a huge number', change(4, { name: 'blk.4294967296.attn_q.weight' })],
    ['a tensor less', { ...model, tensors: model.tensors.filter((_, index) => index !== 4) }],
    ['an embedding less', { ...model, tensors: model.tensors.slice(1) }],
    ['no tensors', { ...model, tensors: [] }],
    ['more tensors than there are', { ...model, counts: { tensors: 57n } }],
    ['2^60 tensors', { ...model, counts: { tensors: 2n ** 60n } }],
    ['2^60 keys', { ...model, counts: { entries: 2n ** 60n } }],
    ['fewer keys than there are', { ...model, counts: { entries: 20n } }],
    [
      'rope factors of zero',
      {
        ...model,
        tensors: [...model.tensors, { name: 'rope_freqs.weight', shape: [16], type: 0, offset: 1_573_376 }],
        data: Buffer.concat([model.data, Buffer.alloc(64)]),
      },
    ],
  ]
}

function contents(model: Model): Named[] {
  return [0x00, 0x7e, 0x7c, 0xff].map((byte) => [
    `weights of bytes 0x${byte.toString(16)}`,
    { ...model, data: Buffer.alloc(model.data.length, byte) },
  ])
}

/** What bad copies look like: cut off, doubled, with bits that tipped over. */
function bytes(pocket: Buffer): HostileModel[] {
  const flipped = Array.from({ length: 24 }, (_, round) => {
    const copy = Buffer.from(pocket)
    let state = round + 1
    for (let flips = 0; flips < 4; flips++) {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
      const at = state % 48_000
      copy[at] = (copy[at] ?? 0) ^ (1 << (state >>> 29))
    }
    return { name: `tipped bits ${round}`, bytes: copy }
  })
  const version = (number: number) => {
    const copy = Buffer.from(pocket)
    copy.writeUInt32LE(number, 4)
    return { name: `version ${number}`, bytes: copy }
  }
  return [
    ...flipped,
    ...[0, 1, 4, 3 << 24].map(version),
    ...[0, 3, 24, 10_000, 48_000, 1_000_000].map((length) => ({
      name: `cut off at ${length}`,
      bytes: pocket.subarray(0, length),
    })),
  ]
}

function readModel(file: Buffer): Model {
  let at = 24
  const readText = () => {
    const length = Number(file.readBigUInt64LE(at))
    at += 8 + length
    return file.toString('utf8', at - length, at)
  }
  const passValue = (type: number) => {
    if (type === STRING) readText()
    else if (type === ARRAY) {
      const element = file.readUInt32LE(at)
      const count = Number(file.readBigUInt64LE(at + 4))
      at += 12
      for (let index = 0; index < count; index++) passValue(element)
    } else at += scalarBytes[type] ?? 0
  }
  const entries = Array.from({ length: Number(file.readBigUInt64LE(16)) }, (): Entry => {
    const key = readText()
    const type = file.readUInt32LE(at)
    at += 4
    const start = at
    passValue(type)
    return { key, type, value: file.subarray(start, at) }
  })
  const tensors = Array.from({ length: Number(file.readBigUInt64LE(8)) }, (): Tensor => {
    const name = readText()
    const dimensions = file.readUInt32LE(at)
    at += 4
    const shape = Array.from({ length: dimensions }, (_, index) =>
      Number(file.readBigUInt64LE(at + 8 * index)),
    )
    at += 8 * dimensions + 12
    return { name, shape, type: file.readUInt32LE(at - 12), offset: Number(file.readBigUInt64LE(at - 8)) }
  })
  return { version: file.readUInt32LE(4), entries, tensors, data: file.subarray(Math.ceil(at / 32) * 32) }
}

function write({ version, entries, tensors, data, counts }: Model): Buffer {
  const head = Buffer.concat([
    Buffer.from('GGUF'),
    u32(version),
    u64(counts?.tensors ?? tensors.length),
    u64(counts?.entries ?? entries.length),
    ...entries.flatMap(({ key, type, value }) => [text(key), u32(type), value]),
    ...tensors.flatMap(({ name, shape, type, offset }) => [
      text(name),
      u32(shape.length),
      ...shape.map(u64),
      u32(type),
      u64(offset),
    ]),
  ])
  return Buffer.concat([head, Buffer.alloc(Math.ceil(head.length / 32) * 32 - head.length), data])
}

function set(model: Model, key: string, type: number, value: Buffer): Model {
  return {
    ...model,
    entries: model.entries.map((entry) => (entry.key === key ? { key, type, value } : entry)),
  }
}

function add(model: Model, ...added: readonly (readonly [key: string, type: number, value: Buffer])[]): Model
function add(model: Model, key: string, type: number, value: Buffer): Model
function add(model: Model, ...given: readonly unknown[]): Model {
  const added = (typeof given[0] === 'string' ? [given] : given) as readonly (readonly [
    string,
    number,
    Buffer,
  ])[]
  return {
    ...model,
    entries: [...model.entries, ...added.map(([key, type, value]) => ({ key, type, value }))],
  }
}

function readTexts({ entries }: Model, key: string): string[] {
  const { value } = entries.find((entry) => entry.key === key) as Entry
  let at = 12
  return Array.from({ length: Number(value.readBigUInt64LE(4)) }, () => {
    const length = Number(value.readBigUInt64LE(at))
    at += 8 + length
    return value.toString('utf8', at - length, at)
  })
}

function texts(values: readonly (string | Buffer)[]): Buffer {
  return list(
    STRING,
    values.map((value) => Buffer.concat([u64(Buffer.byteLength(value)), Buffer.from(value as string)])),
  )
}

function list(type: number, values: readonly Buffer[]): Buffer {
  return Buffer.concat([u32(type), u64(values.length), ...values])
}

function f32(value: number): Buffer {
  const buffer = Buffer.alloc(4)
  buffer.writeFloatLE(value)
  return buffer
}
