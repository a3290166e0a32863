import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import * as binding from 'node-llama-cpp'
import { unusualHeader } from '../../src/gguf/unusual-header.ts'
import { hostileModels } from '../hostile-models.ts'
import { pocketPath } from '../pocket.ts'
import { writeRandomModel } from '../random-model.ts'
import { inTemporaryFolder } from '../temporary-folder.ts'
import { writeBert } from '../text-models.ts'

test('models that people use, of few heads for many, of many layers and BERT, are not unusual', async () => {
  expect(await unusualHeader([pocketPath])).toBeUndefined()
  await inTemporaryFolder(async (dir) => {
    const path = join(dir, 'random.gguf')
    writeRandomModel(path, { layers: 12, width: 256, heads: 8, kvHeads: 2, feedForward: 512, context: 4096 })
    expect(await unusualHeader([path])).toBeUndefined()
    writeBert(path, { pooling: 1 })
    expect(await unusualHeader([path])).toBeUndefined()
  })
})

test('an override counts as what the file has', async () => {
  expect(await unusualHeader([pocketPath], { 'llama.embedding_length': 64 })).toBe(
    'it turns 32 of the 16 values of a head',
  )
  expect(await unusualHeader([pocketPath], { 'general.architecture': 'wavtokenizer-dec' })).toBe(
    "its architecture 'wavtokenizer-dec' is not a common one",
  )
})

test.each([
  ['llama.attention.head_count = 3', 'it has 3 heads for 4 of keys in layer 0'],
  ['llama.rope.dimension_count = 3', 'it turns 3 of the 32 values of a head'],
  ['an offset between two others', "its tensor 'blk.0.attn_q.weight' does not stand behind the one before"],
  ['a tensor less', "its tensor 'blk.0.attn_k.weight' does not stand behind the one before"],
  ['half of the tokens', "its tensor 'token_embd.weight' has not the shape of its vocabulary"],
  ['few types of tokens', 'it has 1536 tokens, and types of 3'],
])('of a file with %s it says: %s', async (name, reason) => {
  const { bytes } = hostileModels().find((model) => model.name === name) ?? { bytes: Buffer.of() }
  await inTemporaryFolder(async (dir) => {
    const path = join(dir, 'a.gguf')
    await writeFile(path, bytes)
    expect(await unusualHeader([path])).toBe(reason)
  })
})

test('no architecture is taken for common that the binding does not know', async () => {
  const { GgufArchitectureType: names } = binding as unknown as Record<string, Record<string, string>>
  const known = Object.values(names ?? {})
  const common = []
  for (const architecture of [...known, 'nonsense']) {
    const reason = await unusualHeader([pocketPath], { 'general.architecture': architecture })
    if (!reason?.includes('is not a common one')) common.push(architecture)
  }
  // As many as are listed.
  expect(common).toHaveLength(111)
  expect(known).toEqual(expect.arrayContaining(common))
})
