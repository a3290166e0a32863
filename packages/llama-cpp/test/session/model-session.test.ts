import { copyFile, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import type { WarmUpProgress } from '@millrace/core'
import { turnsUntil } from '../../../../test/turns-until.ts'
import { ModelSession, type SessionParameters } from '../../src/session/model-session.ts'
import { deferred } from '../deferred.ts'
import { failureOf } from '../failure-of.ts'
import { pocketPath, pocketVisionPath } from '../pocket.ts'
import { ScriptedEngine } from '../scripted-engine.ts'
import { inTemporaryFolder } from '../temporary-folder.ts'

/** What the engine was asked to load and to open for these parameters. */
async function specs(parameters: Partial<SessionParameters>) {
  const engine = new ScriptedEngine()
  const session = new ModelSession({ model: pocketPath, ...parameters }, engine)
  await session.open({})
  await session.close()
  return { weights: engine.loads[0], context: engine.opened[0] }
}

describe('what the engine is asked for', () => {
  test("is llama-cpp-python's, and Haystack's, when nothing is said", async () => {
    expect(await specs({})).toEqual({
      weights: {
        modelPath: pocketPath,
        nGpuLayers: 0,
        useMmap: true,
        useMlock: false,
        kvOverrides: {},
        numa: false,
        verbose: false,
      },
      context: {
        nCtx: 0,
        nBatch: 512,
        slots: 1,
        nThreads: undefined,
        flashAttn: false,
        swaFull: undefined,
        noPerf: undefined,
        typeK: undefined,
        typeV: undefined,
        lora: undefined,
      },
    })
  })

  test('has every load option', async () => {
    const weights = {
      nGpuLayers: -1,
      useMmap: false,
      useMlock: true,
      kvOverrides: { 'llama.context_length': 128 },
      numa: 'isolate',
      verbose: true,
    } as const
    const context = {
      nThreads: 1,
      flashAttn: true,
      swaFull: true,
      noPerf: true,
      typeK: 'Q8_0',
      typeV: 'Q4_0',
    } as const
    const modelKwargs = { ...weights, ...context, nCtx: 256, nBatch: 64 }
    expect(await specs({ modelKwargs, slots: 3 })).toEqual({
      weights: { ...weights, modelPath: pocketPath },
      context: { ...context, nCtx: 256, nBatch: 64, slots: 3, lora: undefined },
    })
  })

  test('is what modelKwargs say, before model, nCtx and nBatch (8.1)', async () => {
    const modelKwargs = { modelPath: pocketPath, nCtx: 128, nBatch: 32 }
    const asked = await specs({ model: 'elsewhere.gguf', nCtx: 512, nBatch: 64, modelKwargs })
    expect(asked.weights?.modelPath).toBe(pocketPath)
    expect(asked.context).toMatchObject({ nCtx: 128, nBatch: 32 })
  })

  test('is what the parameters say where modelKwargs say nothing (8.1)', async () => {
    const { context } = await specs({ nCtx: 512, nBatch: 64, modelKwargs: { nThreads: 1 } })
    expect(context).toMatchObject({ nCtx: 512, nBatch: 64, nThreads: 1 })
  })

  test.each([
    { given: false, strategy: false },
    { given: true, strategy: 'distribute' },
    { given: 0, strategy: false },
    { given: 2, strategy: 'isolate' },
    { given: 4, strategy: 'mirror' },
    { given: 'numactl', strategy: 'numactl' },
  ] as const)('takes numa $given for $strategy', async ({ given, strategy }) => {
    expect((await specs({ modelKwargs: { numa: given } })).weights?.numa).toBe(strategy)
  })

  test('knows cache types by their numbers', async () => {
    const { context } = await specs({ modelKwargs: { typeK: 8, typeV: 30 } })
    expect(context).toMatchObject({ typeK: 'Q8_0', typeV: 'BF16' })
  })

  test('leaves memory mapping off for an adapter, as llama-cpp-python does', async () => {
    const loraPath = pocketVisionPath
    const asked = await specs({ modelKwargs: { loraPath, loraScale: 0.5 } })
    expect(asked.weights?.useMmap).toBe(false)
    expect(asked.context?.lora).toEqual({ path: loraPath, scale: 0.5 })
    expect((await specs({ modelKwargs: { loraPath } })).context?.lora?.scale).toBe(1)
    expect((await specs({ modelKwargs: { loraPath, useMmap: true } })).weights?.useMmap).toBe(true)
  })

  test('starts relative paths of the model and its adapter at the folder of the pipeline', async () => {
    await inTemporaryFolder(async (dir) => {
      await copyFile(pocketPath, join(dir, 'model.gguf'))
      const engine = new ScriptedEngine()
      const session = new ModelSession(
        { model: 'model.gguf', modelKwargs: { loraPath: './model.gguf' } },
        engine,
      )
      await session.open({ baseDir: dir })
      await session.close()
      await session.open({})
      await session.close()
      expect(engine.loads.map(({ modelPath }) => modelPath)).toEqual(
        Array.from({ length: 2 }, () => join(dir, 'model.gguf')),
      )
      expect(engine.opened[0]?.lora?.path).toBe(join(dir, 'model.gguf'))
    })
  })

  test('has the values of environment variables', async () => {
    process.env['MILLRACE_TEST_MODEL'] = pocketPath
    const { weights } = await specs({ model: '${env:MILLRACE_TEST_MODEL}' })
    expect(weights?.modelPath).toBe(pocketPath)
  })
})

describe('ModelSession', () => {
  test('opens once, however often it is asked', async () => {
    const engine = new ScriptedEngine()
    const session = new ModelSession({ model: pocketPath }, engine)
    const together = await Promise.all([session.open({}), session.open({})])
    expect(new Set([...together, await session.open({})]).size).toBe(1)
    expect([engine.loads.length, engine.opened.length]).toEqual([1, 1])
    await session.close()
  })

  test('tells how far the load is', async () => {
    const engine = new ScriptedEngine()
    engine.onLoad = ({ onProgress }) => onProgress?.(0.25)
    const progress: WarmUpProgress[] = []
    const session = new ModelSession({ model: pocketPath }, engine)
    await session.open({ onProgress: (step) => progress.push(step) })
    await session.close()
    const loading = { stage: 'loading', subject: 'pocket.gguf' }
    expect(progress).toEqual([
      { ...loading, fraction: 0 },
      { ...loading, fraction: 0.25 },
    ])
  })

  test('shares the weights of another, and has a context of its own', async () => {
    const engine = new ScriptedEngine()
    const sessions = [{ nCtx: 64 }, { nCtx: 128, slots: 2 }].map(
      (parameters) => new ModelSession({ model: pocketPath, ...parameters }, engine),
    )
    await Promise.all(sessions.map((session) => session.open({})))
    expect([engine.loads.length, engine.opened.length]).toEqual([1, 2])
    await sessions[0]?.close()
    expect(engine.disposed).toEqual(['context'])
    await sessions[1]?.close()
    expect(engine.disposed).toEqual(['context', 'context', 'weights'])
  })

  test('opens again after it was closed', async () => {
    const engine = new ScriptedEngine()
    const session = new ModelSession({ model: pocketPath }, engine)
    for (let round = 1; round <= 2; round++) {
      await session.open({})
      await Promise.all([session.close(), session.close()])
      expect(engine.disposed).toHaveLength(2 * round)
    }
    expect(engine.loads).toHaveLength(2)
  })

  test('can be closed before it was opened', async () => {
    await expect(
      new ModelSession({ model: pocketPath }, new ScriptedEngine()).close(),
    ).resolves.toBeUndefined()
  })

  test('rejects those that wait for it when it is closed meanwhile, and frees what comes late', async () => {
    const engine = new ScriptedEngine()
    const [begun, gate] = [deferred(), deferred()]
    engine.onOpen = () => {
      begun.resolve()
      return gate.promise
    }
    const session = new ModelSession({ model: pocketPath }, engine)
    const waiting = failureOf(session.open({}))
    await begun.promise
    const closing = session.close()
    const error = await waiting
    expect(error.code).toBe('CLOSED')
    expect(error.message).toMatchInlineSnapshot(
      `"The component was closed while its model was being loaded."`,
    )
    gate.resolve()
    await closing
    expect(engine.disposed).toEqual(['context', 'weights'])
  })

  test('rejects with the reason of the signal while it loads, and frees what comes late', async () => {
    const engine = new ScriptedEngine()
    const [begun, gate] = [deferred(), deferred()]
    engine.onOpen = () => {
      begun.resolve()
      return gate.promise
    }
    const session = new ModelSession({ model: pocketPath }, engine)
    const controller = new AbortController()
    const waiting = session.open({ signal: controller.signal })
    await begun.promise
    controller.abort('enough')
    await expect(waiting).rejects.toBe('enough')
    gate.resolve()
    await turnsUntil(() => engine.disposed.length === 2)
    engine.onOpen = undefined
    await session.open({})
    await session.close()
    expect(engine.disposed).toHaveLength(4)
  })

  test('stays open for the other when one aborts', async () => {
    const engine = new ScriptedEngine()
    const gate = deferred()
    engine.onLoad = () => gate.promise
    const session = new ModelSession({ model: pocketPath }, engine)
    const controller = new AbortController()
    const [leaves, stays] = [session.open({ signal: controller.signal }), session.open({})]
    controller.abort('left')
    await expect(leaves).rejects.toBe('left')
    gate.resolve()
    await stays
    expect(engine.loads).toHaveLength(1)
    await session.close()
  })

  test('starts nothing through a signal that has aborted', async () => {
    const engine = new ScriptedEngine()
    const session = new ModelSession({ model: pocketPath }, engine)
    await expect(session.open({ signal: AbortSignal.abort('before') })).rejects.toBe('before')
    await session.close()
    expect(engine.loads).toEqual([])
  })

  test('gives the weights back when no context can be opened, and tries again', async () => {
    const engine = new ScriptedEngine()
    engine.onOpen = () => Promise.reject(new RangeError('no room'))
    const session = new ModelSession({ model: pocketPath }, engine)
    await expect(session.open({})).rejects.toThrow('no room')
    expect(engine.disposed).toEqual(['weights'])
    engine.onOpen = undefined
    await session.open({})
    await session.close()
    expect(engine.disposed).toEqual(['weights', 'context', 'weights'])
  })
})

describe('a model that cannot be opened', () => {
  const failing = (parameters: Partial<SessionParameters>) =>
    failureOf(new ModelSession({ model: pocketPath, ...parameters }, new ScriptedEngine()).open({}))

  test('is a file that is not there', async () => {
    await inTemporaryFolder(async (dir) => {
      const path = join(dir, 'missing.gguf')
      expect(await failing({ model: path })).toMatchObject({ code: 'MODEL_NOT_FOUND', path })
    })
  })

  test('is a folder', async () => {
    await inTemporaryFolder(async (dir) => {
      expect(await failing({ model: dir })).toMatchObject({ code: 'MODEL_UNREADABLE', path: dir })
    })
  })

  test('is a text file with the name of a model', async () => {
    await inTemporaryFolder(async (dir) => {
      const path = join(dir, 'text.gguf')
      await writeFile(path, 'Dear model,\nhow are you?\n')
      expect(await failing({ model: path })).toMatchObject({ code: 'MODEL_NOT_GGUF', path })
    })
  })

  test('is a model that was cut off', async () => {
    await inTemporaryFolder(async (dir) => {
      const path = join(dir, 'half.gguf')
      await writeFile(path, (await readFile(pocketPath)).subarray(0, 800_000))
      expect(await failing({ model: path })).toMatchObject({ code: 'MODEL_TRUNCATED', path, actual: 800_000 })
    })
  })

  test('is an mmproj', async () => {
    const error = await failing({ model: pocketVisionPath })
    expect(error).toMatchObject({ code: 'MODEL_UNSUPPORTED', path: pocketVisionPath })
    expect(error.message).toBe(
      `'${pocketVisionPath}' is an mmproj: the image part of a model, which answers nothing by itself. Name the model it belongs to.`,
    )
  })

  test('has no name', async () => {
    expect(await failing({ model: ' ' })).toMatchObject({ code: 'MODEL_URI_INVALID' })
  })

  test('has an adapter that is not there', async () => {
    const error = await failing({ modelKwargs: { loraPath: '/nowhere/adapter.gguf' } })
    expect(error).toMatchObject({ code: 'MODEL_NOT_FOUND', path: '/nowhere/adapter.gguf' })
  })
})
