import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals'
import { defineComponent } from '../../src/component/define-component.ts'
import { t } from '../../src/component/t.ts'
import { Pipeline } from '../../src/pipeline/pipeline.ts'
import { Double, Slow } from '../fixtures/index.ts'
import { withFakeTimers } from '../pipeline/fake-timers.ts'

const First = defineComponent({
  type: 'First',
  inputs: { values: t.greedy(t.integer()) },
  outputs: { value: t.integer() },
  run: ({ values }) => ({ value: values[0] ?? 0 }),
})

/** What it rejects with, its code before it where it has one. */
async function rejection(attempt: () => unknown): Promise<string> {
  try {
    await attempt()
    return 'nothing was thrown'
  } catch (error) {
    const { code, name, message } = error as { code?: unknown; name?: string; message?: string }
    return `${typeof code === 'string' ? code : name}: ${message}`
  }
}

const warned: string[] = []
let spy: { mockRestore(): void }

beforeEach(() => {
  warned.length = 0
  spy = jest.spyOn(process, 'emitWarning').mockImplementation((message: string | Error) => {
    warned.push(String(message))
  })
})

afterEach(() => spy.mockRestore())

/** A loop that ends only when it is stopped. */
function endless(async: boolean): Pipeline {
  const Next = defineComponent({
    type: 'Next',
    inputs: { value: t.integer() },
    outputs: { value: t.integer() },
    run: ({ value }) => (async ? Promise.resolve({ value: value + 1 }) : { value: value + 1 }),
  })
  const pipeline: Pipeline = new Pipeline(
    { first: new First(), next: new Next() },
    { maxRunsPerComponent: 2 ** 32 - 1 },
  )
  return pipeline.connect('first.value', 'next.value').connect('next.value', 'first.values')
}

describe.each([
  ['sync', false],
  ['async', true],
])('a loop of %s components that does not end', (_, async) => {
  test('is stopped by a timer, a signal, a time limit and close', async () => {
    const stopsBy: ((pipeline: Pipeline) => Promise<unknown>)[] = [
      (pipeline) => pipeline.run({ values: 1 }, { signal: AbortSignal.timeout(30) }),
      (pipeline) => pipeline.run({ values: 1 }, { timeoutMs: 30 }),
      (pipeline) => {
        const running = pipeline.run({ values: 1 })
        setTimeout(() => void pipeline.close(), 30)
        return running
      },
      (pipeline) => {
        const inner = pipeline.asComponent({ inputs: { value: ['first.values'] }, outputs: {} })
        return new Pipeline({ inner }).run({ value: 1 }, { timeoutMs: 30 })
      },
    ]
    for (const stop of stopsBy) {
      expect(await rejection(() => stop(endless(async)))).toMatch(/^(TimeoutError|RUN_TIMEOUT|RUN_CLOSED)/)
    }
    expect(warned).toEqual([])
  })
})

test('the trace of a long run has the first and the last visits, and says how many it lacks', async () => {
  const Until = defineComponent({
    type: 'Until',
    inputs: { value: t.integer() },
    outputs: { again: t.optional(t.integer()), done: t.optional(t.integer()) },
    run: ({ value }) => (value < 5000 ? { again: value + 1 } : { done: value }),
  })
  const pipeline: Pipeline = new Pipeline(
    { first: new First(), until: new Until() },
    { maxRunsPerComponent: 10_000 },
  )
    .connect('first.value', 'until.value')
    .connect('until.again', 'first.values')
  const { trace, omittedVisits } = await pipeline.run({ values: 1 }, { maxTrace: 7 })
  expect(omittedVisits).toBe(10_000 - 7)
  expect(trace.map(({ component, visit }) => `${component} ${visit}`)).toEqual([
    'first 1',
    'until 1',
    'first 2',
    'until 2',
    'until 4999',
    'first 5000',
    'until 5000',
  ])
  const whole = await pipeline.run({ values: 4999 })
  expect([whole.trace.length, whole.omittedVisits]).toEqual([4, 0])
  expect((await pipeline.run({ values: 4999 }, { maxTrace: 0 })).trace).toEqual([])
})

test('a visit that had not ended when it left the trace is in the snapshot', async () => {
  const slow = new Slow()
  const Fails = defineComponent({
    type: 'Fails',
    inputs: { value: t.integer() },
    outputs: { value: t.integer() },
    run: async ({ value }) => {
      if (value === 50) throw new RangeError('no')
      return { value: value + 1 }
    },
  })
  const pipeline: Pipeline = new Pipeline({ slow, first: new First(), fails: new Fails() })
    .connect('first.value', 'fails.value')
    .connect('fails.value', 'first.values')
  const error = await pipeline
    .run({ slow: { value: 1 }, first: { values: 1 } }, { maxTrace: 3, concurrency: 2 })
    .catch((reason: unknown) => reason)
  expect(error).toMatchObject({
    component: 'fails',
    snapshot: { pending: [{ component: 'slow' }, { component: 'fails' }] },
  })
})

describe('a component that does not listen to its signal', () => {
  test.each(['signal', 'timeoutMs', 'its own time limit', 'a failure beside it', 'close'])(
    'holds the run for the grace time, and no longer: %s',
    async (why) => {
      await withFakeTimers(async (advance) => {
        const [deaf, other] = [new Slow({ deaf: true }), new Slow()]
        const policies = why === 'its own time limit' ? { deaf: { timeoutMs: 10 } } : {}
        const pipeline: Pipeline = new Pipeline({ deaf, other, double: new Double() }, { policies })
        if (why === 'a failure beside it') {
          other.run = () => Promise.reject(new RangeError('no'))
        }
        const controller = new AbortController()
        let settled = ''
        const running = pipeline
          .run(
            { value: 1 },
            { graceMs: 300, signal: controller.signal, ...(why === 'timeoutMs' ? { timeoutMs: 10 } : {}) },
          )
          .catch((error: unknown) => {
            settled = String(error)
          })
        await deaf.started()
        await advance(10)
        if (why === 'signal') controller.abort('enough')
        const closing = why === 'close' ? pipeline.close() : undefined
        await advance(270)
        expect([settled, warned]).toEqual(['', []])
        await advance(40)
        await running
        await closing
        expect(settled).not.toBe('')
        expect(warned).toEqual([
          "'deaf' (Slow) was still running 300 ms after it was aborted, and was left behind: it does not listen to its signal. What it still gives is dropped.",
        ])
        // Too late.
        deaf.release()
        await advance(10)
      })
    },
  )

  test('inside another pipeline is named itself, once', async () => {
    await withFakeTimers(async (advance) => {
      const deaf = new Slow({ deaf: true })
      const outer = new Pipeline({ inner: new Pipeline({ deaf }).asComponent() })
      const controller = new AbortController()
      const running = rejection(() => outer.run({ value: 1 }, { signal: controller.signal, graceMs: 100 }))
      await deaf.started()
      controller.abort(new RangeError('enough'))
      await advance(100)
      expect(await running).toBe('RangeError: enough')
      expect(warned).toEqual([expect.stringContaining("'deaf' (Slow) was still running")])
    })
  })

  test('does not hold warmUp, nor close, while it loads', async () => {
    await withFakeTimers(async (advance) => {
      const loading = Object.assign(new Double(), { warmUp: () => new Promise<void>(() => {}) })
      const pipeline = new Pipeline({ loading })
      const controller = new AbortController()
      const warming = rejection(() => pipeline.warmUp({ signal: controller.signal, graceMs: 100 }))
      const running = rejection(() => pipeline.run({ value: 1 }, { graceMs: 100 }))
      controller.abort(new RangeError('enough'))
      const closing = pipeline.close()
      await advance(100)
      await closing
      expect([await warming, await running]).toEqual([
        'RangeError: enough',
        expect.stringContaining('RUN_CLOSED'),
      ])
      expect(warned.length).toBe(2)
      expect(warned[0]).toContain("'loading' (Double) was still being made ready 100 ms after it was aborted")
    })
  })
})

test.each(['itself', 'around it'])(
  'a component cannot close the pipeline %s: an error says so',
  async (which) => {
    const Closes = defineComponent({
      type: 'Closes',
      inputs: { value: t.integer() },
      outputs: { value: t.integer() },
      run: async ({ value }) => {
        await (which === 'itself' ? inner : outer).close()
        return { value }
      },
    })
    const inner: Pipeline = new Pipeline({ closes: new Closes() })
    const outer: Pipeline = new Pipeline({ inner: inner.asComponent() })
    expect(await rejection(() => outer.run({ value: 1 }))).toMatch(
      /^RUN_CLOSE_INSIDE: A component cannot close the pipeline that is running it/,
    )
  },
)

test.each([{}, 'x', null, { aborted: false }])('what is not a signal is refused: %p', async (signal) => {
  const pipeline = new Pipeline({ double: new Double() })
  const options = { signal } as unknown as { readonly signal: AbortSignal }
  for (const attempt of [
    () => pipeline.run({ value: 1 }, options),
    () => pipeline.stream({ value: 1 }, options).result,
    () => pipeline.resume({}, options),
    () => pipeline.warmUp(options),
  ]) {
    expect(await rejection(attempt)).toMatch(/^PIPELINE_INVALID_OPTION: signal must be an AbortSignal/)
  }
})
