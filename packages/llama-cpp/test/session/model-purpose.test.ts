import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { modelPurpose } from '../../src/session/model-purpose.ts'
import { pocketPath } from '../pocket.ts'
import { inTemporaryFolder } from '../temporary-folder.ts'
import { writeBert, writeQwenRanker } from '../text-models.ts'

test('what a model was made for is read off its file', async () => {
  await inTemporaryFolder(async (folder) => {
    const [mean, silent, bert, qwen] = ['mean', 'silent', 'bert', 'qwen'].map((name) =>
      join(folder, `${name}.gguf`),
    )
    writeBert(mean as string, { pooling: 1 })
    writeBert(silent as string)
    writeBert(bert as string, { pooling: 4, head: true })
    writeQwenRanker(qwen as string)
    const models = [pocketPath, mean, silent, bert, qwen, 'no/such.gguf', 'hf:owner/model:Q4_K_M']
    const purposes = await Promise.all(
      models.map((model) => modelPurpose(model as string, { cacheDir: folder })),
    )
    expect(purposes).toEqual([
      'generation',
      'embedding',
      'embedding',
      'ranking',
      'ranking',
      'generation',
      'generation',
    ])
  })
})
