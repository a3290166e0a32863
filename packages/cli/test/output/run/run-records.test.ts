import { describe, expect, test } from '@jest/globals'
import { defineComponent, type ModelCall, Pipeline, t } from '@millrace/core'
import { RunTrace } from '../../../src/output/run/run-trace.ts'
import { UsageCounter } from '../../../src/output/run/usage.ts'
import { samplePipeline } from '../../parts.ts'

function call(
  promptTokens: number,
  completionTokens: number,
  predictedMs: number,
  cachedTokens = 0,
): ModelCall {
  const usage = { promptTokens, completionTokens, cachedTokens }
  return { operation: 'chat', provider: 'p', model: 'm', durationMs: 1, usage, timings: { predictedMs } }
}

describe('UsageCounter', () => {
  test('adds up the calls of a run, embeddings among them, which give no tokens', () => {
    const counter = new UsageCounter()
    counter.add(call(10, 5, 40, 3))
    counter.add(call(20, 7, 60))
    counter.add({ ...call(0, 0, 0), operation: 'embeddings', usage: { promptTokens: 4 } })
    expect(counter.total()).toEqual({
      calls: 3,
      promptTokens: 34,
      completionTokens: 12,
      totalTokens: 46,
      cachedTokens: 3,
      tokensPerSecond: 100,
    })
  })

  test('has no total when no call says what it took', () => {
    const counter = new UsageCounter()
    const { usage: _, ...failed } = call(1, 1, 1)
    counter.add({ ...failed, error: new Error('no') })
    expect(counter.total()).toBeUndefined()
  })
})

test('a trace of events says what that of the result says, except for values and what triggered a visit', async () => {
  const trace = new RunTrace()
  const result = await samplePipeline().run(
    { country: 'France' },
    { onEvent: (event) => trace.onEvent(event) },
  )
  expect(trace.visits).toEqual(
    result.trace.map(({ triggeredBy, ...visit }) => ({
      ...visit,
      start: expect.closeTo(visit.start, 3),
      durationMs: visit.durationMs,
      inputs: {},
      outputs: Object.fromEntries(Object.keys(visit.outputs ?? {}).map((name) => [name, true])),
    })),
  )
})

test('a trace of an endless loop stays small: the first visits of each component, and the last one', async () => {
  const Counts = defineComponent({
    type: 'Counts',
    inputs: { start: t.optional(t.integer()), value: t.optional(t.integer()) },
    outputs: { value: t.optional(t.integer()), end: t.optional(t.integer()) },
    run: ({ start = 0, value = start }) => (value < 3000 ? { value: value + 1 } : { end: value }),
  })
  const trace = new RunTrace()
  const loop: Pipeline = new Pipeline({ a: new Counts(), b: new Counts() }, { maxRunsPerComponent: 5000 })
  loop.connect('a.value', 'b.value').connect('b.value', 'a.value')
  await loop.run({ a: { start: 0 } }, { onEvent: (event) => trace.onEvent(event) })
  expect(trace.visits).toHaveLength(2002)
  expect(trace.visits.at(-1)?.outputs).toEqual({ end: true })
  expect(trace.omitted + trace.visits.length).toBe(3001)
})

test('a visit that failed has its error, and one that did not end has no duration', async () => {
  const Broken = defineComponent({
    type: 'Broken',
    inputs: { text: t.string() },
    outputs: {},
    run: () => {
      throw new RangeError('no')
    },
  })
  const trace = new RunTrace()
  const run = new Pipeline({ broken: new Broken() }).run(
    { text: 'x' },
    {
      onEvent: (event) => {
        trace.onEvent(event)
        if (event.type === 'componentStart') expect(trace.visits[0]?.durationMs).toBeNaN()
      },
    },
  )
  await expect(run).rejects.toThrow('no')
  expect(trace.visits).toEqual([
    {
      component: 'broken',
      type: 'Broken',
      visit: 1,
      start: expect.any(Number),
      durationMs: expect.any(Number),
      inputs: {},
      error: expect.stringContaining('no'),
    },
  ])
})
