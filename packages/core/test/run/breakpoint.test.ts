import { describe, expect, test } from '@jest/globals'
import { Pipeline } from '../../src/pipeline/pipeline.ts'
import { AddFixedValue, BranchJoiner, Double, Fail, Recorder, Slow, Threshold } from '../fixtures/index.ts'
import { stopped } from '../pipeline/stopped.ts'
import { thrownBy } from '../pipeline/thrown.ts'

/** Doubles until the value is above 10. */
const doubling = (): Pipeline =>
  new Pipeline({ joiner: new BranchJoiner(), below: new Threshold(), double: new Double() })
    .connect('joiner.value', 'below.value')
    .connect('below.below', 'double.value')
    .connect('double.value', 'joiner.value')

const three = (): Pipeline => new Pipeline({ a: new Double(), b: new Double(), c: new Double() })

describe('a breakpoint', () => {
  test('stops before the first visit of its component', async () => {
    const recorder = new Recorder()
    const pipeline = new Pipeline({ add: new AddFixedValue(), double: new Double() }).connect(
      'add.result',
      'double.value',
    )
    const result = await pipeline.run(
      { add: { value: 1 } },
      { breakAt: { component: 'double' }, onEvent: recorder.onEvent },
    )
    expect(result).toMatchObject({
      status: 'paused',
      questions: [],
      snapshot: { reason: 'breakpoint', at: { component: 'double', visit: 1 } },
    })
    expect(await thrownBy(() => result.get('double.value'))).toBe(
      "RUN_NO_OUTPUT: 'double.value' has no value yet: the run is paused before visit 1 of 'double'. Go on with pipeline.resume(result.snapshot).",
    )
    expect(recorder.inputs).toEqual({ add: [{ value: 1 }] })
    expect(recorder.events.at(-1)).toMatchObject({ type: 'runEnd', status: 'paused' })
  })

  test('stops before a later visit', async () => {
    const recorder = new Recorder()
    const breakAt = { component: 'below', visit: 3 }
    const running = doubling().run({ joiner: { value: 3 } }, { breakAt, onEvent: recorder.onEvent })
    expect(await stopped(running)).toMatchObject({ at: { component: 'below', visit: 3 } })
    expect(recorder.inputs['joiner']).toEqual([{ value: [3] }, { value: [6] }, { value: [12] }])
    expect(recorder.inputs['below']).toEqual([{ value: 3 }, { value: 6 }])
  })

  test.each([1, Number.POSITIVE_INFINITY])(
    'lets start at concurrency %p what was to start before it, and nothing else',
    async (concurrency) => {
      const recorder = new Recorder()
      const running = three().run(
        { value: 1 },
        { breakAt: { component: 'b' }, concurrency, onEvent: recorder.onEvent },
      )
      expect(await stopped(running)).toMatchObject({ at: { component: 'b', visit: 1 } })
      expect(recorder.inputs).toEqual({ a: [{ value: 1 }] })
    },
  )

  test('lets end what is running, whose outputs are in the snapshot', async () => {
    const slow = new Slow()
    const pipeline = new Pipeline({ slow, add: new AddFixedValue(), double: new Double(), end: new Double() })
      .connect('add.result', 'double.value')
      .connect('slow.value', 'end.value')
    const running = pipeline.run(
      { slow: { value: 7 }, add: { value: 1 } },
      { breakAt: { component: 'double' } },
    )
    const snapshot = stopped(running)
    await slow.started()
    slow.release()
    expect(await snapshot).toMatchObject({
      visits: { slow: 1, add: 1, double: 1, end: 1 },
      pending: [
        { component: 'double', visit: 1, inputs: { value: { value: 2 } } },
        { component: 'end', visit: 1, inputs: { value: { value: 7 } } },
      ],
    })
  })

  test('that is not reached leaves a warning', async () => {
    const warningsOf = async (breakAt: { component: string; visit?: number }) =>
      (await doubling().run({ joiner: { value: 6 } }, { breakAt })).warnings
    expect(await warningsOf({ component: 'below', visit: 3 })).toEqual([
      {
        code: 'BREAKPOINT_NOT_REACHED',
        component: 'below',
        message: "The breakpoint before visit 3 of 'below' (Threshold) was not reached: it ran 2 times.",
      },
    ])
    expect((await warningsOf({ component: 'double', visit: 2 }))[0]?.message).toBe(
      "The breakpoint before visit 2 of 'double' (Double) was not reached: it ran once.",
    )
    const unreached = await doubling().run({ joiner: { value: 11 } }, { breakAt: { component: 'double' } })
    expect(unreached.warnings[0]?.message).toBe(
      "The breakpoint before visit 1 of 'double' (Double) was not reached: it did not run.",
    )
    expect(unreached.outputs).toEqual({ below: { above: 11 } })
  })
})

describe('while a run stops at its breakpoint', () => {
  const stopping = (other: Slow | Fail) =>
    new Pipeline({ other, add: new AddFixedValue(), double: new Double() }).connect(
      'add.result',
      'double.value',
    )
  const inputs = { other: { value: 1 }, add: { value: 1 } }

  test('an abort wins', async () => {
    const slow = new Slow()
    const controller = new AbortController()
    const running = stopping(slow).run(inputs, {
      breakAt: { component: 'double' },
      signal: controller.signal,
    })
    await slow.started()
    controller.abort('enough')
    await expect(running).rejects.toBe('enough')
    expect(slow.told).toEqual(['enough'])
  })

  test('a failure wins, and its snapshot has both', async () => {
    const fail = new Fail({ rejects: true })
    const running = stopping(fail).run(inputs, { breakAt: { component: 'double' } })
    await expect(running).rejects.toMatchObject({ code: 'RUN_COMPONENT_FAILED', component: 'other' })
    expect(await stopped(running)).toMatchObject({
      reason: 'failure',
      at: { component: 'other', visit: 1 },
      pending: [
        { component: 'other', visit: 1 },
        { component: 'double', visit: 1 },
      ],
    })
  })
})

describe('breakAt is refused', () => {
  const run = (breakAt: unknown) =>
    thrownBy(() => three().run({ value: 1 }, { breakAt: breakAt as { component: string } }))

  test('for an unknown component', async () => {
    expect(await thrownBy(() => doubling().run({ value: 1 }, { breakAt: { component: 'belwo' } }))).toBe(
      "PIPELINE_INVALID_OPTION: breakAt names 'belwo', which is not a component. Components: 'joiner', 'below' and 'double'. Did you mean 'below'?",
    )
    expect(await run({ component: 'constructor' })).toMatch(
      /^PIPELINE_INVALID_OPTION: breakAt names 'constructor'/,
    )
    expect(await run('a')).toMatch(/^PIPELINE_INVALID_OPTION: breakAt names 'undefined'/)
  })

  test.each([0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, '2'])('for the visit %p', async (visit) => {
    expect(await run({ component: 'a', visit })).toBe(
      `PIPELINE_INVALID_OPTION: The visit of breakAt must be a whole number from 1 up, not ${visit === '2' ? '"2"' : visit}.`,
    )
  })

  test('before anything is loaded', async () => {
    const pipeline = three()
    let loaded = false
    pipeline.get('a').warmUp = () => {
      loaded = true
    }
    await expect(pipeline.run({ value: 1 }, { breakAt: { component: 'd' } })).rejects.toThrow()
    expect(loaded).toBe(false)
  })
})

describe('breakAt of a resumed run', () => {
  test('is a visit that has not started, also one whose inputs are taken', async () => {
    const first = await stopped(three().run({ value: 1 }, { breakAt: { component: 'a' } }))
    const recorder = new Recorder()
    const running = three().resume(first, { breakAt: { component: 'c' }, onEvent: recorder.onEvent })
    const second = await stopped(running)
    expect(Object.keys(recorder.inputs)).toEqual(['a', 'b'])
    expect((await three().resume(second)).outputs).toEqual({
      a: { value: 2 },
      b: { value: 2 },
      c: { value: 2 },
    })
  })

  test('is none at which the snapshot stands, or that is over', async () => {
    const breakAt = { component: 'below', visit: 2 }
    const snapshot = await stopped(doubling().run({ joiner: { value: 3 } }, { breakAt }))
    const resume = (visit: number) =>
      thrownBy(() => doubling().resume(snapshot, { breakAt: { component: 'below', visit } }))
    expect(await resume(2)).toBe(
      "PIPELINE_INVALID_OPTION: breakAt is visit 2 of 'below', but in the snapshot that one has come already; the next is visit 3.",
    )
    expect(await resume(1)).toBe(
      "PIPELINE_INVALID_OPTION: breakAt is visit 1 of 'below', but in the snapshot that one has come already; the next is visit 3.",
    )
    const third = await doubling().resume(snapshot, { breakAt: { component: 'below', visit: 3 } })
    expect(third.status).toBe('paused')
  })
})
