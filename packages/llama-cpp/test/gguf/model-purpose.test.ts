import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { type ModelPurpose, purposeOf } from '../../src/gguf/model-purpose.ts'
import { findModelPurpose } from '../../src/model-file/find-model-purpose.ts'
import { failureOf } from '../failure-of.ts'
import { pocketPath } from '../pocket.ts'
import { inTemporaryFolder } from '../temporary-folder.ts'
import { writeBert, writeQwenRanker } from '../text-models.ts'

test('is read off a file', async () => {
  await inTemporaryFolder(async (dir) => {
    const path = join(dir, 'x.gguf')
    const purposes: Record<string, [ModelPurpose, () => void]> = {
      'a BERT with pooling': ['embedding', () => writeBert(path, { pooling: 1 })],
      'a BERT without': ['embedding', () => writeBert(path)],
      'a BERT with a head': ['ranking', () => writeBert(path, { head: true })],
      'a causal reranker': ['ranking', () => writeQwenRanker(path)],
    }
    for (const [name, [purpose, write]] of Object.entries(purposes)) {
      write()
      expect([name, await findModelPurpose('x.gguf', { baseDir: dir })]).toEqual([name, purpose])
    }
  })
  expect(await findModelPurpose(pocketPath)).toBe('writing')
})

// What files of these say, as their converters write them.
test.each<[name: string, architecture: string, values: Record<string, number | boolean>, ModelPurpose]>([
  ['Qwen3-Embedding', 'qwen3', { 'qwen3.pooling_type': 3 }, 'embedding'],
  [
    'nomic-embed-text',
    'nomic-bert',
    { 'nomic-bert.attention.causal': false, 'nomic-bert.pooling_type': 1 },
    'embedding',
  ],
  ['EmbeddingGemma', 'gemma-embedding', { 'gemma-embedding.pooling_type': 1 }, 'embedding'],
  ['a T5 encoder, which says neither', 't5encoder', {}, 'embedding'],
  ['bge-reranker', 'bert', { 'bert.attention.causal': false, 'bert.pooling_type': 4 }, 'ranking'],
  ['a chat model that says it does not pool', 'llama', { 'llama.pooling_type': 0 }, 'writing'],
  ['a diffusion model', 'llada', { 'llada.attention.causal': false }, 'writing'],
])('of %s', (_, architecture, values, purpose) => {
  expect(purposeOf({ architecture, values, tensors: [] })).toBe(purpose)
})

test('of a model that is not on this machine is not known, and nothing is downloaded', async () => {
  await inTemporaryFolder(async (cacheDir) => {
    expect(await findModelPurpose('hf:acme/embedder-GGUF:Q8_0', { cacheDir })).toBeUndefined()
    expect(await failureOf(findModelPurpose(join(cacheDir, 'x.gguf')))).toMatchObject({
      code: 'MODEL_NOT_FOUND',
    })
  })
})
