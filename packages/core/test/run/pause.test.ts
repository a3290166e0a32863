import { describe, expect, test } from '@jest/globals'
import { defineComponent } from '../../src/component/define-component.ts'
import type { PauseRequest, Resumed } from '../../src/component/pause.ts'
import type { RunContext } from '../../src/component/run-context.ts'
import { t } from '../../src/component/t.ts'
import { Pipeline } from '../../src/pipeline/pipeline.ts'
import { AddFixedValue, BranchJoiner, Double, Fail, Recorder, Slow, Threshold } from '../fixtures/index.ts'
import { stopped } from '../pipeline/stopped.ts'
import { thrownBy } from '../pipeline/thrown.ts'

/** Asks for what to add to its value, and whether to negate the sum. */
const Ask = defineComponent({
  type: 'Ask',
  inputs: { value: t.integer() },
  outputs: { value: t.integer() },
  run: async ({ value }, { pause, resumed }) => {
    if (resumed) {
      const { add, negate } = resumed.answers as { add: number; negate: boolean }
      const sum = (resumed.state as { value: number }).value + add
      return { value: negate ? -sum : sum }
    }
    return pause({
      state: { value },
      questions: [
        { id: 'add', kind: 'number', prompt: `What is to be added to ${value}?`, data: { value } },
        { id: 'negate', kind: 'yes-no', prompt: 'Is the sum to be negated?' },
      ],
    })
  },
})

/** Pauses with whatever it is given, and gives what it is resumed with. */
const pausing = (request: PauseRequest) => {
  const Pausing = defineComponent({
    type: 'Pausing',
    inputs: {},
    outputs: { resumed: t.unknown() },
    run: (_, { pause, resumed }) => (resumed ? { resumed } : pause(request)),
  })
  return new Pausing()
}

const throughJson = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T

describe('a run that a component pauses', () => {
  const chain = () =>
    new Pipeline({ before: new Double(), ask: new Ask(), after: new Double() })
      .connect('before.value', 'ask.value')
      .connect('ask.value', 'after.value')

  test('gives a result with the questions and a snapshot, and goes on with the answers', async () => {
    const recorder = new Recorder()
    const result = await chain().run({ before: { value: 2 } }, { onEvent: recorder.onEvent })
    expect(result.status).toBe('paused')
    expect(result.questions).toEqual([
      { id: 'ask.add', kind: 'number', prompt: 'What is to be added to 4?', data: { value: 4 } },
      { id: 'ask.negate', kind: 'yes-no', prompt: 'Is the sum to be negated?' },
    ])
    expect(result.snapshot).toMatchObject({
      reason: 'pause',
      at: { component: 'ask', visit: 1 },
      pending: [{ component: 'ask', visit: 1, inputs: { value: { value: 4 } }, state: { value: 4 } }],
    })
    expect(recorder.events.slice(-2)).toMatchObject([
      { type: 'componentPause', component: 'ask', visit: 1, questions: [{ id: 'add' }, { id: 'negate' }] },
      { type: 'runEnd', status: 'paused' },
    ])
    expect(recorder.events.at(-1)).not.toHaveProperty('error')
    expect(result.trace.at(-1)).toMatchObject({ component: 'ask', paused: true })

    const answers = { 'ask.add': 3, 'ask.negate': true }
    const resumed = await chain().resume(throughJson(result.snapshot), { answers })
    expect([resumed.status, resumed.snapshot, resumed.questions]).toEqual(['completed', undefined, []])
    expect(resumed.get('after.value')).toBe(-14)
  })

  test('says of an output that is not there yet why, and what to do', async () => {
    const result = await chain().run({ before: { value: 2 } })
    expect(await thrownBy(() => result.get('after.value'))).toBe(
      "RUN_NO_OUTPUT: 'after.value' has no value yet: the run is paused by 'ask'. Go on with pipeline.resume(result.snapshot, { answers }).",
    )
  })

  test('lets others end, starts nothing else, and goes on with all of them', async () => {
    const slow = new Slow()
    const make = (other: Slow) =>
      new Pipeline({ other, ask: new Ask(), end: new Double() }).connect('other.value', 'end.value')
    const running = make(slow).run({ other: { value: 7 }, ask: { value: 1 } })
    await slow.started()
    slow.release()
    const { snapshot, outputs } = await running
    expect(outputs).toEqual({})
    expect(snapshot?.pending.map(({ component }) => component)).toEqual(['ask', 'end'])
    const answers = { 'ask.add': 1, 'ask.negate': false }
    const resumed = await make(new Slow()).resume(throughJson(snapshot), { answers })
    expect(resumed.outputs).toEqual({ ask: { value: 2 }, end: { value: 14 } })
  })

  test('asks for several components at once, whose questions have ids of their own', async () => {
    const both = () => new Pipeline({ one: new Ask(), two: new Ask() })
    const { questions, snapshot } = await both().run({ value: 1 })
    expect(questions.map(({ id }) => id)).toEqual(['one.add', 'one.negate', 'two.add', 'two.negate'])
    const answers = { 'one.add': 1, 'one.negate': true, 'two.add': 2, 'two.negate': false }
    expect((await both().resume(snapshot, { answers })).outputs).toEqual({
      one: { value: -2 },
      two: { value: 3 },
    })
  })

  test('need not ask anything, nor keep anything', async () => {
    const pipeline = new Pipeline({ waits: pausing({}) })
    const { status, questions, snapshot } = await pipeline.run()
    expect([status, questions]).toEqual(['paused', []])
    expect((await pipeline.resume(snapshot)).get('waits.resumed')).toEqual({ state: undefined, answers: {} })
  })

  test('has as its state what the component gave, not what it made of that later', async () => {
    const state = { list: [1] }
    const pipeline = new Pipeline({ waits: pausing({ state }) })
    const { snapshot } = await pipeline.run()
    state.list.push(2)
    const resumed = (await pipeline.resume(snapshot)).get('waits.resumed') as Resumed
    expect(resumed.state).toEqual({ list: [1] })
    expect(resumed.state).not.toBe(snapshot?.pending[0]?.state)
  })

  test('is within its retries and its time limit like any other', async () => {
    const policies = { ask: { retry: { attempts: 2 }, timeoutMs: 10_000 } }
    const pipeline = new Pipeline({ ask: new Ask() }, { policies })
    const { snapshot } = await pipeline.run({ value: 1 })
    const answers = { 'ask.add': 1, 'ask.negate': false }
    expect((await pipeline.resume(snapshot, { answers })).get('ask.value')).toBe(2)
  })
})

describe('in a loop', () => {
  /** Adds what is answered until the value is above 10. */
  const loop = (asks: Ask | ReturnType<Pipeline['asComponent']>): Pipeline =>
    (new Pipeline({ joiner: new BranchJoiner(), below: new Threshold(), asks }) as Pipeline)
      .connect('joiner.value', 'below.value')
      .connect('below.below', 'asks.value')
      .connect('asks.value', 'joiner.value')
  type Ask = InstanceType<typeof Ask>
  const sub = (pipeline: Pipeline) =>
    pipeline.asComponent({ inputs: { value: ['inner.value'] }, outputs: { 'inner.value': 'value' } as never })

  test.each([
    ['a component', 'asks', () => new Ask()],
    ['a pipeline', 'asks.inner', () => sub(new Pipeline({ inner: new Ask() }) as unknown as Pipeline)],
    [
      'a pipeline in a pipeline',
      'asks.inner.inner',
      () =>
        sub(
          new Pipeline({
            inner: sub(new Pipeline({ inner: new Ask() }) as unknown as Pipeline),
          }) as unknown as Pipeline,
        ),
    ],
  ])('%s pauses at each visit', async (_, path, make) => {
    let result = await loop(make() as Ask).run({ joiner: { value: 1 } })
    const prompts: string[] = []
    while (result.status === 'paused') {
      expect(result.questions.map(({ id }) => id)).toEqual([`${path}.add`, `${path}.negate`])
      prompts.push(result.questions[0]?.prompt ?? '')
      const answers = { [`${path}.add`]: 4, [`${path}.negate`]: false }
      result = await loop(make() as Ask).resume(throughJson(result.snapshot), { answers })
    }
    expect(prompts).toEqual([1, 5, 9].map((value) => `What is to be added to ${value}?`))
    expect(result.outputs).toEqual({ below: { above: 13 } })
  })
})

describe('while a run pauses', () => {
  const inputs = { ask: { value: 1 }, other: { value: 1 } }

  test('an abort wins', async () => {
    const controller = new AbortController()
    const other = new Slow()
    const running = new Pipeline({ ask: new Ask(), other }).run(inputs, { signal: controller.signal })
    await other.started()
    controller.abort('enough')
    await expect(running).rejects.toBe('enough')
  })

  test('a failure wins, and its snapshot still asks', async () => {
    const make = (other: Fail) => new Pipeline({ ask: new Ask(), other })
    const snapshot = await stopped(make(new Fail({ rejects: true })).run(inputs))
    expect(snapshot).toMatchObject({ reason: 'failure', at: { component: 'other' } })
    expect(await thrownBy(() => make(new Fail()).resume(snapshot))).toMatch(/^INPUT_ANSWERS/)
    const answers = { 'ask.add': 1, 'ask.negate': false }
    expect((await make(new Fail({ times: 0 })).resume(snapshot, { answers })).outputs).toEqual({
      ask: { value: 2 },
      other: { value: 1 },
    })
  })

  test('the answers stay in the snapshot until the visit has ended', async () => {
    const make = () =>
      new Pipeline({ ask: new Ask(), add: new AddFixedValue() }).connect('ask.value', 'add.value')
    const first = await make().run({ ask: { value: 1 } })
    const answers = { 'ask.add': 5, 'ask.negate': false }
    const failing = make()
    failing.get('ask').run = () => Promise.reject(new RangeError('no'))
    const snapshot = await stopped(failing.resume(first.snapshot, { answers }))
    expect((await make().resume(snapshot)).get('add.result')).toBe(7)
  })
})

describe('answers are refused', () => {
  const resume = async (answers: unknown) => {
    const pipeline = new Pipeline({ ask: new Ask() })
    const { snapshot } = await pipeline.run({ value: 1 })
    return thrownBy(() =>
      pipeline.resume(snapshot, { answers: answers as object as Record<string, unknown> }),
    )
  }
  const questions = `
  ask.add (number): What is to be added to 1?
  ask.negate (yes-no): Is the sum to be negated?`

  test('when one is missing', async () => {
    expect(await resume({ 'ask.add': 1 })).toBe(
      `INPUT_ANSWERS: There is no answer to 'ask.negate'. The questions, with the kind of each:${questions}`,
    )
    expect(await resume(undefined)).toMatch("There is no answer to 'ask.add' and 'ask.negate'.")
    expect(await resume({ 'ask.add': 1, 'ask.negate': undefined })).toMatch("no answer to 'ask.negate'")
  })

  test('when one is to no question', async () => {
    expect(await resume({ 'ask.add': 1, 'ask.negat': true })).toBe(
      `INPUT_ANSWERS: There is no question 'ask.negat'. Did you mean 'ask.negate'? The questions, with the kind of each:${questions}`,
    )
    const { snapshot } = await new Pipeline({ a: new Double() }).run(
      { value: 1 },
      { breakAt: { component: 'a' } },
    )
    expect(
      await thrownBy(() => new Pipeline({ a: new Double() }).resume(snapshot, { answers: { x: 1 } })),
    ).toBe("INPUT_ANSWERS: There is no question 'x'. The run asks nothing.")
  })

  test('when one is not JSON, or all are not an object', async () => {
    expect(await resume({ 'ask.add': () => 1, 'ask.negate': true })).toMatch(
      "The answer to 'ask.add' is not JSON.",
    )
    expect(await resume([1, true])).toMatch('INPUT_ANSWERS: The answers are not an object')
  })
})

describe('a pause is refused', () => {
  const ask = (id: string) => ({ id, kind: 'text', prompt: '?' })

  test.each([
    ['with a state that is not JSON', { state: { now: new Date() } }, 'its state is not JSON.'],
    [
      'with two questions of one id',
      { questions: [ask('a'), ask('a')] },
      "two of its questions have the id 'a'.",
    ],
    ['without an object', 'Send it?' as never, 'it gave "Send it?", not an object'],
    ['with nothing', undefined as never, 'it gave nothing, not an object'],
    ['with a key that it does not know', { question: [ask('a')] } as never, "Did you mean 'questions'?"],
    ['with an id of no letter', { questions: [ask('')] }, 'questions.0.id'],
    ['with a malformed question', { questions: [{ id: 'a' }] as never }, 'questions.0'],
    [
      'with data that is not JSON',
      { questions: [{ ...ask('a'), data: (() => 1) as never }] },
      'questions.0.data',
    ],
  ])('%s', async (_, request, problem) => {
    const run = new Pipeline({ waits: pausing(request) }).run()
    const message = await thrownBy(() => run)
    expect(message).toMatch(/^RUN_INVALID_PAUSE: 'waits' \(Pausing\) cannot pause: /)
    expect(message).toContain(problem)
  })

  test('that is thrown, or asked for twice', async () => {
    const run = (run: (pause: RunContext['pause']) => object) => {
      const Odd = defineComponent({
        type: 'Odd',
        inputs: {},
        outputs: {},
        run: (_, context) => run(context.pause) as never,
      })
      return thrownBy(() => new Pipeline({ odd: new Odd() }).run())
    }
    expect(
      await run((pause) => {
        throw pause({})
      }),
    ).toMatch("'odd' (Odd) called context.pause and did not return what that gives")
    expect(
      await run((pause) => {
        pause({ questions: [ask('a')] })
        return pause({ questions: [ask('b')] })
      }),
    ).toMatch("'odd' (Odd) called context.pause twice in one visit.")
  })

  test('that is not returned, but sent along as an output', async () => {
    const Lost = defineComponent({
      type: 'Lost',
      inputs: {},
      outputs: { value: t.integer() },
      run: (_, { pause }) => ({ value: pause({}) }),
    })
    const snapshot = await stopped(new Pipeline({ lost: new Lost() }).run())
    expect(snapshot).toMatchObject({ reason: 'failure', pending: [{ component: 'lost' }] })
    expect(snapshot.pending[0]).not.toHaveProperty('questions')
    expect(await thrownBy(() => new Pipeline({ lost: new Lost() }).run())).toBe(
      "RUN_INVALID_PAUSE: 'lost' (Lost) called context.pause and did not return what that gives: it must be returned itself, as in return context.pause({ … }).",
    )
  })

  test('of a component that is used alone', async () => {
    expect(await thrownBy(() => pausing({}).run({}))).toBe(
      'RUN_INVALID_PAUSE: Pausing cannot pause: it is used alone, and only a run of a pipeline can pause.',
    )
  })
})
