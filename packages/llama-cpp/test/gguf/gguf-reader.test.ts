import { writeFileSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { GgufReader } from '../../src/gguf/gguf-reader.ts'
import { failureOf } from '../failure-of.ts'
import { inTemporaryFolder } from '../temporary-folder.ts'
import { text, u32, u64 } from './gguf-bytes.ts'

/** A reader over these bytes, of a file that is said to be `fileBytes` long. */
async function reading(
  bytes: Buffer,
  work: (reader: GgufReader) => Promise<void>,
  fileBytes: number = bytes.length,
): Promise<void> {
  await inTemporaryFolder(async (dir) => {
    const path = join(dir, 'x.gguf')
    writeFileSync(path, bytes)
    const handle = await open(path)
    try {
      await work(new GgufReader(handle, 'x.gguf', fileBytes))
    } finally {
      await handle.close()
    }
  })
}

test('reads numbers and texts in turn, also across the ends of its buffer', async () => {
  const filler = Buffer.alloc(64 * 1024 - 6)
  await reading(Buffer.concat([filler, u32(7), u64(2 ** 40), text('héllo')]), async (reader) => {
    await reader.load(1)
    reader.skip(filler.length)
    await reader.load(4)
    expect(reader.uint32()).toBe(7)
    expect(reader.has(8)).toBe(false)
    await reader.load(8)
    expect(reader.uint64()).toBe(2 ** 40)
    await reader.load(8)
    const length = reader.uint64()
    await reader.load(length)
    expect(reader.text(length)).toBe('héllo')
    expect(reader.offset).toBe(filler.length + 4 + 8 + 8 + 6)
  })
})

test('peeks at what there is and stays where it is', async () => {
  await reading(Buffer.from('GGUF!'), async (reader) => {
    expect((await reader.peek(64)).toString()).toBe('GGUF!')
    expect(reader.offset).toBe(0)
  })
})

test('refuses to pass the end of the file, with both numbers', async () => {
  await reading(Buffer.alloc(10), async (reader) => {
    const error = await failureOf(() => reader.skip(11))
    expect(error).toMatchObject({ code: 'MODEL_TRUNCATED', actual: 10, expected: 11 })
  })
})

test('notices a file that became shorter while it was read', async () => {
  await reading(
    Buffer.alloc(10),
    async (reader) => {
      expect((await failureOf(reader.load(20))).code).toBe('MODEL_TRUNCATED')
    },
    1000,
  )
})

test('takes numbers beyond those of JavaScript for damage', async () => {
  await reading(u64(2n ** 60n), async (reader) => {
    await reader.load(8)
    expect((await failureOf(() => reader.uint64())).message).toBe(
      "The header of 'x.gguf' is damaged: it has a length or an offset of 1152921504606846976, near byte 8. " +
        'Copy or download it again.',
    )
  })
})

test('takes headers beyond all reason for damage, however long the file is', async () => {
  await reading(
    Buffer.alloc(10),
    async (reader) => {
      expect((await failureOf(() => reader.skip(2 ** 30))).code).toBe('MODEL_DAMAGED')
      expect((await failureOf(() => reader.expectItems(2 ** 30))).code).toBe('MODEL_DAMAGED')
    },
    2 ** 40,
  )
})
