import { open, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import type { LoadOptions } from '../../src/options/options.ts'
import { contextSpec, weightsSpec } from '../../src/session/specs.ts'
import { stateFingerprint } from '../../src/session/state-folder.ts'
import { pocketPath } from '../pocket.ts'
import { inTemporaryFolder } from '../temporary-folder.ts'

const of = (path: string, load: LoadOptions = {}, slots = 1, loraPath?: string) =>
  stateFingerprint('node-llama-cpp', weightsSpec(path, load), contextSpec({ slots }, load, { loraPath }))

describe('the fingerprint of a state', () => {
  test('is equal for equal models, and for what does not change what slots hold', async () => {
    const plain = await of(pocketPath)
    expect(plain).toMatch(/^[0-9a-f]{64}$/)
    expect(await of(pocketPath, { nThreads: 3, nBatch: 64, useMmap: false })).toBe(plain)
  })

  test.each<LoadOptions>([
    { nCtx: 512 },
    { flashAttn: true },
    { typeK: 'Q8_0' },
    { typeV: 'F32' },
    { swaFull: true },
    { ropeFreqBase: 20_000 },
    { kvOverrides: { 'llama.context_length': 128 } },
  ])('differs with %j', async (load) => {
    expect(await of(pocketPath, load)).not.toBe(await of(pocketPath))
  })

  test('differs with the number of slots', async () => {
    expect(await of(pocketPath, {}, 2)).not.toBe(await of(pocketPath))
  })

  test('differs with an adapter and its strength', async () => {
    const prints = [
      await of(pocketPath),
      await of(pocketPath, {}, 1, pocketPath),
      await of(pocketPath, { loraScale: 0.5 }, 1, pocketPath),
    ]
    expect(new Set(prints).size).toBe(3)
  })

  test('differs with the engine', async () => {
    const [weights, context] = [weightsSpec(pocketPath, {}), contextSpec({}, {}, {})]
    const engines = ['node-llama-cpp', 'llama.node'] as const
    const prints = engines.map((engine) => stateFingerprint(engine, weights, context))
    expect(new Set(await Promise.all(prints)).size).toBe(2)
  })

  test('differs with the start, the end, the middle and the length of a file', async () => {
    await inTemporaryFolder(async (dir) => {
      const path = join(dir, 'model.gguf')
      const bytes = Buffer.alloc(8 * 1024 * 1024, 1)
      await writeFile(path, bytes)
      const prints = [await of(path)]
      const block = Buffer.alloc(64 * 1024, 2)
      for (const position of [0, bytes.length - block.length, bytes.length / 2, bytes.length]) {
        const file = await open(path, 'r+')
        await file.write(block, 0, block.length, position)
        await file.close()
        prints.push(await of(path))
      }
      expect(new Set(prints).size).toBe(5)
    })
  })
})
