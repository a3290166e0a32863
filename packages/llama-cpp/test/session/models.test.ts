import { setImmediate } from 'node:timers/promises'
import { describe, expect, test } from '@jest/globals'
import type { WeightsSpec } from '../../src/engines/engine.ts'
import { areLoaded, leaseWeights } from '../../src/session/models.ts'
import { deferred } from '../deferred.ts'
import { ScriptedEngine } from '../scripted-engine.ts'

const spec: WeightsSpec = {
  modelPath: '/models/a.gguf',
  nGpuLayers: 0,
  useMmap: true,
  useMlock: false,
  kvOverrides: {},
  numa: false,
  verbose: false,
}

describe('leaseWeights', () => {
  test('loads once for all that ask for the same', async () => {
    const engine = new ScriptedEngine()
    const together = await Promise.all([leaseWeights(engine, spec, {}), leaseWeights(engine, spec, {})])
    const later = await leaseWeights(engine, { ...spec }, {})
    expect(engine.loads).toEqual([spec])
    expect(new Set([...together, later].map((lease) => lease.weights)).size).toBe(1)
    for (const lease of [...together, later]) await lease.release()
  })

  test('frees the weights with the last lease, however often each is released', async () => {
    const engine = new ScriptedEngine()
    const [one, other] = [await leaseWeights(engine, spec, {}), await leaseWeights(engine, spec, {})]
    await Promise.all([one.release(), one.release(), one.release()])
    expect(engine.disposed).toEqual([])
    await other.release()
    expect(engine.disposed).toEqual(['weights'])
  })

  test('loads again after that', async () => {
    const engine = new ScriptedEngine()
    await (await leaseWeights(engine, spec, {})).release()
    await (await leaseWeights(engine, spec, {})).release()
    expect(engine.loads).toHaveLength(2)
    expect(engine.disposed).toEqual(['weights', 'weights'])
  })

  test.each<Partial<WeightsSpec>>([
    { modelPath: '/models/b.gguf' },
    { nGpuLayers: -1 },
    { kvOverrides: { 'llama.context_length': 64 } },
    { useMmap: false },
  ])('loads apart what differs in %j', async (difference) => {
    const engine = new ScriptedEngine()
    const leases = [
      await leaseWeights(engine, spec, {}),
      await leaseWeights(engine, { ...spec, ...difference }, {}),
    ]
    expect(engine.loads).toHaveLength(2)
    for (const lease of leases) await lease.release()
  })

  test('does not share between engines', async () => {
    const [one, other] = [new ScriptedEngine(), new ScriptedEngine()]
    const leases = [await leaseWeights(one, spec, {}), await leaseWeights(other, spec, {})]
    expect([one.loads.length, other.loads.length]).toEqual([1, 1])
    for (const lease of leases) await lease.release()
  })

  test('tells all that wait how far the load is', async () => {
    const engine = new ScriptedEngine()
    const gate = deferred()
    engine.onLoad = async ({ onProgress }) => {
      await gate.promise
      onProgress?.(0.5)
    }
    const heard: string[] = []
    const leases = Promise.all(
      ['a', 'b'].map((name) =>
        leaseWeights(engine, spec, { onProgress: (part) => heard.push(`${name} ${part}`) }),
      ),
    )
    gate.resolve()
    for (const lease of await leases) await lease.release()
    expect(heard).toEqual(['a 0.5', 'b 0.5'])
  })

  test('lets one abort and leaves the load to the other', async () => {
    const engine = new ScriptedEngine()
    const gate = deferred()
    let told: AbortSignal | undefined
    engine.onLoad = ({ signal }) => {
      told = signal
      return gate.promise
    }
    const controller = new AbortController()
    const [leaves, stays] = [
      leaseWeights(engine, spec, { signal: controller.signal }),
      leaseWeights(engine, spec, {}),
    ]
    controller.abort('left')
    await expect(leaves).rejects.toBe('left')
    expect(told?.aborted).toBe(false)
    gate.resolve()
    await (await stays).release()
    expect(engine.loads).toHaveLength(1)
  })

  test('stops the load when the last one aborts, and loads anew for who comes meanwhile', async () => {
    const engine = new ScriptedEngine()
    const stopped = deferred()
    let told: unknown
    engine.onLoad = ({ signal }) => {
      signal?.addEventListener('abort', () => {
        told = signal.reason
      })
      return stopped.promise
    }
    const controller = new AbortController()
    const leaving = leaseWeights(engine, spec, { signal: controller.signal })
    controller.abort('left')
    await setImmediate()
    expect(told).toMatchObject({ name: 'AbortError' })
    engine.onLoad = undefined
    const next = await leaseWeights(engine, spec, {})
    stopped.reject(told)
    await expect(leaving).rejects.toBe('left')
    expect([engine.loads.length, engine.disposed.length]).toEqual([2, 0])
    await next.release()
  })

  test('frees weights that come in spite of the abort', async () => {
    const engine = new ScriptedEngine()
    const gate = deferred()
    engine.onLoad = () => gate.promise
    const controller = new AbortController()
    const leaving = leaseWeights(engine, spec, { signal: controller.signal })
    controller.abort('left')
    gate.resolve()
    await expect(leaving).rejects.toBe('left')
    expect(engine.disposed).toEqual(['weights'])
  })

  test('fails for all that wait, and loads anew for the next', async () => {
    const engine = new ScriptedEngine()
    const broken = new RangeError('broken')
    engine.onLoad = () => Promise.reject(broken)
    const both = [leaseWeights(engine, spec, {}), leaseWeights(engine, spec, {})]
    expect(await Promise.allSettled(both)).toEqual(
      Array.from({ length: 2 }, () => ({ status: 'rejected', reason: broken })),
    )
    engine.onLoad = undefined
    await (await leaseWeights(engine, spec, {})).release()
    expect(engine.loads).toHaveLength(2)
  })

  test('loads nothing through a signal that has aborted', async () => {
    const engine = new ScriptedEngine()
    await expect(leaseWeights(engine, spec, { signal: AbortSignal.abort('before') })).rejects.toBe('before')
    expect(engine.loads).toEqual([])
  })
})

describe('areLoaded', () => {
  test('is true from the beginning of a load until the last lease is released', async () => {
    const engine = new ScriptedEngine()
    const seen = [areLoaded(engine, spec)]
    const leasing = leaseWeights(engine, spec, {})
    seen.push(areLoaded(engine, { ...spec }))
    const lease = await leasing
    seen.push(areLoaded(engine, spec), areLoaded(engine, { ...spec, useMmap: false }))
    await lease.release()
    expect([...seen, areLoaded(engine, spec)]).toEqual([false, true, true, false, false])
  })
})
