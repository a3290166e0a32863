import { describe, expect, test } from '@jest/globals'
import type { Component } from '../../src/component/component.ts'
import { defineComponent } from '../../src/component/define-component.ts'
import { t } from '../../src/component/t.ts'
import { ChatMessage } from '../../src/data/chat-message.ts'
import { InputError, RunError } from '../../src/errors.ts'
import { Pipeline } from '../../src/pipeline/pipeline.ts'
import type { Sockets } from '../../src/schema/socket.ts'
import { AddFixedValue, BranchJoiner, Double, Fail, Hello } from '../fixtures/index.ts'
import { thrownBy } from '../pipeline/thrown.ts'

/** Returns whatever it was made with. */
class Returns implements Component {
  readonly inputs = {}
  readonly outputs: Sockets = {
    value: t.integer(),
    names: t.array(t.string()),
    extra: t.optional(t.string()),
  }
  readonly #outputs: unknown
  constructor(outputs: unknown) {
    this.#outputs = outputs
  }
  run() {
    return this.#outputs as object
  }
}

const returning = (outputs: unknown): Pipeline => new Pipeline({ odd: new Returns(outputs) })

async function failureOf(running: Promise<unknown>): Promise<RunError> {
  const error: unknown = await running.then(
    () => undefined,
    (reason) => reason,
  )
  expect(error).toBeInstanceOf(RunError)
  return error as RunError
}

describe('what a component returns', () => {
  const wrong: [what: string, outputs: unknown, shown: string][] = [
    ['nothing', undefined, 'nothing'],
    ['null', null, 'null'],
    ['a number', 5, 'the number 5'],
    ['a text', 'value', '"value"'],
    ['a list', [1, 2], 'an array of 2'],
    ['a function', () => {}, 'a function'],
    ['a promise of a text', Promise.resolve('value'), '"value"'],
  ]
  test.each(wrong)('must be an object, not %s', async (_, outputs, shown) => {
    const error = await failureOf(returning(outputs).run())
    expect(`${error.code}: ${error.message}`).toBe(
      `RUN_INVALID_OUTPUT: 'odd' (Returns) must return an object with its outputs 'value', 'names' and 'extra', but returned ${shown}.`,
    )
    expect(error).toMatchObject({ component: 'odd', type: 'Returns', visit: 1 })
  })

  test('may lack optional outputs, and no others', async () => {
    const result = await returning({ value: 1, names: [], extra: undefined, other: undefined }).run()
    expect(result.outputs).toEqual({ odd: { value: 1, names: [] } })
    for (const outputs of [{ value: 1 }, { value: 1, names: undefined }, {}]) {
      expect(await thrownBy(() => returning(outputs).run())).toMatch(
        /^RUN_INVALID_OUTPUT: 'odd' \(Returns\) returned no '(names|value)' \(.*\)\. An output that is not always given is declared with t\.optional\.$/,
      )
    }
  })

  test.each([
    [
      'an output that is not declared',
      { value: 1, names: [], other: 2 },
      "returned 'other', which is not among",
    ],
    [
      'a promise as an output',
      { value: Promise.reject(new Error('late')), names: [] },
      "returned a promise as its output 'value'. Return what it resolves to: await it.",
    ],
    ['a list that can be iterated', new Set([1]), 'but returned an instance of Set.'],
    ['a generator', (function* () {})(), 'but returned an iterator: '],
    ['an async generator', (async function* () {})(), 'but returned an iterator: '],
  ])('is never %s, also where every output is optional', async (_, outputs, shown) => {
    const odd = new Returns(outputs)
    const all = Object.entries(odd.outputs).map(([name, socket]) => [name, t.optional(socket)])
    for (const outputs of [odd.outputs, Object.fromEntries(all)]) {
      const pipeline = new Pipeline({ odd: Object.assign(new Returns(odd.run()), { outputs }) })
      const error = await failureOf(pipeline.run())
      expect(error).toMatchObject({ code: 'RUN_INVALID_OUTPUT', component: 'odd', visit: 1 })
      expect(error.message).toContain(shown)
    }
  })

  test('is checked together with what others give, where lists are joined and all is validated', async () => {
    const List = defineComponent({
      type: 'List',
      inputs: {},
      outputs: { list: t.array(t.integer()) },
      run: () => ({ list: [1, 2] }),
    })
    const Few = defineComponent({
      type: 'Few',
      inputs: { list: t.array(t.integer(), { maxItems: 3 }) },
      outputs: { length: t.integer() },
      run: ({ list }) => ({ length: list.length }),
    })
    const pipeline = new Pipeline({ a: new List(), b: new List(), few: new Few() })
      .connect('a.list', 'few.list')
      .connect('b.list', 'few.list')
    expect((await pipeline.run()).get('few.length')).toBe(4)
    expect(await thrownBy(() => pipeline.run({}, { validate: 'all' }))).toBe(
      "RUN_INVALID_INPUT: What was joined for 'few.list' (integer[]) does not fit: must have at most 3 items, got an array of 4.",
    )
  })

  test('is checked against the types of the outputs when all is validated', async () => {
    const run = (outputs: unknown) => thrownBy(() => returning(outputs).run({}, { validate: 'all' }))
    expect(await run({ value: 1.5 })).toBe(
      "RUN_INVALID_OUTPUT: 'odd' (Returns) returned 'value' (integer): expected integer, got the number 1.5.",
    )
    expect(await run({ value: 1, names: ['a', 5] })).toBe(
      "RUN_INVALID_OUTPUT: 'odd' (Returns) returned 'names.1' (string[]): expected string, got the number 5.",
    )
    expect(await run({ value: 1, names: [], other: 2 })).toBe(
      "RUN_INVALID_OUTPUT: 'odd' (Returns) returned 'other', which is not among its outputs 'value', 'names' and 'extra'.",
    )
    expect(await run({ value: 1, names: ['a'] })).toBe('nothing was thrown')
  })

  test('is not checked for its types otherwise', async () => {
    const result = await returning({ value: 'one', names: [] }).run()
    expect(result.outputs).toEqual({ odd: { value: 'one', names: [] } })
  })
})

describe('a component that throws', () => {
  test.each([false, true])(
    'fails the run with its name, type, visit and cause (rejecting: %p)',
    async (rejects) => {
      const pipeline = new Pipeline({ add: new AddFixedValue(), fail: new Fail({ message: 'No.', rejects }) })
      const error = await failureOf(pipeline.connect('add.result', 'fail.value').run({ add: { value: 1 } }))
      expect(`${error.code}: ${error.message}`).toBe("RUN_COMPONENT_FAILED: 'fail' (Fail) failed: No.")
      expect(error).toMatchObject({
        component: 'fail',
        type: 'Fail',
        visit: 1,
        cause: { name: 'PlannedFailure' },
      })
    },
  )

  test('says its visit in a loop', async () => {
    const pipeline = new Pipeline({
      joiner: new BranchJoiner(),
      odd: new Fail({ times: 0 }),
      end: new Double(),
    })
    pipeline.get('odd').run = (inputs: { value: number }, context?: { visit: number }) => {
      if (context?.visit === 3) throw new RangeError('the third time')
      return { value: inputs.value + 1 }
    }
    pipeline.connect('joiner.value', 'odd.value').connect('odd.value', 'joiner.value')
    const error = await failureOf(pipeline.run({ joiner: { value: 1 }, end: { value: 1 } }))
    expect(error).toMatchObject({
      component: 'odd',
      visit: 3,
      message: "'odd' (Fail) failed: the third time",
    })
  })

  test('may throw anything', async () => {
    for (const thrown of ['a text', undefined, null, 5]) {
      const pipeline = new Pipeline({ fail: new Fail() })
      pipeline.get('fail').run = () => {
        throw thrown
      }
      const error = await failureOf(pipeline.run({ value: 1 }))
      expect(error).toMatchObject({
        code: 'RUN_COMPONENT_FAILED',
        message: `'fail' (Fail) failed: ${thrown}`,
      })
      expect(error.cause).toBe(thrown)
    }
  })

  test('in a pipeline inside is named as it is there, and not wrapped again', async () => {
    const inner = new Pipeline({ fail: new Fail({ message: 'No.' }) })
    const Nested = defineComponent({
      type: 'Nested',
      inputs: { value: t.integer() },
      outputs: { value: t.integer() },
      run: async ({ value }, { signal }) => ({
        value: (await inner.run({ value }, { signal })).get('fail.value'),
      }),
    })
    const error = await failureOf(new Pipeline({ nested: new Nested() }).run({ value: 1 }))
    expect(error).toMatchObject({ component: 'fail', message: "'fail' (Fail) failed: No." })
    expect(error.cause).toMatchObject({ name: 'PlannedFailure' })
  })

  test('an error of another kind of ours is wrapped like any other', async () => {
    const pipeline = new Pipeline({ fail: new Fail() })
    const cause = new InputError('INPUT_INVALID', 'not for me')
    pipeline.get('fail').run = () => {
      throw cause
    }
    const error = await failureOf(pipeline.run({ value: 1 }))
    expect(error).toMatchObject({ code: 'RUN_COMPONENT_FAILED', component: 'fail', cause })
  })
})

describe('a conversion that fails', () => {
  const Talk = defineComponent({
    type: 'Talk',
    inputs: {},
    outputs: { reply: t.message(), texts: t.array(t.string()) },
    run: () => ({ reply: ChatMessage.assistant({ toolCalls: [] }), texts: ['a', 'b'] }),
  })

  test('names both ends and the conversion, and the visit of the sender', async () => {
    const pipeline = new Pipeline({ talk: new Talk(), hello: new Hello() }).connect(
      'talk.reply',
      'hello.word',
    )
    const error = await failureOf(pipeline.run())
    expect(`${error.code}: ${error.message}`).toBe(
      "RUN_CONVERSION_FAILED: 'talk.reply' could not be converted (messageToText) for 'hello.word': the message has no text.",
    )
    expect(error).toMatchObject({ component: 'talk', type: 'Talk', visit: 1, cause: { name: 'Error' } })
  })

  test('of a list that has several elements', async () => {
    const pipeline = new Pipeline({ talk: new Talk(), hello: new Hello() }).connect(
      'talk.texts',
      'hello.word',
    )
    expect(await thrownBy(() => pipeline.run())).toMatch(
      /^RUN_CONVERSION_FAILED: 'talk\.texts' could not be converted \(unwrap\) for 'hello\.word': .* this one holds 2\.$/,
    )
  })
})

describe('too many visits', () => {
  const loop = (maxRunsPerComponent: number) =>
    new Pipeline(
      { joiner: new BranchJoiner(), add: new AddFixedValue(), log: new Double(), end: new Double() },
      { maxRunsPerComponent },
    )
      .connect('joiner.value', 'add.value')
      .connect('add.result', 'joiner.value')
      .connect('log.value', 'end.value')

  test('name the loop', async () => {
    const error = await failureOf(loop(7).run({ joiner: { value: 1 }, log: { value: 1 } }))
    expect(`${error.code}: ${error.message}`).toBe(
      "RUN_MAX_VISITS: 'joiner' (BranchJoiner) ran 7 times, which is as often as maxRunsPerComponent allows. It is part of the loop of 'joiner' and 'add': check the condition that ends it, or raise the limit.",
    )
    expect(error).toMatchObject({ component: 'joiner', type: 'BranchJoiner', visit: 7 })
  })

  test('are more than 100 unless told otherwise', async () => {
    const pipeline = new Pipeline({ joiner: new BranchJoiner(), add: new AddFixedValue() })
    const error = await failureOf(
      pipeline
        .connect('joiner.value', 'add.value')
        .connect('add.result', 'joiner.value')
        .run({ joiner: { value: 1 } }),
    )
    expect(error.visit).toBe(100)
  })

  test('of a component behind a loop name the loop before it', async () => {
    const pipeline = new Pipeline(
      {
        joiner: new BranchJoiner(),
        add: new AddFixedValue(),
        first: new Double(),
        second: new BranchJoiner(),
        last: new BranchJoiner(),
      },
      { maxRunsPerComponent: 3 },
    )
      .connect('joiner.value', 'add.value')
      .connect('add.result', 'first.value')
      .connect('first.value', 'second.value')
      .connect('second.value', 'last.value')
      .connect('first.value', 'last.value')
      .connect('add.result', 'joiner.value')
    expect(await thrownBy(() => pipeline.run({ joiner: { value: 1 } }))).toBe(
      "RUN_MAX_VISITS: 'last' (BranchJoiner) ran 3 times, which is as often as maxRunsPerComponent allows. It gets its values from the loop of 'joiner' and 'add': check the condition that ends it, or raise the limit.",
    )
  })

  test('without any loop say where they come from', async () => {
    const pipeline = new Pipeline(
      { a: new Double(), b: new Double(), joiner: new BranchJoiner() },
      { maxRunsPerComponent: 1 },
    )
      .connect('a.value', 'joiner.value')
      .connect('b.value', 'joiner.value')
    expect(await thrownBy(() => pipeline.run({ a: { value: 1 }, b: { value: 2 } }))).toBe(
      "RUN_MAX_VISITS: 'joiner' (BranchJoiner) ran once, which is as often as maxRunsPerComponent allows. Each value that reaches a greedy input makes it run: raise the limit.",
    )
  })
})
