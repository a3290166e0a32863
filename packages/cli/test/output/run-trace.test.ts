import { expect, test } from '@jest/globals'
import { defineComponent, Pipeline, t } from '@millrace/core'
import { RunTrace } from '../../src/output/run-trace.ts'
import { samplePipeline } from '../parts.ts'

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
