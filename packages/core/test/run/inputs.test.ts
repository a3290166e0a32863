import { describe, expect, test } from '@jest/globals'
import { defineComponent } from '../../src/component/define-component.ts'
import { t } from '../../src/component/t.ts'
import { Pipeline } from '../../src/pipeline/pipeline.ts'
import { deepFreeze } from '../../src/testing/index.ts'
import { AddFixedValue, Double, Recorder, StringListJoiner, Sum, TextSplitter } from '../fixtures/index.ts'
import { thrownBy } from '../pipeline/thrown.ts'

const Options = defineComponent({
  type: 'Options',
  inputs: { options: t.object({ size: t.integer() }), name: t.optional(t.string()) },
  outputs: { size: t.integer() },
  run: ({ options }) => ({ size: options.size }),
})

/** What every component got, for these inputs. */
async function given(pipeline: Pipeline, inputs: object): Promise<Recorder['inputs']> {
  const recorder = new Recorder()
  await pipeline.run(inputs as Record<string, unknown>, { onEvent: recorder.onEvent })
  return recorder.inputs
}

const refusal = (pipeline: Pipeline, inputs: object) => thrownBy(() => given(pipeline, inputs))

const twoAdders = (): Pipeline => new Pipeline({ first: new AddFixedValue(), second: new AddFixedValue() })

describe('inputs by component', () => {
  test('reach the sockets that they name', async () => {
    expect(await given(twoAdders(), { first: { value: 1 }, second: { value: 2, add: 5 } })).toEqual({
      first: [{ value: 1 }],
      second: [{ value: 2, add: 5 }],
    })
  })

  test('that are undefined count as not given', async () => {
    const pipeline: Pipeline = new Pipeline({ add: new AddFixedValue(), options: new Options() })
    pipeline.remove('options')
    expect(await given(pipeline, { add: { value: 1, add: undefined } })).toEqual({ add: [{ value: 1 }] })
  })

  test('that are falsy count as given', async () => {
    expect(await given(twoAdders(), { first: { value: 0, add: 0 }, second: { value: 0 } })).toEqual({
      first: [{ value: 0, add: 0 }],
      second: [{ value: 0 }],
    })
  })

  test('of an unknown socket are refused', async () => {
    expect(await refusal(twoAdders(), { first: { valeu: 1 }, second: { value: 1 } })).toBe(
      [
        "INPUT_UNKNOWN: - 'first' (AddFixedValue) has no input 'valeu'. Its open inputs: 'value' and 'add'. Did you mean 'value'?",
        "- 'first' (AddFixedValue) needs 'value' (integer): no connection feeds it and the caller gave no value. Pass { first: { value: … } } or connect it.",
      ].join('\n'),
    )
  })

  test('that are no object are refused', async () => {
    for (const inputs of [5, null, [1]]) {
      expect(await refusal(twoAdders(), { first: inputs, second: { value: 1 } })).toMatch(
        /^INPUT_INVALID: - 'first' is a component: its inputs are an object with 'value' and 'add'\./,
      )
    }
  })

  test('of the wrong type are refused with the place', async () => {
    const pipeline: Pipeline = new Pipeline({ options: new Options() })
    expect(await refusal(pipeline, { options: { options: { size: 'big' }, name: 'x' } })).toBe(
      'INPUT_INVALID: Input \'options.options.size\' ({ size: integer }): expected integer, got "big".',
    )
  })

  test('for an occupied socket are refused', async () => {
    const pipeline: Pipeline = new Pipeline({ a: new Double(), b: new Double() }).connect(
      'a.value',
      'b.value',
    )
    expect(await refusal(pipeline, { a: { value: 1 }, b: { value: 2 } })).toBe(
      "INPUT_OCCUPIED: 'b.value' already gets its value from 'a.value', and an integer socket takes one. Leave the input out, or remove the connection.",
    )
  })

  test('for a connected variadic socket are joined, one element for the caller', async () => {
    const pipeline: Pipeline = new Pipeline({ a: new Double(), sum: new Sum() }).connect(
      'a.value',
      'sum.values',
    )
    expect(await given(pipeline, { a: { value: 1 }, sum: { values: 5 } })).toMatchObject({
      sum: [{ values: [5, 2] }],
    })
    expect(await refusal(pipeline, { a: { value: 1 }, sum: { values: [5] } })).toBe(
      "INPUT_INVALID: Input 'sum.values' (integer): expected integer, got an array of 1.",
    )
  })
})

describe('inputs by socket name', () => {
  test('reach every open socket of that name', async () => {
    expect(await given(twoAdders(), { value: 3 })).toEqual({ first: [{ value: 3 }], second: [{ value: 3 }] })
  })

  test('pass by the sockets that a connection feeds', async () => {
    const pipeline: Pipeline = new Pipeline({ a: new Double(), b: new Double() }).connect(
      'a.value',
      'b.value',
    )
    expect(await given(pipeline, { value: 3 })).toEqual({ a: [{ value: 3 }], b: [{ value: 6 }] })
  })

  test('reach connected variadic sockets, and of the joining ones only those that are not connected', async () => {
    const Lists = defineComponent({
      type: 'Lists',
      inputs: { output: t.array(t.string()) },
      outputs: { output: t.array(t.string()) },
      run: ({ output }) => ({ output }),
    })
    const pipeline: Pipeline = new Pipeline({ head: new Lists(), tail: new Lists() }).connect(
      'head.output',
      'tail.output',
    )
    expect(await given(pipeline, { output: ['x'] })).toEqual({
      head: [{ output: ['x'] }],
      tail: [{ output: ['x'] }],
    })
    const joined: Pipeline = new Pipeline({ split: new TextSplitter(), join: new StringListJoiner() })
    joined.connect('split.output', 'join.lists')
    expect(await given(joined, { sentence: 'a', lists: ['b'] })).toMatchObject({
      join: [{ lists: [['b'], ['a']] }],
    })
  })

  test('may be objects: they are inputs by component only when all keys are components', async () => {
    const pipeline: Pipeline = new Pipeline({ reader: new Options() })
    expect(await given(pipeline, { options: { size: 3 } })).toEqual({ reader: [{ options: { size: 3 } }] })
  })

  test('that no socket has are refused', async () => {
    expect(await refusal(twoAdders(), { valeu: 3 })).toBe(
      [
        "INPUT_UNKNOWN: - 'valeu' is neither a component nor an open input. Components: 'first' and 'second'. Open inputs: 'value' and 'add'. Did you mean 'value'?",
        "- 'first' (AddFixedValue) needs 'value' (integer): no connection feeds it and the caller gave no value. Pass { first: { value: … } } or connect it.",
        "- 'second' (AddFixedValue) needs 'value' (integer): no connection feeds it and the caller gave no value. Pass { second: { value: … } } or connect it.",
      ].join('\n'),
    )
  })

  test('that only connected sockets have are refused', async () => {
    const Only = defineComponent({
      type: 'Only',
      inputs: { only: t.integer() },
      outputs: {},
      run: () => ({}),
    })
    const pipeline: Pipeline = new Pipeline({ add: new AddFixedValue(), end: new Only() })
    pipeline.connect('add.result', 'end.only')
    expect(await refusal(pipeline, { value: 1, only: 2 })).toBe(
      "INPUT_OCCUPIED: 'end.only' already gets its value from 'add.result', and an integer socket takes one. Leave the input out, or remove the connection.",
    )
  })

  test('that only a connected list has are refused, and how to add to it is said', async () => {
    const Lists = defineComponent({
      type: 'Lists',
      inputs: { list: t.array(t.string()) },
      outputs: {},
      run: () => ({}),
    })
    const pipeline: Pipeline = new Pipeline({ split: new TextSplitter(), lists: new Lists() })
    pipeline.connect('split.output', 'lists.list')
    expect(await refusal(pipeline, { sentence: 'a', list: ['b'] })).toBe(
      "INPUT_OCCUPIED: 'lists.list' already gets its value from 'split.output'. To add to that, give the input by its path, 'lists.list'.",
    )
    expect(await given(pipeline, { split: { sentence: 'a' }, lists: { list: ['b'] } })).toMatchObject({
      lists: [{ list: ['b', 'a'] }],
    })
  })

  test('mixed with components are refused', async () => {
    expect(await refusal(twoAdders(), { first: { value: 1 }, value: 2 })).toBe(
      "INPUT_AMBIGUOUS: 'first' is a component, but 'value' is not. Give the inputs by component, { prompt: { country } }, or all by name, { country }.",
    )
  })

  test('a component called like a socket: the inputs are by component', async () => {
    const pipeline: Pipeline = new Pipeline({ value: new Double() })
    expect(await given(pipeline, { value: { value: 4 } })).toEqual({ value: [{ value: 4 }] })
    expect(await refusal(pipeline, { value: 4 })).toMatch(/^INPUT_INVALID: - 'value' is a component/)
  })
})

describe('names that the pipeline gives itself', () => {
  const named = (): Pipeline =>
    new Pipeline(
      { first: new AddFixedValue(), second: new AddFixedValue() },
      { inputs: { start: ['first.value', 'second.value'], more: ['second.add'] } },
    )

  test('reach all sockets behind them', async () => {
    expect(await given(named(), { start: 1, more: 2 })).toEqual({
      first: [{ value: 1 }],
      second: [{ value: 1, add: 2 }],
    })
  })

  test('may stand beside socket names, but no socket gets two values', async () => {
    expect(await given(named(), { start: 1, add: 3 })).toEqual({
      first: [{ value: 1, add: 3 }],
      second: [{ value: 1, add: 3 }],
    })
    expect(await refusal(named(), { start: 1, value: 2 })).toBe(
      [
        "INPUT_AMBIGUOUS: - Two inputs reach 'first.value', by two of its names. Give one of them.",
        "- Two inputs reach 'second.value', by two of its names. Give one of them.",
      ].join('\n'),
    )
  })

  test('go before sockets of the same name', async () => {
    const pipeline: Pipeline = new Pipeline(
      { first: new AddFixedValue(), second: new AddFixedValue() },
      { inputs: { value: ['first.value'] } },
    )
    expect(await refusal(pipeline, { value: 1 })).toMatch(
      /^INPUT_MISSING: 'second' \(AddFixedValue\) needs 'value'/,
    )
  })

  test('are suggested', async () => {
    expect(await refusal(named(), { strat: 1 })).toMatch(
      /Open inputs: 'start', 'more', 'value' and 'add'\. Did you mean 'start'\?/,
    )
  })
})

describe('inputs', () => {
  test.each([null, [], 'text', 5])('that are %p are refused', async (inputs) => {
    expect(await refusal(twoAdders(), inputs as unknown as object)).toBe(
      'INPUT_INVALID: The inputs of a run are an object, such as { prompt: { country: "France" } }.',
    )
  })

  test('that are missing are named, all of them', async () => {
    expect(await refusal(twoAdders(), {})).toMatch(/^INPUT_MISSING: - 'first' .*\n- 'second' /)
  })

  test('of the caller are not changed, frozen ones will do', async () => {
    const inputs = deepFreeze({ first: { value: 1 }, second: { value: 2 } })
    await given(twoAdders(), inputs)
    expect(inputs).toEqual({ first: { value: 1 }, second: { value: 2 } })
  })

  test('of the caller are passed on as frozen copies', async () => {
    const options = { size: 1 }
    const seen = await given(new Pipeline({ reader: new Options() }), { options })
    expect(seen['reader']?.[0]?.['options']).toEqual(options)
    expect([Object.isFrozen(seen['reader']?.[0]?.['options']), Object.isFrozen(options)]).toEqual([
      true,
      false,
    ])
  })

  test('cannot reach what every object has', async () => {
    for (const name of ['constructor', 'toString', '__proto__']) {
      const inputs = Object.fromEntries([[name, 1]])
      expect(await refusal(twoAdders(), inputs)).toMatch(
        `INPUT_UNKNOWN: - '${name}' is neither a component nor an open`,
      )
    }
  })

  test('are checked before anything is loaded', async () => {
    let loaded = 0
    class Loading extends Double {
      override warmUp() {
        loaded++
      }
    }
    const pipeline: Pipeline = new Pipeline({ loading: new Loading() })
    expect(await refusal(pipeline, { value: 'one' })).toMatch(/^INPUT_INVALID/)
    expect(await refusal(pipeline, {})).toMatch(/^INPUT_MISSING/)
    expect(loaded).toBe(0)
    await given(pipeline, { value: 1 })
    expect(loaded).toBe(1)
  })
})

test('what does not fit is refused as fast as what does, however long the list', async () => {
  const Count = defineComponent({
    type: 'Count',
    inputs: { messages: t.array(t.message()) },
    outputs: { count: t.integer() },
    run: async ({ messages }) => ({ count: messages.length }),
  })
  const wrong = new Array(100_000).fill(1) as never
  const run = thrownBy(() => new Pipeline({ count: new Count() }).run({ count: { messages: wrong } }))
  expect(await run).toContain(
    "Input 'count.messages.0' (ChatMessage[]): expected ChatMessage, got the number 1.",
  )
})
