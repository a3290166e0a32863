import { describe, expect, test } from '@jest/globals'
import type { Component } from '../../src/component/component.ts'
import { defineComponent } from '../../src/component/define-component.ts'
import type { RunContext } from '../../src/component/run-context.ts'
import { t } from '../../src/component/t.ts'
import { RunError } from '../../src/errors.ts'
import { Pipeline } from '../../src/pipeline/pipeline.ts'
import type { Sockets } from '../../src/schema/socket.ts'
import { deepFreeze } from '../../src/testing/index.ts'
import {
  AddFixedValue,
  BranchJoiner,
  Double,
  Fail,
  FString,
  Recorder,
  Slow,
  Sum,
  Threshold,
} from '../fixtures/index.ts'
import { stopped } from '../pipeline/stopped.ts'
import { thrownBy } from '../pipeline/thrown.ts'

/** Doubles until the value is above 10. */
const doubling = (maxRunsPerComponent = 100): Pipeline =>
  new Pipeline(
    { joiner: new BranchJoiner(), below: new Threshold(), double: new Double(), end: new Double() },
    { maxRunsPerComponent },
  )
    .connect('joiner.value', 'below.value')
    .connect('below.below', 'double.value')
    .connect('double.value', 'joiner.value')
    .connect('below.above', 'end.value')

const inLoop = (visit: number) =>
  stopped(doubling().run({ joiner: { value: 1 } }, { breakAt: { component: 'below', visit } }))

/** Gives what it gets, whatever that is. */
class Pass implements Component {
  static readonly type = 'Pass'
  readonly inputs: Sockets
  readonly outputs: Sockets
  constructor(inputs: Sockets, outputs: Sockets = { all: t.unknown() }) {
    this.inputs = inputs
    this.outputs = outputs
  }
  run(inputs: Readonly<Record<string, unknown>>): object {
    return { all: { ...inputs } }
  }
}

describe('a resumed run', () => {
  test('goes on in the middle of a loop', async () => {
    const recorder = new Recorder()
    const result = await doubling().resume(await inLoop(4), { onEvent: recorder.onEvent })
    expect(result.outputs).toEqual({ end: { value: 32 } })
    expect(recorder.visits.map(({ component, visit }) => `${component} ${visit}`)).toEqual([
      'below 4',
      'double 4',
      'joiner 5',
      'below 5',
      'end 1',
    ])
    expect(result.trace.map(({ component, visit }) => `${component} ${visit}`)).toEqual(
      recorder.visits.map(({ component, visit }) => `${component} ${visit}`),
    )
  })

  test('counts the visits of the whole run', async () => {
    expect(await thrownBy(async () => doubling(4).resume(await inLoop(4)))).toMatch(
      /^RUN_MAX_VISITS: 'joiner' \(BranchJoiner\) ran 4 times/,
    )
    expect((await doubling(5).resume(await inLoop(4))).get('end.value')).toBe(32)
  })

  test('goes on with a higher limit after it ran too often', async () => {
    const snapshot = await stopped(doubling(3).run({ joiner: { value: 1 } }))
    expect(await thrownBy(() => doubling(3).resume(snapshot))).toMatch(/^RUN_MAX_VISITS: 'joiner'/)
    expect((await doubling().resume(snapshot)).outputs).toEqual({ end: { value: 32 } })
  })

  test("keeps the caller's values for later visits", async () => {
    const make = (): Pipeline =>
      new Pipeline({
        prompt: new FString({ template: '{task}{feedback}', optional: ['feedback'] }),
        check: new Threshold(),
        count: new Pass({ text: t.string() }, { value: t.integer() }),
      })
        .connect('prompt.string', 'count.text')
        .connect('count.value', 'check.value')
        .connect('check.below', 'prompt.feedback')
    const counting = () => {
      const pipeline = make()
      pipeline.get('count').run = ({ text }: { text: string }) => ({ value: text.length })
      return pipeline
    }
    const recorder = new Recorder()
    const running = counting().run({ prompt: { task: 'Write' } }, { breakAt: { component: 'check' } })
    await counting()
      .resume(await stopped(running), {
        onEvent: recorder.onEvent,
        breakAt: { component: 'count', visit: 3 },
      })
      .catch(() => {})
    expect(recorder.inputs['prompt']).toEqual([
      { task: 'Write', feedback: 5 },
      { task: 'Write', feedback: 6 },
    ])
  })

  test('lets a greedy socket have each of the values that wait, in their order', async () => {
    const make = (fail: Fail): Pipeline =>
      new Pipeline({ a: new Double(), b: new Double(), c: new Double(), fail, joiner: new BranchJoiner() })
        .connect('a.value', 'joiner.value')
        .connect('b.value', 'joiner.value')
        .connect('c.value', 'fail.value')
        .connect('fail.value', 'joiner.value')
    const inputs = { a: { value: 1 }, b: { value: 2 }, c: { value: 3 }, joiner: { value: 0 } }
    const pipeline = make(new Fail())
    pipeline.get('joiner').run = async ({ value }: { value: readonly number[] }) => ({ value: value[0] })
    const snapshot = await stopped(pipeline.run(inputs))
    expect(snapshot.arrived).toMatchObject([{ sender: 'a.value' }, { sender: 'b.value' }])
    const recorder = new Recorder()
    await make(new Fail({ times: 0 })).resume(snapshot, { onEvent: recorder.onEvent })
    expect(recorder.inputs['joiner']).toEqual([{ value: [2] }, { value: [4] }, { value: [6] }])
  })

  test('runs again what ran when another failed, and not what had ended', async () => {
    const slow = new Slow()
    const make = (fail: Fail): Pipeline =>
      new Pipeline({ slow, done: new Double(), fail, sum: new Sum() })
        .connect('slow.value', 'sum.values')
        .connect('done.value', 'sum.values')
        .connect('fail.value', 'sum.values')
    const pipeline = make(new Fail({ rejects: true }))
    const snapshot = await stopped(pipeline.run({ value: 5 }))
    expect(slow.told).toHaveLength(1)
    pipeline.remove('slow')
    const recorder = new Recorder()
    const running = make(new Fail({ times: 0 })).resume(snapshot, { onEvent: recorder.onEvent })
    await slow.started(2)
    slow.release()
    expect((await running).outputs).toEqual({ sum: { total: 20 } })
    expect(Object.keys(recorder.inputs)).toEqual(['slow', 'fail', 'sum'])
  })

  test('has the outputs, the names and the warnings from before', async () => {
    const make = (): Pipeline => {
      const pipeline: Pipeline = new Pipeline(
        { a: new Double(), b: new Double(), c: new Double() },
        { outputs: { first: 'a.value', last: 'c.value' } },
      )
      pipeline.get('a').run = ({ value }: { value: number }, context?: RunContext) => {
        context?.warn('ODD', 'the number is odd.')
        return { value }
      }
      return pipeline.connect('a.value', 'b.value').connect('b.value', 'c.value')
    }
    const options = { includeOutputsFrom: ['a', 'b'] }
    const whole = await make().run({ a: { value: 1 } }, options)
    const snapshot = await stopped(
      make().run({ a: { value: 1 } }, { ...options, breakAt: { component: 'c' } }),
    )
    const { outputs, named, warnings } = await make().resume(snapshot)
    expect({ outputs, named, warnings }).toEqual({
      outputs: whole.outputs,
      named: whole.named,
      warnings: whole.warnings,
    })
    expect(warnings).toEqual([{ code: 'ODD', component: 'a', message: "'a' (Double): the number is odd." }])
    expect(Object.keys(outputs)).toEqual(['a', 'b', 'c'])
  })

  test('has null where null was sent', async () => {
    const nullable = t.union(t.integer(), t.null())
    const make = () => {
      const pipeline: Pipeline = new Pipeline({
        gives: new Pass({}, { value: nullable }),
        stop: new Double(),
        takes: new Pass({
          value: nullable,
          mine: nullable,
          other: t.optional(t.integer()),
          list: t.variadic(nullable),
        }),
      })
      pipeline.get('gives').run = () => ({ value: null })
      return pipeline
        .connect('gives.value', 'takes.value')
        .connect('gives.value', 'takes.list')
        .connect('stop.value', 'takes.other')
    }
    const running = make().run(
      { takes: { mine: null }, stop: { value: 1 } },
      { breakAt: { component: 'stop' } },
    )
    const result = await make().resume(await stopped(running))
    expect(result.get('takes.all')).toEqual({ value: null, mine: null, other: 2, list: [null] })
  })

  test('gives a component its defaults again, also those that are not JSON', async () => {
    const frame = new Map()
    const make = (): Pipeline =>
      new Pipeline({
        pass: new Pass({
          frame: t.optional(
            t.custom<Map<string, string>>('Frame', (value) => value instanceof Map),
            { default: frame },
          ),
          limit: t.integer({ default: 10 }),
        }),
      })
    const result = await make().resume(await stopped(make().run({}, { breakAt: { component: 'pass' } })))
    expect(result.get('pass.all')).toEqual({ frame, limit: 10 })
  })

  test('leaves the snapshot as it is, which can be resumed any number of times at once', async () => {
    const snapshot = deepFreeze(await inLoop(3))
    const pipeline = doubling()
    const results = await Promise.all(Array.from({ length: 5 }, () => pipeline.resume(snapshot)))
    for (const result of results) expect(result.outputs).toEqual({ end: { value: 32 } })
  })

  test('says of an output of before that it did not run again', async () => {
    const pipeline = new Pipeline({ a: new Double(), b: new Double() }).connect('a.value', 'b.value')
    const result = await pipeline.resume(
      await stopped(pipeline.run({ a: { value: 1 } }, { breakAt: { component: 'b' } })),
    )
    expect(await thrownBy(() => result.get('a.value'))).toBe(
      "RUN_NO_OUTPUT: 'a.value' has no value: 'a' did not run after the run was resumed.",
    )
  })
})

describe('a value that is not JSON', () => {
  const isMap = (value: unknown) => value instanceof Map
  const frame = t.custom<Map<string, number>>('Frame', isMap)
  const make = (): Pipeline => {
    const pipeline: Pipeline = new Pipeline(
      { a: new Pass({}, { frame, open: frame }), b: new Pass({ frame: t.optional(frame) }), c: new Double() },
      { outputs: { mine: 'a.open' } },
    )
    pipeline.get('a').run = () => ({ frame: new Map(), open: new Map() })
    return pipeline.connect('a.frame', 'b.frame')
  }

  test('that somebody waits for cannot be resumed', async () => {
    const snapshot = await stopped(make().run({ c: { value: 1 } }, { breakAt: { component: 'b' } }))
    expect(await thrownBy(() => make().resume(snapshot))).toBe(
      "INPUT_SNAPSHOT: The snapshot cannot be resumed. It lacks the value for 'b.frame' (Frame), which was not JSON.",
    )
  })

  test('that only the result lacks is a warning', async () => {
    const pipeline: Pipeline = make()
    const snapshot = await stopped(
      pipeline.run({ c: { value: 1 } }, { breakAt: { component: 'c' }, concurrency: 1 }),
    )
    const { pending, ...others } = snapshot
    const result = await make().resume({
      ...others,
      visits: { ...others.visits, b: 0 },
      pending: pending.filter(({ component }) => component !== 'b'),
      arrived: [],
    })
    expect(result.outputs).toEqual({ a: {}, c: { value: 2 } })
    expect(result.named).toEqual({})
    expect(result.warnings).toEqual([
      {
        code: 'OUTPUT_NOT_RESTORED',
        component: 'a',
        message:
          "'a.open' (Frame) gave a value before the run was stopped that is not JSON: the snapshot lacks it.",
      },
    ])
  })
})

describe('resume', () => {
  test('takes the options of a run', async () => {
    const snapshot = await inLoop(2)
    const controller = new AbortController()
    controller.abort('before')
    await expect(doubling().resume(snapshot, { signal: controller.signal })).rejects.toBe('before')
    expect(await thrownBy(() => doubling().resume(snapshot, { concurrency: 0 }))).toMatch(
      /^PIPELINE_INVALID_OPTION: concurrency/,
    )
  })

  test('loads what the components need', async () => {
    const pipeline = doubling()
    let loaded = 0
    pipeline.get('end').warmUp = () => {
      loaded++
    }
    await pipeline.resume(await inLoop(2))
    expect(loaded).toBe(1)
  })

  test('can fail again, with a newer snapshot', async () => {
    const pipeline = new Pipeline({ a: new Double(), fail: new Fail({ times: 2 }) }).connect(
      'a.value',
      'fail.value',
    )
    const first = await stopped(pipeline.run({ a: { value: 1 } }))
    const second = await stopped(pipeline.resume(first))
    expect({ ...second, created: '' }).toEqual({ ...first, created: '' })
    expect((await pipeline.resume(second)).outputs).toEqual({ fail: { value: 2 } })
  })

  test('needs the snapshot of an error with which a run ended: it is made once', async () => {
    const failed: unknown = await new Pipeline({ fail: new Fail() }).run({ value: 1 }).catch((error) => error)
    expect(failed).toBeInstanceOf(RunError)
    expect(Object.keys(failed as object)).not.toContain('snapshot')
    expect((failed as RunError).snapshot).toBe((failed as RunError).snapshot)
    expect(new RunError('RUN_CLOSED', 'alone').snapshot).toBeUndefined()
  })

  test('takes a pipeline of 10,000 components, in the middle', async () => {
    const make = () => {
      const pipeline: Pipeline = new Pipeline({ sum: new Sum() })
      for (let index = 0; index < 10_000; index++) {
        pipeline.add(`c${index}`, index === 9_999 ? new AddFixedValue() : new Double())
        pipeline.connect(index === 9_999 ? 'c9999.result' : `c${index}.value`, 'sum.values')
      }
      return pipeline
    }
    const snapshot = await stopped(
      make().run({ value: 1 }, { breakAt: { component: 'c5000' }, concurrency: 1 }),
    )
    expect(snapshot.pending).toHaveLength(5_000)
    expect((await make().resume(snapshot)).outputs).toEqual({ sum: { total: 20_000 } })
  })
})

describe('a value that is not JSON, at a pause,', () => {
  const Ask = defineComponent({
    type: 'Ask',
    inputs: { n: t.integer() },
    outputs: { n: t.integer() },
    run: ({ n }, { pause, resumed }) =>
      resumed ? { n } : pause({ questions: [{ id: 'go', kind: 'text', prompt: 'Go?' }] }),
  })
  const Meet = defineComponent({
    type: 'Meet',
    inputs: { value: t.unknown(), n: t.integer() },
    outputs: { value: t.unknown() },
    run: ({ value }) => ({ value }),
  })
  const giving = (value: unknown) =>
    new (defineComponent({
      type: 'Give',
      inputs: {},
      outputs: { value: t.unknown() },
      run: () => ({ value }),
    }))()
  const waiting = (value: unknown) =>
    new Pipeline({ give: giving(value), ask: new Ask(), meet: new Meet() })
      .connect('give.value', 'meet.value')
      .connect('ask.n', 'meet.n')

  test.each([
    ['a Map', new Map([[1, 2]])],
    ['a Date', new Date(0)],
    ['NaN', { deep: [Number.NaN] }],
    ['a field that is undefined', { a: undefined }],
  ])('is a warning when the run pauses while a component waits with it: %s', async (_, value) => {
    const warned: string[] = []
    const paused = await waiting(value).run(
      { n: 1 },
      { onEvent: (event) => event.type === 'warning' && warned.push(event.warning.code) },
    )
    expect(paused.status).toBe('paused')
    expect(paused.warnings).toEqual([
      {
        code: 'SNAPSHOT_INCOMPLETE',
        component: 'meet',
        message:
          "The run cannot be resumed: the value of 'give.value' that waits for 'meet.value' (unknown) is not JSON, so the snapshot lacks it. Let it be made of texts, finite numbers, true, false, null, lists and plain objects.",
      },
    ])
    expect(warned).toEqual(['SNAPSHOT_INCOMPLETE'])
  })

  test('of the caller is one, too, also in a pipeline in the pipeline; other values are none', async () => {
    const inner = () =>
      new Pipeline({ ask: new Ask(), meet: new Meet() }).connect('ask.n', 'meet.n').asComponent()
    const { warnings } = await new Pipeline({ inner: inner() }).run({ n: 1, value: new Date(0) })
    expect(warnings.map(({ component, message }) => `${component}: ${message}`).join('\n')).toContain(
      "that waits for 'meet.value'",
    )
    expect((await waiting({ a: [1, 'x', null] }).run({ n: 1 })).warnings).toEqual([])
  })
})

test('a pipeline in the pipeline that has changed is refused before anything runs', async () => {
  let runs = 0
  const Count = defineComponent({
    type: 'Count',
    inputs: {},
    outputs: { n: t.integer() },
    run: () => ({ n: ++runs }),
  })
  const Ask = (type: string) =>
    new (defineComponent({
      type,
      inputs: { n: t.integer() },
      outputs: { n: t.integer() },
      run: ({ n }, { pause, resumed }) =>
        resumed ? { n } : pause({ questions: [{ id: 'go', kind: 'text', prompt: 'Go?' }] }),
    }))()
  const outer = (type: string) =>
    new Pipeline({ count: new Count(), inner: new Pipeline({ ask: Ask(type) }).asComponent() }).connect(
      'count.n',
      'inner.n',
    )
  const { snapshot } = await outer('Ask').run({})
  const answers = { 'inner.ask.go': 'yes' }
  await expect(outer('Other').resume(snapshot, { answers })).rejects.toMatchObject({
    code: 'INPUT_SNAPSHOT',
    message: expect.stringMatching(/^In 'inner': The snapshot cannot be resumed\. It is of another graph: /),
  })
  expect((await outer('Ask').resume(snapshot, { answers })).get('inner.n')).toBe(1)
  expect(runs).toBe(1)
})
