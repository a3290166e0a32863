/** One tensor of a made-up model: its ggml type by number, and as many bytes of data as the test wants. */
export interface TensorBytes {
  readonly name: string
  readonly shape: readonly number[]
  readonly type: number
  readonly bytes: number
}

export interface GgufBytesOptions {
  readonly version?: number
  readonly alignment?: number
  readonly architecture?: string
  readonly tensors?: readonly TensorBytes[]
  /** Ready-made metadata entries, and how many they are. */
  readonly extra?: readonly Buffer[]
}

export function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32LE(value)
  return bytes
}

export function u64(value: number | bigint): Buffer {
  const bytes = Buffer.alloc(8)
  bytes.writeBigUInt64LE(BigInt(value))
  return bytes
}

export function text(value: string): Buffer {
  return Buffer.concat([u64(Buffer.byteLength(value)), Buffer.from(value)])
}

/** A small but whole GGUF file. */
export function ggufBytes(options: GgufBytesOptions = {}): Buffer {
  const { version = 3, alignment = 32, architecture = 'llama', extra = [] } = options
  const tensors = options.tensors ?? [{ name: 'output.weight', shape: [32, 2], type: 8, bytes: 68 }]
  const metadata = [
    Buffer.concat([text('general.architecture'), u32(8), text(architecture)]),
    Buffer.concat([text('general.alignment'), u32(4), u32(alignment)]),
    ...extra,
  ]
  const padded = (bytes: number) => Math.ceil(bytes / alignment) * alignment
  let offset = 0
  const infos = tensors.map(({ name, shape, type, bytes }) => {
    const info = Buffer.concat([text(name), u32(shape.length), ...shape.map(u64), u32(type), u64(offset)])
    offset += padded(bytes)
    return info
  })
  const counts = [Buffer.from('GGUF'), u32(version), u64(tensors.length), u64(metadata.length)]
  const header = Buffer.concat([...counts, ...metadata, ...infos])
  const data = tensors.map(({ bytes }, index) =>
    Buffer.alloc(index === tensors.length - 1 ? bytes : padded(bytes), index + 1),
  )
  const padding = Buffer.alloc(tensors.length === 0 ? 0 : padded(header.length) - header.length)
  return Buffer.concat([header, padding, ...data])
}
