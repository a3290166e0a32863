import { setImmediate } from 'node:timers/promises'
import { describe, expect, jest, test } from '@jest/globals'
import { turnsUntil } from '../../../../test/turns-until.ts'
import { ModelSession, type SessionParameters } from '../../src/session/model-session.ts'
import { deferred } from '../deferred.ts'
import { pocketPath } from '../pocket.ts'
import { ScriptedEngine } from '../scripted-engine.ts'
import { inTemporaryFolder } from '../temporary-folder.ts'

/** Sessions that are idle after 100 ms of a clock that the test moves. Files and promises go on as ever. */
async function withSessions(
  work: (
    engine: ScriptedEngine,
    session: (parameters?: Partial<SessionParameters>) => ModelSession,
  ) => Promise<void>,
): Promise<void> {
  jest.useFakeTimers({ doNotFake: ['setImmediate', 'nextTick', 'queueMicrotask', 'performance'] })
  const engine = new ScriptedEngine()
  const made: ModelSession[] = []
  try {
    await work(engine, (parameters = {}) => {
      const session = new ModelSession({ model: pocketPath, idleUnloadMs: 100, ...parameters }, engine)
      made.push(session)
      return session
    })
  } finally {
    jest.useRealTimers()
    await Promise.all(made.map((session) => session.close()))
  }
}

/** Until as many contexts and weights were freed. */
async function freed(engine: ScriptedEngine, count: number): Promise<void> {
  await turnsUntil(() => engine.disposed.length >= count)
}

describe('a session that nobody uses', () => {
  test('frees context and weights, and loads again when it is used', async () => {
    await withSessions(async (engine, make) => {
      const session = make()
      await session.open({})
      jest.advanceTimersByTime(100)
      await freed(engine, 2)
      expect(engine.disposed).toEqual(['context', 'weights'])
      expect(await session.use({}, async ({ modelPath }) => modelPath)).toBe(pocketPath)
      expect(engine.loads).toHaveLength(2)
    })
  })

  test('stays open where no time is set', async () => {
    await withSessions(async (engine) => {
      const session = new ModelSession({ model: pocketPath }, engine)
      await session.open({})
      jest.advanceTimersByTime(1e9)
      await setImmediate()
      expect(engine.disposed).toEqual([])
      await session.close()
    })
  })

  test('is one in which no request runs or waits', async () => {
    await withSessions(async (engine, make) => {
      const session = make()
      const gate = deferred()
      const requests = [session.use({}, () => gate.promise), session.use({}, () => gate.promise)]
      await session.open({})
      jest.advanceTimersByTime(10_000)
      await setImmediate()
      expect(engine.disposed).toEqual([])
      gate.resolve()
      await Promise.all(requests)
      jest.advanceTimersByTime(99)
      await setImmediate()
      expect(engine.disposed).toEqual([])
      jest.advanceTimersByTime(1)
      await freed(engine, 2)
    })
  })

  test('leaves the weights to another that uses them', async () => {
    await withSessions(async (engine, make) => {
      const [idle, busy] = [make(), make()]
      const gate = deferred()
      await idle.open({})
      const request = busy.use({}, () => gate.promise)
      await busy.open({})
      jest.advanceTimersByTime(1000)
      await freed(engine, 1)
      await setImmediate()
      expect(engine.disposed).toEqual(['context'])
      await idle.open({})
      expect(engine.loads).toHaveLength(1)
      gate.resolve()
      await request
      jest.advanceTimersByTime(100)
      await freed(engine, 4)
      expect(engine.disposed).toEqual(['context', 'context', 'context', 'weights'])
    })
  })

  test('is waited for by a request that comes while it is freed', async () => {
    await withSessions(async (engine, make) => {
      await inTemporaryFolder(async (dir) => {
        const session = make({ stateFolder: dir })
        await session.open({})
        jest.advanceTimersByTime(100)
        const request = session.use({}, async () => engine.disposed.length)
        expect(await request).toBe(2)
        expect(engine.states.map((state) => state.split(' ')[0])).toEqual(['save', 'load'])
        await session.close()
      })
    })
  })

  test('has no timer left when it was closed', async () => {
    await withSessions(async (engine, make) => {
      const session = make()
      await session.open({})
      await session.close()
      expect(jest.getTimerCount()).toBe(0)
      expect(engine.disposed).toHaveLength(2)
    })
  })

  test('says so when it could not be freed', async () => {
    await withSessions(async (engine, make) => {
      const warned = jest.spyOn(process, 'emitWarning').mockImplementation(() => {})
      const session = make()
      const { context } = await session.open({})
      context.dispose = () => Promise.reject(new RangeError('stuck'))
      jest.advanceTimersByTime(100)
      await turnsUntil(() => warned.mock.calls.length > 0)
      expect(warned.mock.calls).toEqual([
        [`The model '${pocketPath}' was not freed: stuck.`, { code: 'MILLRACE_UNLOAD_FAILED' }],
      ])
      warned.mockRestore()
      expect(engine.disposed).toEqual([])
    })
  })
})

describe('the state of a session', () => {
  test('is saved when it is closed and read when it is opened', async () => {
    await withSessions(async (engine, make) => {
      await inTemporaryFolder(async (dir) => {
        const session = make({ stateFolder: 'states' })
        await session.open({ baseDir: dir })
        expect(engine.states).toEqual([])
        await session.close()
        await session.open({})
        const [saved, loaded] = engine.states
        expect(saved).toContain(`save ${dir}/states/`)
        expect(loaded).toBe(saved?.replace('save', 'load'))
        await session.close()
      })
    })
  })

  test('is saved on demand', async () => {
    await withSessions(async (engine, make) => {
      await inTemporaryFolder(async (dir) => {
        expect(await make().saveState(dir)).toBe(1)
        expect(engine.states).toEqual([expect.stringContaining(`save ${dir}`)])
      })
    })
  })

  test('is nothing where the context keeps none', async () => {
    const engine = new ScriptedEngine()
    await inTemporaryFolder(async (dir) => {
      const session = new ModelSession({ model: pocketPath, stateFolder: dir }, engine, async () => ({
        dispose: async () => {},
      }))
      expect(await session.saveState(dir)).toBe(0)
      await session.close()
      expect(engine.states).toEqual([])
    })
  })
})

describe('the memory of a session', () => {
  const huge = { nCtx: 1_000_000_000, slots: 256 }

  test('is looked at before anything is loaded', async () => {
    const engine = new ScriptedEngine()
    const session = new ModelSession({ model: pocketPath, ...huge }, engine)
    await expect(session.open({})).rejects.toMatchObject({ code: 'OUT_OF_MEMORY', path: pocketPath })
    expect(engine.loads).toEqual([])
  })

  test('is not looked at where that is switched off', async () => {
    const engine = new ScriptedEngine()
    const session = new ModelSession({ model: pocketPath, ...huge, checkMemory: false }, engine)
    await session.open({})
    expect(engine.opened).toMatchObject([huge])
    await session.close()
  })
})

describe('an engine without files', () => {
  test('gets the name of the model as it is', async () => {
    const engine = Object.assign(new ScriptedEngine(), { needsFiles: false })
    await inTemporaryFolder(async (dir) => {
      const session = new ModelSession(
        { model: 'none.gguf', nCtx: 1e9, slots: 256, stateFolder: dir },
        engine,
      )
      await session.open({})
      await session.close()
      expect(engine.loads).toMatchObject([{ modelPath: 'none.gguf' }])
      expect(engine.states).toEqual([])
    })
  })
})
