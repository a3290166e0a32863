import { getEventListeners } from 'node:events'
import { describe, expect, test } from '@jest/globals'
import type { Component } from '../../src/component/component.ts'
import type { RunContext } from '../../src/component/run-context.ts'
import { t } from '../../src/component/t.ts'
import { RunError } from '../../src/errors.ts'
import type { ComponentPolicy } from '../../src/graph/policy.ts'
import { Pipeline } from '../../src/pipeline/pipeline.ts'
import { AddFixedValue, Double, Fail, Recorder, Slow } from '../fixtures/index.ts'
import { withFakeTimers } from '../pipeline/fake-timers.ts'
import { thrownBy } from '../pipeline/thrown.ts'

/** Hands its context out. */
class Looking implements Component {
  readonly inputs = { value: t.integer() }
  readonly outputs = { value: t.integer() }
  readonly seen: RunContext[] = []
  run({ value }: { readonly value: number }, context: RunContext) {
    this.seen.push(context)
    return { value }
  }
}

function failing(policy: ComponentPolicy, fail = new Fail()) {
  return { fail, pipeline: new Pipeline({ fail }, { policies: { fail: policy } }) }
}

describe('the context of a visit', () => {
  test('says which component, visit and run it is', async () => {
    const looking = new Looking()
    const pipeline: Pipeline = new Pipeline({ looking: looking as Component })
    const { runId } = await pipeline.run({ value: 1 })
    const { component, visit, runId: seen, signal } = looking.seen[0] as RunContext
    expect([component, visit, seen, signal.aborted]).toEqual([
      { name: 'looking', type: 'Looking' },
      1,
      runId,
      false,
    ])
  })

  test('has one signal for all components of a run, and another for each run', async () => {
    const [first, second] = [new Looking(), new Looking()]
    const pipeline: Pipeline = new Pipeline({ first: first as Component, second: second as Component })
    await pipeline.run({ value: 1 })
    await pipeline.run({ value: 1 })
    expect(first.seen[0]?.signal).toBe(second.seen[0]?.signal)
    expect(first.seen[0]?.signal).not.toBe(first.seen[1]?.signal)
  })

  test('whose signal is asked for only after the run failed has an aborted one', async () => {
    const looking = new Looking()
    const pipeline: Pipeline = new Pipeline({ looking: looking as Component, fail: new Fail() })
    const message = await thrownBy(() => pipeline.run({ value: 1 }))
    expect(message).toBe("RUN_COMPONENT_FAILED: 'fail' (Fail) failed: It was planned.")
    expect(looking.seen[0]?.signal.reason).toBeInstanceOf(RunError)
  })
})

describe('a component with retries', () => {
  test('is called until it works', async () => {
    const { fail, pipeline } = failing({ retry: { attempts: 3 } }, new Fail({ times: 2 }))
    const recorder = new Recorder()
    const result = await pipeline.run({ value: 5 }, { onEvent: recorder.onEvent })
    expect([result.outputs, fail.calls]).toEqual([{ fail: { value: 5 } }, 3])
    // One visit, however many attempts.
    expect(recorder.visits).toMatchObject([{ component: 'fail', visit: 1, outputs: { value: 5 } }])
  })

  test('fails with the last error when the attempts are used up', async () => {
    const { fail, pipeline } = failing({ retry: { attempts: 3 } })
    expect(await thrownBy(() => pipeline.run({ value: 5 }))).toBe(
      "RUN_COMPONENT_FAILED: 'fail' (Fail) failed: It was planned.",
    )
    expect(fail.calls).toBe(3)
  })

  test('is called once with one attempt', async () => {
    const { fail, pipeline } = failing({ retry: { attempts: 1 } })
    await thrownBy(() => pipeline.run({ value: 5 }))
    expect(fail.calls).toBe(1)
  })

  const thrown: [what: string, error: unknown, on: string[], calls: number][] = [
    ['by its name', new RangeError('x'), ['TypeError', 'RangeError'], 2],
    ['by the code of our errors', new RunError('RUN_NO_OUTPUT', 'x'), ['RUN_NO_OUTPUT'], 2],
    ['by the code of any error', Object.assign(new Error('x'), { code: 'ECONNRESET' }), ['ECONNRESET'], 2],
    ['not when it is another', new RangeError('x'), ['TypeError', 'ECONNRESET'], 1],
    ['not when it is none', undefined, ['undefined'], 1],
    ['not when the list is empty', new RangeError('x'), [], 1],
  ]
  test.each(thrown)('tries an error again %s', async (_, error, on, calls) => {
    const { fail, pipeline } = failing({ retry: { attempts: 2, on } })
    let called = 0
    fail.run = () => {
      called++
      throw error
    }
    await thrownBy(() => pipeline.run({ value: 5 }))
    expect(called).toBe(calls)
  })

  test('waits between its attempts, twice as long each time', async () => {
    await withFakeTimers(async (advance) => {
      const { fail, pipeline } = failing({ retry: { attempts: 4, backoffMs: 100 } })
      const running = thrownBy(() => pipeline.run({ value: 5 }))
      const calls: number[] = []
      for (const ms of [0, 99, 1, 199, 1, 399, 1]) {
        await advance(ms)
        calls.push(fail.calls)
      }
      expect(calls).toEqual([1, 1, 2, 2, 3, 3, 4])
      expect(await running).toMatch(/^RUN_COMPONENT_FAILED/)
    })
  })

  test('never waits longer than a timer can', async () => {
    await withFakeTimers(async (advance) => {
      const { fail, pipeline } = failing({ retry: { attempts: 40, backoffMs: 2 ** 31 - 1 } })
      const running = thrownBy(() => pipeline.run({ value: 5 }))
      await advance(2 ** 31 - 2)
      expect(fail.calls).toBe(1)
      await advance(1)
      expect(fail.calls).toBe(2)
      await advance(2 ** 31 - 2)
      expect(fail.calls).toBe(2)
      await advance(1)
      expect(fail.calls).toBe(3)
      await pipeline.close()
      expect(await running).toMatch(/^RUN_CLOSED/)
    })
  })

  test('stops waiting when the run is aborted, with the reason', async () => {
    await withFakeTimers(async (advance) => {
      const controller = new AbortController()
      const { fail, pipeline } = failing({ retry: { attempts: 3, backoffMs: 1_000 } })
      const running = pipeline.run({ value: 5 }, { signal: controller.signal })
      const outcome = expect(running).rejects.toBe('enough')
      await advance(500)
      controller.abort('enough')
      await outcome
      expect(fail.calls).toBe(1)
    })
  })

  test('is not tried again after an abort', async () => {
    const controller = new AbortController()
    const slow = new Slow()
    const pipeline = new Pipeline({ slow }, { policies: { slow: { retry: { attempts: 5 } } } })
    const running = pipeline.run({ value: 1 }, { signal: controller.signal })
    await slow.started()
    controller.abort('enough')
    await expect(running).rejects.toBe('enough')
    expect(slow.told).toEqual(['enough'])
  })
})

describe('a component with a time limit', () => {
  const limited = (slow: Slow, policy: ComponentPolicy = { timeoutMs: 100 }) =>
    new Pipeline({ slow, double: new Double() }, { policies: { slow: policy } }).connect(
      'slow.value',
      'double.value',
    )

  const refusal = "RUN_TIMEOUT: 'slow' (Slow) took longer than its timeoutMs of 100."

  test('fails the run when it takes longer, and is told', async () => {
    await withFakeTimers(async (advance) => {
      const slow = new Slow()
      const running = thrownBy(() => limited(slow).run({ slow: { value: 1 } }))
      await advance(99)
      expect(slow.waiting).toBe(1)
      await advance(1)
      expect(await running).toBe(refusal)
      expect([slow.waiting, slow.told]).toEqual([
        0,
        [expect.objectContaining({ component: 'slow', visit: 1 })],
      ])
    })
  })

  test('is not failed when it is done before', async () => {
    await withFakeTimers(async (advance) => {
      const slow = new Slow()
      const running = limited(slow).run({ slow: { value: 1 } })
      await advance(99)
      slow.release()
      expect((await running).outputs).toEqual({ double: { value: 2 } })
    })
  })

  test('is failed when it does not listen and gives its outputs too late', async () => {
    await withFakeTimers(async (advance) => {
      const slow = new Slow({ deaf: true })
      const running = thrownBy(() => limited(slow).run({ slow: { value: 1 } }))
      await advance(150)
      slow.release()
      expect(await running).toBe(refusal)
    })
  })

  test('has it for all its attempts together', async () => {
    await withFakeTimers(async (advance) => {
      const { fail, pipeline } = failing({ retry: { attempts: 10, backoffMs: 40 }, timeoutMs: 100 })
      const running = thrownBy(() => pipeline.run({ value: 1 }))
      await advance(100)
      expect(await running).toBe("RUN_TIMEOUT: 'fail' (Fail) took longer than its timeoutMs of 100.")
      expect(fail.calls).toBe(2)
    })
  })

  test('has it anew on every visit', async () => {
    await withFakeTimers(async (advance) => {
      const slow = new Slow()
      const pipeline: Pipeline = limited(slow)
      for (let run = 0; run < 3; run++) {
        const running = pipeline.run({ slow: { value: 1 } })
        await advance(80)
        slow.release()
        expect((await running).outputs).toEqual({ double: { value: 2 } })
      }
    })
  })

  test('tells its siblings that it took too long', async () => {
    await withFakeTimers(async (advance) => {
      const [slow, sibling] = [new Slow(), new Slow()]
      const pipeline = new Pipeline({ slow, sibling }, { policies: { slow: { timeoutMs: 100 } } })
      const running = thrownBy(() => pipeline.run({ value: 1 }))
      await advance(100)
      expect(await running).toBe(refusal)
      expect(sibling.told).toEqual([expect.objectContaining({ code: 'RUN_TIMEOUT' })])
    })
  })
})

test("a component's own signal is told by the run's, and lets go of it afterwards", async () => {
  const looking = new Looking()
  const watching = new Looking()
  const pipeline: Pipeline = new Pipeline(
    { add: new AddFixedValue(), looking: looking as Component, watching: watching as Component },
    { policies: { looking: { timeoutMs: 1_000 } } },
  )
  pipeline.connect('add.result', 'looking.value').connect('looking.value', 'watching.value')
  await pipeline.run({ add: { value: 1 } })
  const [own, shared] = [looking.seen[0]?.signal, watching.seen[0]?.signal]
  expect(own).not.toBe(shared)
  expect(getEventListeners(shared as AbortSignal, 'abort')).toEqual([])
})
