import { getEventListeners, getMaxListeners } from 'node:events'
import { describe, expect, test } from '@jest/globals'
import { turnsUntil } from '../../../../test/turns-until.ts'
import type { Component } from '../../src/component/component.ts'
import type { RunContext } from '../../src/component/run-context.ts'
import { t } from '../../src/component/t.ts'
import { Pipeline } from '../../src/pipeline/pipeline.ts'
import { AddFixedValue, BranchJoiner, Double, Fail, Recorder, Slow } from '../fixtures/index.ts'
import { withFakeTimers } from '../pipeline/fake-timers.ts'
import { thrownBy } from '../pipeline/thrown.ts'

/** Calls back when it runs. */
class Calls implements Component {
  readonly inputs = { value: t.integer() }
  readonly outputs = { value: t.integer() }
  calls = 0
  readonly #back: () => void
  constructor(back: () => void) {
    this.#back = back
  }
  run({ value }: { readonly value: number }) {
    this.calls++
    this.#back()
    return { value }
  }
}

describe('a signal', () => {
  test('that is aborted already stops the run before anything, with its reason', async () => {
    const fail = new Fail()
    const recorder = new Recorder()
    const reason = { anything: 'at all' }
    const running = new Pipeline({ fail }).run({ nonsense: true } as object, {
      signal: AbortSignal.abort(reason),
      onEvent: recorder.onEvent,
    })
    await expect(running).rejects.toBe(reason)
    expect([fail.calls, recorder.events]).toEqual([0, []])
  })

  test.each([null, 0, '', 'text', new RangeError('x')])(
    'rejects with its reason untouched: %p',
    async (reason) => {
      const controller = new AbortController()
      const slow = new Slow()
      const running = new Pipeline({ slow }).run({ value: 1 }, { signal: controller.signal })
      await slow.started()
      controller.abort(reason)
      await expect(running).rejects.toBe(reason)
    },
  )

  test('rejects with the AbortError of the platform when it has no reason', async () => {
    const controller = new AbortController()
    const slow = new Slow()
    const running = new Pipeline({ slow }).run({ value: 1 }, { signal: controller.signal })
    await slow.started()
    controller.abort()
    await expect(running).rejects.toMatchObject({ name: 'AbortError' })
  })

  test('tells all running components, and starts no other', async () => {
    const controller = new AbortController()
    const [a, b] = [new Slow(), new Slow()]
    const after = new Fail()
    const pipeline = new Pipeline({ a, b, after }).connect('a.value', 'after.value')
    const running = pipeline.run({ value: 1 }, { signal: controller.signal })
    await Promise.all([a.started(), b.started()])
    controller.abort('enough')
    await expect(running).rejects.toBe('enough')
    expect([a.told, b.told, after.calls]).toEqual([['enough'], ['enough'], 0])
  })

  test('does not start what waits for a free place', async () => {
    const controller = new AbortController()
    const slow = new Slow()
    const next = new Fail()
    const running = new Pipeline({ slow, next }).run(
      { value: 1 },
      { signal: controller.signal, concurrency: 1 },
    )
    await slow.started()
    controller.abort('enough')
    await expect(running).rejects.toBe('enough')
    expect(next.calls).toBe(0)
  })

  test('lets the run end only when everything has settled, and takes no more outputs', async () => {
    const controller = new AbortController()
    const deaf = new Slow({ deaf: true })
    const after = new Fail()
    const recorder = new Recorder()
    const pipeline = new Pipeline({ deaf, after }).connect('deaf.value', 'after.value')
    const order: string[] = []
    const running = pipeline
      .run({ deaf: { value: 1 } }, { signal: controller.signal, onEvent: recorder.onEvent })
      .catch((reason) => order.push(`rejected with ${reason}`))
    await deaf.started()
    controller.abort('enough')
    for (let turn = 0; turn < 20; turn++) await undefined
    order.push('released')
    deaf.release()
    await running
    expect(order).toEqual(['released', 'rejected with enough'])
    expect(after.calls).toBe(0)
    expect(recorder.events.map(({ type }) => type)).toEqual([
      'runStart',
      'componentStart',
      'componentEnd',
      'runEnd',
    ])
  })

  test('aborted by a component that runs to its end stops the run after it', async () => {
    const controller = new AbortController()
    const calls = new Calls(() => controller.abort('enough'))
    const after = new Fail()
    const pipeline: Pipeline = new Pipeline({ calls: calls as Component, other: new Fail(), after })
    pipeline.connect('calls.value', 'after.value')
    const running = pipeline.run({ calls: { value: 1 }, other: { value: 1 } }, { signal: controller.signal })
    await expect(running).rejects.toBe('enough')
    expect([calls.calls, after.calls, (pipeline.get('other') as Fail).calls]).toEqual([1, 0, 0])
  })

  test('that aborts after the run changes nothing', async () => {
    const controller = new AbortController()
    const result = await new Pipeline({ double: new Double() }).run(
      { value: 1 },
      { signal: controller.signal },
    )
    controller.abort('late')
    expect(result.outputs).toEqual({ double: { value: 2 } })
  })

  test('has no listener left after 1,000 runs, ended in any way', async () => {
    const { signal } = new AbortController()
    const fine = new Pipeline({ double: new Double() })
    const failing = new Pipeline({ fail: new Fail() })
    const warming = new Pipeline({ double: Object.assign(new Double(), { warmUp: () => {} }) })
    let most = 0
    for (let run = 0; run < 250; run++) {
      await fine.run({ value: run }, { signal })
      await warming.run({ value: run }, { signal })
      await thrownBy(() => failing.run({ value: run }, { signal, timeoutMs: 10_000 }))
      await thrownBy(() => fine.run({ value: 'wrong' as unknown as number }, { signal }))
      most = Math.max(most, getEventListeners(signal, 'abort').length)
    }
    expect(most).toBe(0)
  })

  test('has one listener for a run, however many components it has', async () => {
    const { signal } = new AbortController()
    const slows = Array.from({ length: 20 }, () => new Slow())
    const pipeline: Pipeline = new Pipeline(
      Object.fromEntries(slows.map((slow, index) => [`s${index}`, slow])),
    )
    const running = pipeline.run({ value: 1 }, { signal })
    await Promise.all(slows.map((slow) => slow.started()))
    expect(getEventListeners(signal, 'abort')).toHaveLength(1)
    for (const slow of slows) slow.release()
    await running
  })
})

test('any number of components may listen to the signal of their run', async () => {
  let most: number | undefined
  const pipeline: Pipeline = new Pipeline({ double: new Double() })
  pipeline.get('double').run = ({ value }: { value: number }, context?: RunContext) => {
    // Without it, Node warns of a leak at the eleventh listener.
    most = context && getMaxListeners(context.signal)
    return { value }
  }
  await pipeline.run({ value: 1 })
  expect(most).toBe(Number.POSITIVE_INFINITY)
})

describe('a component that fails', () => {
  test('tells its siblings, and the run waits for them', async () => {
    const slow = new Slow()
    const deaf = new Slow({ deaf: true })
    const pipeline = new Pipeline({ slow, deaf, fail: new Fail({ rejects: true }) })
    const running = pipeline.run({ value: 1 })
    const outcome = thrownBy(() => running)
    await Promise.all([slow.started(), deaf.started()])
    await turnsUntil(() => deaf.told.length > 0)
    expect(slow.waiting).toBe(0)
    deaf.release()
    expect(await outcome).toMatch(/^RUN_COMPONENT_FAILED: 'fail'/)
    expect(slow.told).toEqual([expect.objectContaining({ code: 'RUN_COMPONENT_FAILED', component: 'fail' })])
  })

  test('is the failure of the run, whatever its siblings throw because of it', async () => {
    class Rethrows extends Slow {
      override async run(...parameters: Parameters<Slow['run']>) {
        return super.run(...parameters).catch(() => {
          throw new RangeError('and I failed too')
        })
      }
    }
    const pipeline = new Pipeline({ rethrows: new Rethrows(), fail: new Fail({ rejects: true }) })
    expect(await thrownBy(() => pipeline.run({ value: 1 }))).toMatch(/^RUN_COMPONENT_FAILED: 'fail'/)
  })

  test('before an abort stays the failure', async () => {
    const controller = new AbortController()
    const deaf = new Slow({ deaf: true })
    const pipeline = new Pipeline({ deaf, fail: new Fail() })
    const outcome = thrownBy(() => pipeline.run({ value: 1 }, { signal: controller.signal }))
    await deaf.started()
    controller.abort('later')
    deaf.release()
    expect(await outcome).toMatch(/^RUN_COMPONENT_FAILED: 'fail'/)
  })
})

describe('a time limit for the run', () => {
  test('stops it, and tells what runs', async () => {
    await withFakeTimers(async (advance) => {
      const slow = new Slow()
      const outcome = thrownBy(() => new Pipeline({ slow }).run({ value: 1 }, { timeoutMs: 60_000 }))
      // What getting ready takes is real time, and counts.
      await advance(50_000)
      expect(slow.waiting).toBe(1)
      await advance(10_000)
      expect(await outcome).toBe('RUN_TIMEOUT: The run took longer than its timeoutMs of 60000.')
      expect(slow.told).toEqual([expect.objectContaining({ code: 'RUN_TIMEOUT' })])
    })
  })

  test('leaves no timer behind, however the run ends', async () => {
    await withFakeTimers(async () => {
      const pipeline = new Pipeline({ double: new Double() })
      await pipeline.run({ value: 1 }, { timeoutMs: 100 })
      await thrownBy(() => new Pipeline({ fail: new Fail() }).run({ value: 1 }, { timeoutMs: 100 }))
      const onEvent = () => {
        throw new RangeError('no')
      }
      await expect(pipeline.run({ value: 1 }, { timeoutMs: 100, onEvent })).rejects.toThrow('no')
      const controller = new AbortController()
      const aborting = pipeline.run(
        { value: 1 },
        { timeoutMs: 100, signal: controller.signal, onEvent: () => controller.abort('enough') },
      )
      await expect(aborting).rejects.toBe('enough')
    })
  })
})

test('a run that was aborted in a loop leaves the pipeline as it was', async () => {
  const controller = new AbortController()
  const pipeline: Pipeline = new Pipeline({ joiner: new BranchJoiner(), add: new AddFixedValue() })
  pipeline.connect('joiner.value', 'add.value').connect('add.result', 'joiner.value')
  pipeline
    .add('watch', new Calls(() => controller.abort('enough')) as Component)
    .connect('add.result', 'watch.value')
  const running = pipeline.run({ joiner: { value: 1 } }, { signal: controller.signal })
  await expect(running).rejects.toBe('enough')
  expect(await thrownBy(() => pipeline.run({ joiner: { value: 1 } }))).toMatch(/^RUN_MAX_VISITS/)
})
