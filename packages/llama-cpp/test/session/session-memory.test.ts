import { copyFile, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { judgeMemory, type PlannedLoad, refuseTooLarge } from '../../src/session/session-memory.ts'
import { contextSpec, weightsSpec } from '../../src/session/specs.ts'
import { failureOf } from '../failure-of.ts'
import { pocketPath, pocketVisionPath } from '../pocket.ts'
import { inTemporaryFolder } from '../temporary-folder.ts'
import { collectWarnings } from '../warnings.ts'

const MB = 1024 * 1024
const memory = (megabytes: number) => ({ free: megabytes * MB, most: megabytes * MB })

function planned(change: Partial<PlannedLoad> = {}, slots = 1): PlannedLoad {
  return {
    engine: 'node-llama-cpp',
    weights: weightsSpec(pocketPath, { useMmap: false }),
    context: contextSpec({ nCtx: 1024, slots }, {}, {}),
    loaded: false,
    ...change,
  }
}

const needed = async (load: PlannedLoad) => (await judgeMemory(load, memory(0)))?.needed ?? 0

describe('refuseTooLarge', () => {
  test('refuses what cannot fit, with both numbers', async () => {
    const error = await failureOf(refuseTooLarge(planned({}, 8), memory(100)))
    expect(error).toMatchObject({ code: 'OUT_OF_MEMORY', path: pocketPath, actual: 100 * MB })
    expect(error.expected).toBeGreaterThan(100 * MB)
    expect(error.message.replace(pocketPath, 'pocket.gguf')).toMatchInlineSnapshot(
      `"'pocket.gguf' needs about 116 MB of memory, but 100 MB are available: 1.5 MB for the weights, 24 MB for 8 slots of 1024 tokens, 3 MB each, 90 MB for one evaluation. Lower nCtx, lower slots, lower nBatch, or set modelKwargs.flashAttn. With checkMemory: false it is tried all the same."`,
    )
  })

  test('warns of weights that will be read again and again', async () => {
    const weights = weightsSpec(pocketPath, {})
    const held = await needed(planned({ weights }))
    const warnings = await collectWarnings(() =>
      refuseTooLarge(planned({ weights }), { free: held + 1, most: held + 1 }),
    )
    expect(warnings).toMatchObject([{ code: 'MILLRACE_MEMORY_TIGHT' }])
  })

  test('says nothing where there is enough', async () => {
    expect(await collectWarnings(() => refuseTooLarge(planned(), memory(100)))).toEqual([])
  })
})

describe('judgeMemory', () => {
  test('does not count weights that are loaded already', async () => {
    expect((await needed(planned())) - (await needed(planned({ loaded: true })))).toBe(1_573_376)
  })

  test('counts all parts of a split model', async () => {
    await inTemporaryFolder(async (dir) => {
      const path = join(dir, 'm-00001-of-00003.gguf')
      await copyFile(pocketPath, path)
      await writeFile(join(dir, 'm-00002-of-00003.gguf'), '')
      await truncate(join(dir, 'm-00002-of-00003.gguf'), 50 * MB)
      const weights = weightsSpec(path, { useMmap: false })
      expect((await needed(planned({ weights }))) - (await needed(planned()))).toBe(50 * MB)
    })
  })

  test('counts one evaluation of all slots together, for the engine that batches them', async () => {
    const eight = await needed(planned({}, 8))
    const apart = await needed({ ...planned({}, 8), engine: 'llama.node' })
    expect(eight).toBeGreaterThan(apart)
  })

  test('counts a draft model with its context, and a projector that is not on the GPU', async () => {
    const alone = planned({ weights: weightsSpec(pocketPath, {}) })
    const draft = { kind: 'model', path: pocketPath, numPredTokens: 4 } as const
    const drafted = await needed({ ...alone, context: { ...alone.context, draft } })
    expect(drafted).toBe(2 * (await needed(alone)))
    const projector = (useGpu: boolean) => ({
      ...alone,
      context: {
        ...alone.context,
        projector: { path: pocketVisionPath, useGpu },
      },
    })
    expect(await needed(projector(false))).toBeGreaterThan((await needed(alone)) + MB)
    expect(await needed(projector(true))).toBe(await needed(alone))
  })
})
