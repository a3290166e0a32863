import { describe, expect, test } from '@jest/globals'
import { ChatMessage, defineComponent, Pipeline, t } from '@millrace/core'
import { RunTrace } from '../../src/output/run-trace.ts'
import { UsageCounter } from '../../src/output/usage.ts'
import { samplePipeline } from '../parts.ts'

function reply(promptTokens: number, completionTokens: number, predictedMs: number, cachedTokens = 0) {
  const usage = { promptTokens, completionTokens, cachedTokens }
  return ChatMessage.assistant({ text: 'a', meta: { usage, timings: { predictedMs } } })
}

describe('UsageCounter', () => {
  test('adds up the replies of a run', () => {
    const counter = new UsageCounter()
    counter.count({ replies: [reply(10, 5, 40, 3)] })
    counter.count({ replies: [reply(20, 7, 60)] })
    expect(counter.total()).toEqual({
      replies: 2,
      promptTokens: 30,
      completionTokens: 12,
      totalTokens: 42,
      cachedTokens: 3,
      tokensPerSecond: 100,
    })
  })

  test('counts a reply once that others pass on', () => {
    const counter = new UsageCounter()
    const message = reply(10, 5, 40)
    counter.count({ replies: [message] })
    counter.ignore({ values: [message] })
    counter.count({ joined: [message] })
    expect(counter.total()).toMatchObject({ replies: 1, promptTokens: 10 })
  })

  test('does not count what the caller brought along', () => {
    const counter = new UsageCounter()
    const earlier = reply(10, 5, 40)
    counter.ignore({ messages: [earlier] })
    counter.count({ messages: [earlier, reply(1, 2, 10)] })
    expect(counter.total()).toMatchObject({ replies: 1, promptTokens: 1 })
  })

  test('finds usage in other shapes than messages', () => {
    const counter = new UsageCounter()
    counter.count({ replies: ['a'], meta: [{ usage: { promptTokens: 1, completionTokens: 2 } }] })
    expect(counter.total()).toEqual({
      replies: 1,
      promptTokens: 1,
      completionTokens: 2,
      totalTokens: 3,
      cachedTokens: 0,
      tokensPerSecond: undefined,
    })
  })

  test('has no total when nobody told any usage, and ends on values that hold themselves', () => {
    const counter = new UsageCounter()
    const circle: Record<string, unknown> = { usage: 'none' }
    circle['self'] = circle
    counter.count({ circle, nothing: null, text: 'usage' })
    expect(counter.total()).toBeUndefined()
  })
})

test('a trace of events says what that of the result says, except for what triggered a visit', async () => {
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
    })),
  )
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
      inputs: { text: 'x' },
      error: expect.stringContaining('no'),
    },
  ])
})
