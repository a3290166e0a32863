import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { findModelFile, ggufFilesIn, insteadOf, isFile } from '../../src/model-file/model-path.ts'
import { failureOf } from '../failure-of.ts'
import { inTemporaryFolder } from '../temporary-folder.ts'

describe('findModelFile', () => {
  test('finds a file, and the first part of a split one from any part', async () => {
    await inTemporaryFolder(async (dir) => {
      for (const name of ['a.gguf', 'b-00001-of-00002.gguf', 'b-00002-of-00002.gguf'])
        writeFileSync(join(dir, name), '')
      expect(await findModelFile(join(dir, 'a.gguf'))).toBe(join(dir, 'a.gguf'))
      expect(await findModelFile(join(dir, 'b-00002-of-00002.gguf'))).toBe(join(dir, 'b-00001-of-00002.gguf'))
    })
  })

  test('names the nearest file instead of a missing one', async () => {
    await inTemporaryFolder(async (dir) => {
      for (const name of ['mistral.gguf', 'qwen.gguf', 'notes.txt']) writeFileSync(join(dir, name), '')
      expect(await failureOf(findModelFile(join(dir, 'mistrl.gguf')))).toMatchObject({
        code: 'MODEL_NOT_FOUND',
        message: `There is no file '${join(dir, 'mistrl.gguf')}'. Did you mean 'mistral.gguf'?`,
        path: join(dir, 'mistrl.gguf'),
      })
      expect(await failureOf(findModelFile(join(dir, 'llama-3.2-1b-instruct.gguf')))).toMatchObject({
        message: `There is no file '${join(dir, 'llama-3.2-1b-instruct.gguf')}'. There is 'mistral.gguf' and 'qwen.gguf'.`,
      })
    })
  })

  test('says when the folder is missing too', async () => {
    await inTemporaryFolder(async (dir) => {
      expect(await failureOf(findModelFile(join(dir, 'models', 'a.gguf')))).toMatchObject({
        code: 'MODEL_NOT_FOUND',
        message: `There is no file '${join(dir, 'models', 'a.gguf')}', and no such folder.`,
      })
    })
  })

  test('says which part of a split model is missing', async () => {
    await inTemporaryFolder(async (dir) => {
      writeFileSync(join(dir, 'b-00001-of-00002.gguf'), '')
      const missing = join(dir, 'b-00002-of-00002.gguf')
      expect(await failureOf(findModelFile(join(dir, 'b-00001-of-00002.gguf')))).toMatchObject({
        code: 'MODEL_NOT_FOUND',
        message: `There is no file '${missing}'. The model is split in 2 files, and all must be in one folder.`,
        path: missing,
      })
    })
  })

  test('refuses a folder', async () => {
    await inTemporaryFolder(async (dir) => {
      mkdirSync(join(dir, 'a.gguf'))
      expect(await failureOf(findModelFile(join(dir, 'a.gguf')))).toMatchObject({
        code: 'MODEL_UNREADABLE',
        message: `The model '${join(dir, 'a.gguf')}' cannot be read: it is a folder. Name the .gguf file in it.`,
      })
    })
  })
})

test('a file below a file is no file', async () => {
  await inTemporaryFolder(async (dir) => {
    writeFileSync(join(dir, 'a'), '')
    expect(await isFile(join(dir, 'a', 'b.gguf'))).toBe(false)
  })
})

test('lists the GGUF files of a folder, sorted, and knows when there is none', async () => {
  await inTemporaryFolder(async (dir) => {
    for (const name of ['b.gguf', 'a.GGUF', 'c.txt']) writeFileSync(join(dir, name), '')
    expect(await ggufFilesIn(dir)).toEqual(['a.GGUF', 'b.gguf'])
    expect(await ggufFilesIn(join(dir, 'nowhere'))).toBe(undefined)
  })
})

test('offers nothing where there is nothing', () => {
  expect(insteadOf('a.gguf', [])).toBe('')
})
