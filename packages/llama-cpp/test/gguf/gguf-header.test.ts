import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { LlamaCppError } from '../../src/errors.ts'
import { checkGgufHeader, type GgufHeader } from '../../src/gguf/gguf-header.ts'
import { failureOf } from '../failure-of.ts'
import { inTemporaryFolder } from '../temporary-folder.ts'
import { ggufBytes, text, u32, u64 } from './gguf-bytes.ts'

const pocketPath = (name: string) => fileURLToPath(new URL(`../../../pocket-model/${name}`, import.meta.url))
const pocket = readFileSync(pocketPath('pocket.gguf'))

/** Writes each file to the same place and checks it. */
async function withCheck(
  work: (check: (bytes: Uint8Array) => Promise<GgufHeader>, path: string) => Promise<void>,
): Promise<void> {
  await inTemporaryFolder(async (dir) => {
    const path = join(dir, 'x.gguf')
    await work((bytes) => {
      writeFileSync(path, bytes)
      return checkGgufHeader(path)
    }, path)
  })
}

const yes = Buffer.from([1])
const notANumber = Buffer.from(new Float32Array([Number.NaN]).buffer)
const entry = (key: string, type: number, value: Buffer) => Buffer.concat([text(key), u32(type), value])

describe('a sound file', () => {
  test('is described, the pocket models to the byte', async () => {
    const { values, tensors, ...header } = await checkGgufHeader(pocketPath('pocket.gguf'))
    expect(header).toEqual({
      version: 3,
      architecture: 'llama',
      vocabularySize: 1536,
      alignment: 32,
      tensorBytes: 1_573_376,
      requiredBytes: 1_622_112,
      fileBytes: 1_622_112,
    })
    expect(tensors).toHaveLength(56)
    expect(tensors[2]).toEqual({
      name: 'blk.0.attn_norm.weight',
      shape: [128],
      type: 0,
      offset: 209_408,
      bytes: 512,
    })
    expect(values).toMatchObject({
      'general.name': 'Pocket',
      'llama.block_count': 6,
      'llama.rope.freq_base': 10_000,
      'tokenizer.ggml.add_bos_token': false,
    })
    expect(await checkGgufHeader(pocketPath('pocket-mmproj.gguf'))).toMatchObject({
      architecture: 'clip',
      requiredBytes: 1_347_136,
      fileBytes: 1_347_136,
    })
  })

  test('may hold every type of value, arrays of them and no tensors', async () => {
    const sizes = [1, 1, 2, 2, 4, 4, 4, 1, 0, 0, 8, 8, 8]
    const scalars = sizes.flatMap((size, type) =>
      size === 0 ? [] : [entry(`s${type}`, type, Buffer.alloc(size))],
    )
    const arrays = sizes.flatMap((size, type) =>
      size === 0 ? [] : [entry(`a${type}`, 9, Buffer.concat([u32(type), u64(3), Buffer.alloc(3 * size)]))],
    )
    const texts = entry('t', 9, Buffer.concat([u32(8), u64(2), text('one'), text('two')]))
    const bytes = ggufBytes({ tensors: [], extra: [...scalars, ...arrays, texts] })
    await withCheck(async (check) => {
      expect(await check(bytes)).toMatchObject({ tensors: [], requiredBytes: bytes.length })
    })
  })

  test('may have its data at another alignment, and be longer than it must', async () => {
    const bytes = ggufBytes({ alignment: 4096 })
    await withCheck(async (check) => {
      expect(await check(Buffer.concat([bytes, Buffer.alloc(100)]))).toMatchObject({
        requiredBytes: bytes.length,
      })
    })
  })
})

describe('the type of a tensor', () => {
  test.each([
    [
      99,
      'MODEL_UNSUPPORTED',
      'of type 99, which this version does not know. Update Millrace, or get the model',
    ],
    [
      31,
      'MODEL_UNSUPPORTED',
      'quantized as Q4_0_4_4, which llama.cpp reads no more. Get the model in another',
    ],
    [4, 'MODEL_DAMAGED', "its tensor 'b' is of type 4, which does not exist"],
    [2 ** 31, 'MODEL_DAMAGED', "its tensor 'b' is of type 2147483648, which does not exist"],
  ])('%i is refused as %s, with the name of the tensor', async (type, code, reason) => {
    await withCheck(async (check) => {
      const tensors = [{ name: 'b', shape: [32], type, bytes: 34 }]
      const error = await failureOf(check(ggufBytes({ tensors })))
      expect(error.code).toBe(code)
      expect(error.message).toContain("'b'")
      expect(error.message).toContain(reason)
    })
  })
})

describe('a file that is not GGUF', () => {
  test('is told by what it looks like', async () => {
    await withCheck(async (check, path) => {
      expect(await failureOf(check(Buffer.from('<!doctype html><title>Sign in</title>')))).toMatchObject({
        code: 'MODEL_NOT_GGUF',
        message: `'${path}' is not a GGUF file: it is a web page. Download the file itself, not its page.`,
        path,
      })
      expect(await failureOf(check(Buffer.alloc(0)))).toMatchObject({
        code: 'MODEL_NOT_GGUF',
        message: `'${path}' is not a GGUF file: it is empty.`,
      })
    })
  })

  test('is told when it is not there, or a folder', async () => {
    await inTemporaryFolder(async (dir) => {
      const path = join(dir, 'x.gguf')
      expect(await failureOf(checkGgufHeader(path))).toMatchObject({
        code: 'MODEL_NOT_FOUND',
        message: `There is no file '${path}'.`,
        path,
      })
      expect(await failureOf(checkGgufHeader(dir))).toMatchObject({
        code: 'MODEL_UNREADABLE',
        message: `The model '${dir}' cannot be read: it is a folder. Name the .gguf file in it.`,
      })
    })
  })
})

describe('a version', () => {
  test.each([
    [0, 'is GGUF version 0; versions 2 and 3 can be read. Convert the model again with a current llama.cpp.'],
    [1, 'is GGUF version 1; versions 2 and 3 can be read. Convert the model again with a current llama.cpp.'],
    [4, 'is GGUF version 4; versions 2 and 3 can be read. Update Millrace, or get an older file.'],
    [3 << 24, 'was made for big-endian machines. Get or convert it for little-endian ones.'],
  ])('%i is refused', async (version, what) => {
    await withCheck(async (check, path) => {
      expect(await failureOf(check(ggufBytes({ version })))).toMatchObject({
        code: 'MODEL_UNSUPPORTED',
        message: `'${path}' ${what}`,
        path,
      })
    })
  })

  test('2 is read', async () => {
    await withCheck(async (check) => expect((await check(ggufBytes({ version: 2 }))).version).toBe(2))
  })
})

describe('a file that is cut off', () => {
  test('is told with both numbers', async () => {
    await withCheck(async (check, path) => {
      expect(await failureOf(check(pocket.subarray(0, 1_000_000)))).toMatchObject({
        code: 'MODEL_TRUNCATED',
        message: `'${path}' is cut off: it has 1000000 bytes and needs 1622112. Copy or download it again.`,
        actual: 1_000_000,
        expected: 1_622_112,
        path,
      })
      expect(await failureOf(check(pocket.subarray(0, 100)))).toMatchObject({
        code: 'MODEL_TRUNCATED',
        message:
          `'${path}' is cut off: it has 100 bytes, and its header alone needs at least 101. ` +
          'Copy or download it again.',
      })
    })
  })

  test('is told wherever it was cut', async () => {
    const everyByteOfASmallOne = ggufBytes()
    const cuts = [
      ...Array.from({ length: everyByteOfASmallOne.length - 1 }, (_, cut) =>
        everyByteOfASmallOne.subarray(0, cut + 1),
      ),
      ...Array.from({ length: 150 }, (_, step) => pocket.subarray(0, 1 + step * 10_813)),
      pocket.subarray(0, pocket.length - 1),
    ]
    await withCheck(async (check) => {
      for (const bytes of cuts) {
        const error = await failureOf(check(bytes))
        expect([error.code, error.actual]).toEqual(['MODEL_TRUNCATED', bytes.length])
        expect(Number(error.expected)).toBeGreaterThan(bytes.length)
      }
    })
  })
})

describe('a damaged header', () => {
  const huge = 2n ** 63n
  const patched = (offset: number, bytes: Buffer) => {
    const copy = ggufBytes()
    bytes.copy(copy, offset)
    return copy
  }
  test.each([
    [
      'a count of tensors',
      patched(8, u64(huge)),
      'it has a length or an offset of 9223372036854775808, near byte 16',
    ],
    [
      'a count of metadata',
      patched(16, u64(2 ** 40)),
      'it lists 1099511627776 keys, and no model has 10000, near byte 24',
    ],
    ['the length of a key', patched(24, u64(70_000)), 'it has a name of 70000 bytes, near byte 32'],
    ['the type of a value', patched(52, u32(77)), 'it has a value of the unknown type 77, near byte 56'],
    [
      'an alignment',
      ggufBytes({ alignment: 24 }),
      'it has an alignment of 24, which is no power of two, near byte 102',
    ],
    [
      'the count of an array',
      ggufBytes({ extra: [entry('a', 9, Buffer.concat([u32(8), u64(2 ** 45)]))] }),
      'it lists 35184372088832 items of one kind, near byte 127',
    ],
    [
      'the count of an array of numbers',
      ggufBytes({ extra: [entry('a', 9, Buffer.concat([u32(4), u64(2 ** 45)]))] }),
      'it holds an item of 140737488355328 bytes, near byte 127',
    ],
    [
      'an array in an array',
      ggufBytes({ extra: [entry('a', 9, Buffer.concat([u32(9), u64(1)]))] }),
      'it has a value of the unknown type 9, near byte 127',
    ],
    [
      'a key twice',
      ggufBytes({ extra: [entry('a', 7, yes), entry('a', 7, yes)] }),
      "it has the key 'a' twice, near byte 129",
    ],
    [
      'a tensor twice',
      ggufBytes({ tensors: [0, 1].map(() => ({ name: 'a', shape: [1], type: 0, bytes: 4 })) }),
      "it has the tensor 'a' twice, near byte 144",
    ],
    [
      'a number that no model has',
      ggufBytes({ extra: [entry('llama.block_count', 4, u32(2 ** 31))] }),
      "'llama.block_count' is 2147483648, and must be from 1 to 10000, near byte 135",
    ],
    [
      'a length that is not a number',
      ggufBytes({ extra: [entry('llama.attention.scale', 6, notANumber)] }),
      "'llama.attention.scale' is not a number, near byte 139",
    ],
    [
      'the dimensions of a tensor',
      ggufBytes({ tensors: [{ name: 'a', shape: [1, 1, 1, 1, 1], type: 0, bytes: 4 }] }),
      'it has a tensor of 5 dimensions, near byte 115',
    ],
    [
      'the shape of a tensor',
      ggufBytes({ tensors: [{ name: 'a', shape: [2 ** 50, 2 ** 50], type: 0, bytes: 4 }] }),
      'its tensors need 5.070602400912918e+30 bytes, near byte 143',
    ],
  ])('is told by %s, without reading on', async (_what, bytes, reason) => {
    await withCheck(async (check, path) => {
      expect(await failureOf(check(bytes))).toMatchObject({
        code: 'MODEL_DAMAGED',
        message: `The header of '${path}' is damaged: ${reason}. Copy or download it again.`,
        path,
      })
    })
  })
})

describe('anything at all', () => {
  const startsOfPocket = fc.record({
    length: fc.integer({ min: 0, max: 40_000 }),
    patches: fc.array(
      fc.tuple(fc.integer({ min: 0, max: 40_000 }), fc.uint8Array({ minLength: 1, maxLength: 8 })),
      {
        maxLength: 6,
      },
    ),
  })
  const damagedPocket = startsOfPocket.map(({ length, patches }) => {
    const bytes = Buffer.from(pocket.subarray(0, length))
    for (const [offset, patch] of patches) if (offset + patch.length <= length) bytes.set(patch, offset)
    return bytes
  })
  const afterTheMagic = fc
    .uint8Array({ maxLength: 300 })
    .map((bytes) => Buffer.concat([Buffer.from('GGUF\x03\0\0\0'), bytes]))

  test('is a header or a LlamaCppError', async () => {
    await withCheck(async (check) => {
      await fc.assert(
        fc.asyncProperty(fc.oneof(fc.uint8Array(), afterTheMagic, damagedPocket), async (bytes) => {
          const result = await check(bytes).catch((error: unknown) => error)
          const isHeader = typeof result === 'object' && result !== null && 'tensors' in result
          expect(isHeader || result instanceof LlamaCppError).toBe(true)
        }),
        { numRuns: 400 },
      )
    })
  })
})
