import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { checkGgufHeader } from '../../src/gguf/gguf-header.ts'
import { inTemporaryFolder } from '../temporary-folder.ts'
import { ggufBytes, text, u32, u64 } from './gguf-bytes.ts'

const entry = (key: string, type: number, value: Buffer) => Buffer.concat([text(key), u32(type), value])
const list = (type: number, values: readonly Buffer[]) =>
  Buffer.concat([u32(type), u64(values.length), ...values])

async function metadataOf(...extra: Buffer[]) {
  let metadata = {}
  await inTemporaryFolder(async (dir) => {
    const path = join(dir, 'x.gguf')
    writeFileSync(path, ggufBytes({ architecture: 'made-up', extra }))
    const { architecture, vocabularySize, values } = await checkGgufHeader(path)
    metadata = { architecture, vocabularySize, values }
  })
  return metadata
}

function bytes(size: number, write: (buffer: Buffer) => void): Buffer {
  const buffer = Buffer.alloc(size)
  write(buffer)
  return buffer
}

describe('metadata', () => {
  test('are kept where they are numbers, truth values or short texts, of every type', async () => {
    const numbers = [
      entry('u8', 0, Buffer.from([200])),
      entry('i8', 1, Buffer.from([200])),
      entry('u16', 2, Buffer.from([0, 200])),
      entry('i16', 3, Buffer.from([0, 200])),
      entry('u32', 4, u32(3_000_000_000)),
      entry('i32', 5, u32(2 ** 32 - 7)),
      entry(
        'f32',
        6,
        bytes(4, (buffer) => buffer.writeFloatLE(0.5)),
      ),
      entry('yes', 7, Buffer.from([1])),
      entry('no', 7, Buffer.from([0])),
      entry('u64', 10, u64(2n ** 40n)),
      entry(
        'i64',
        11,
        bytes(8, (buffer) => buffer.writeBigInt64LE(-(2n ** 40n))),
      ),
      entry(
        'f64',
        12,
        bytes(8, (buffer) => buffer.writeDoubleLE(0.1)),
      ),
    ]
    expect(await metadataOf(...numbers)).toEqual({
      architecture: 'made-up',
      vocabularySize: 0,
      values: {
        u8: 200,
        i8: -56,
        u16: 51_200,
        i16: -14_336,
        u32: 3_000_000_000,
        i32: -7,
        f32: 0.5,
        yes: true,
        no: false,
        u64: 2 ** 40,
        i64: -(2 ** 40),
        f64: 0.1,
      },
    })
  })

  test('are kept where they are a number for each layer, and not where they are as long as a vocabulary', async () => {
    const heads = entry('heads', 9, list(4, [4, 0, 8].map(u32)))
    const scores = entry('scores', 9, list(4, Array.from({ length: 1_025 }, u32)))
    expect(await metadataOf(heads, scores)).toMatchObject({ values: { heads: [4, 0, 8] } })
  })

  test('say how many tokens the vocabulary has', async () => {
    const tokens = entry('tokenizer.ggml.tokens', 9, list(8, ['a', 'b', 'c'].map(text)))
    expect(await metadataOf(tokens)).toMatchObject({ vocabularySize: 3, values: {} })
  })

  test('may have names that mean something to JavaScript', async () => {
    const { values } = (await metadataOf(entry('__proto__', 4, u32(5)))) as { values: object }
    expect(Object.entries(values)).toEqual([['__proto__', 5]])
  })
})
