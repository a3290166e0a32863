import { describe, expect, test } from '@jest/globals'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { defineComponent } from '../../src/component/define-component.ts'
import { t } from '../../src/component/t.ts'
import { isJsonValue } from '../../src/json.ts'
import { Pipeline } from '../../src/pipeline/pipeline.ts'
import { snapshotSchema } from '../../src/snapshot/snapshot.ts'
import { AddFixedValue, BranchJoiner, Double, Fail, Parity, Slow, Subtract, Sum } from '../fixtures/index.ts'
import { withFakeTimers } from '../pipeline/fake-timers.ts'
import { stopped } from '../pipeline/stopped.ts'

const gather = (): Pipeline =>
  new Pipeline(
    { add: new AddFixedValue(), parity: new Parity(), sum: new Sum(), end: new Double() },
    { outputs: { added: 'add.result' } },
  )
    .connect('add.result', 'parity.value')
    .connect('parity.even', 'sum.values')
    .connect('parity.odd', 'sum.values')
    .connect('sum.total', 'end.value')

describe('a snapshot', () => {
  test('holds all of a run that stopped, as JSON', async () => {
    const snapshot = await stopped(
      gather().run(
        { add: { value: 1 }, sum: { values: 10 } },
        { breakAt: { component: 'parity' }, includeOutputsFrom: ['add'] },
      ),
    )
    expect(snapshot).toEqual({
      version: 1,
      created: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
      reason: 'breakpoint',
      at: { component: 'parity', visit: 1 },
      graph: {
        components: { add: 'AddFixedValue', parity: 'Parity', sum: 'Sum', end: 'Double' },
        connections: [
          ['add.result', 'parity.value'],
          ['parity.even', 'sum.values'],
          ['parity.odd', 'sum.values'],
          ['sum.total', 'end.value'],
        ],
      },
      includeOutputsFrom: ['add'],
      visits: { add: 1, parity: 1, sum: 0, end: 0 },
      inputs: [
        { socket: 'add.value', value: 1 },
        { socket: 'sum.values', value: 10 },
      ],
      arrived: [],
      pending: [{ component: 'parity', visit: 1, eager: false, inputs: { value: { value: 2 } } }],
      outputs: { add: { result: { value: 2 } } },
      named: { added: { value: 2 } },
      warnings: [],
    })
    const isValid = new Ajv2020({ strict: true, strictRequired: false }).compile(snapshotSchema)
    expect(isValid(snapshot)).toBe(true)
    expect(isJsonValue(snapshotSchema)).toBe(true)
  })
})

const Frame = defineComponent({
  type: 'Frame',
  inputs: { frame: t.optional(t.custom<Map<string, number>>('Frame', (value) => value instanceof Map)) },
  outputs: {
    frame: t.custom<Map<string, number>>('Frame', (value) => value instanceof Map),
    odd: t.optional(t.unknown()),
  },
  run: () => ({ frame: new Map(), odd: undefined }),
})

describe('a value that is not JSON', () => {
  test('is left out, with its type', async () => {
    const pipeline: Pipeline = new Pipeline({ a: new Frame(), b: new Frame() }).connect('a.frame', 'b.frame')
    const running = pipeline.run({}, { breakAt: { component: 'b' }, includeOutputsFrom: ['a'] })
    expect(await stopped(running)).toMatchObject({
      pending: [{ component: 'b', inputs: { frame: { omitted: 'Frame' } } }],
      outputs: { a: { frame: { omitted: 'Frame' } } },
    })
  })

  test('does no harm, even if looking at it throws', async () => {
    const Odd = defineComponent({
      type: 'Odd',
      inputs: {},
      outputs: { odd: t.unknown() },
      run: () => ({
        odd: Object.defineProperty({}, 'value', {
          enumerable: true,
          get: () => {
            throw new RangeError('a getter')
          },
        }),
      }),
    })
    const Takes = defineComponent({
      type: 'Takes',
      inputs: { odd: t.unknown() },
      outputs: {},
      run: () => ({}),
    })
    const pipeline = new Pipeline({ odd: new Odd(), takes: new Takes() }).connect('odd.odd', 'takes.odd')
    const snapshot = await stopped(pipeline.run({}, { breakAt: { component: 'takes' } }))
    expect(snapshot.pending[0]?.inputs).toEqual({ odd: { omitted: 'unknown' } })
  })
})

describe('an error that a run ended with carries a snapshot', () => {
  test('when a component failed', async () => {
    const pipeline = new Pipeline({ add: new AddFixedValue(), fail: new Fail() }).connect(
      'add.result',
      'fail.value',
    )
    expect(await stopped(pipeline.run({ add: { value: 1 } }))).toMatchObject({
      reason: 'failure',
      at: { component: 'fail', visit: 1 },
      pending: [{ component: 'fail', visit: 1, inputs: { value: { value: 2 } } }],
    })
  })

  test('when a value could not be converted, and the component is to run again', async () => {
    const Texts = defineComponent({
      type: 'Texts',
      inputs: {},
      outputs: { texts: t.array(t.string()) },
      run: () => ({ texts: ['a', 'b'] }),
    })
    const Text = defineComponent({ type: 'Text', inputs: { text: t.string() }, outputs: {}, run: () => ({}) })
    const pipeline = new Pipeline({ texts: new Texts(), text: new Text() }).connect(
      'texts.texts',
      'text.text',
    )
    const snapshot = await stopped(pipeline.run())
    expect(snapshot).toMatchObject({ at: { component: 'texts', visit: 1 }, arrived: [] })
    expect(snapshot.pending).toMatchObject([{ component: 'texts', visit: 1 }])
  })

  test('when it took too long', async () => {
    const slow = new Slow()
    let snapshot: unknown
    await withFakeTimers(async (advance) => {
      const failed = stopped(new Pipeline({ slow }).run({ value: 1 }, { timeoutMs: 50 }))
      await slow.started()
      await advance(50)
      snapshot = await failed
    })
    expect(snapshot).toMatchObject({ reason: 'failure', pending: [{ component: 'slow', visit: 1 }] })
    expect(snapshot).not.toHaveProperty('at')
  })

  test('when the pipeline was closed', async () => {
    const slow = new Slow()
    const pipeline = new Pipeline({ slow })
    const snapshot = stopped(pipeline.run({ value: 1 }))
    await slow.started()
    await pipeline.close()
    expect(await snapshot).toMatchObject({ pending: [{ component: 'slow', visit: 1 }] })
    const resumed = pipeline.resume(await snapshot)
    await slow.started(2)
    slow.release()
    expect((await resumed).outputs).toEqual({ slow: { value: 1 } })
  })

  test('when it ran too often: at the visit that was one too many', async () => {
    const pipeline: Pipeline = new Pipeline(
      { joiner: new BranchJoiner(), add: new AddFixedValue() },
      { maxRunsPerComponent: 2 },
    )
    pipeline.connect('joiner.value', 'add.value').connect('add.result', 'joiner.value')
    expect(await stopped(pipeline.run({ joiner: { value: 1 } }))).toMatchObject({
      at: { component: 'joiner', visit: 3 },
      visits: { joiner: 2, add: 2 },
      arrived: [{ receiver: 'joiner.value', values: [{ value: 3 }] }],
      pending: [],
    })
  })

  test('when it gave nothing, without the warnings that the error says', async () => {
    const pipeline = new Pipeline({ parity: new Parity(), difference: new Subtract() })
      .connect('parity.even', 'difference.firstValue')
      .connect('parity.odd', 'difference.secondValue')
    const running = pipeline.run({ parity: { value: 2 } })
    await expect(running).rejects.toMatchObject({ code: 'RUN_BLOCKED' })
    expect(await stopped(running)).toMatchObject({
      visits: { parity: 1, difference: 0 },
      arrived: [
        { receiver: 'difference.firstValue', values: [{ value: 2 }] },
        { receiver: 'difference.secondValue', values: [] },
      ],
      warnings: [],
    })
  })
})

describe('an abort', () => {
  test('leaves the reason untouched, even if that is an error of another run', async () => {
    const fail = new Pipeline({ fail: new Fail() })
    const reason = await fail.run({ value: 1 }).catch((error) => error)
    const slow = new Slow()
    const controller = new AbortController()
    const running = new Pipeline({ slow }).run({ value: 1 }, { signal: controller.signal })
    await slow.started()
    controller.abort(reason)
    await expect(running).rejects.toBe(reason)
    expect(reason.snapshot.graph.components).toEqual({ fail: 'Fail' })
  })
})
