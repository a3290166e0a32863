// Where Haystack surprises its users, by the numbers of our list: what Millrace does instead. Those that do not
// concern the pipeline have their tests elsewhere.
import { describe, expect, test } from '@jest/globals'
import type { Component } from '../../src/component/component.ts'
import { defineComponent } from '../../src/component/define-component.ts'
import { t } from '../../src/component/t.ts'
import { RunError } from '../../src/errors.ts'
import { Pipeline } from '../../src/pipeline/pipeline.ts'
import type { Sockets } from '../../src/schema/socket.ts'
import {
  AddFixedValue,
  BranchJoiner,
  Double,
  Fail,
  Hello,
  Parity,
  Recorder,
  Repeat,
  Subtract,
} from '../fixtures/index.ts'
import { Collect, Convert } from '../pipeline/behaviours/parts.ts'
import { thrownBy } from '../pipeline/thrown.ts'

async function inputsOf(pipeline: Pipeline, inputs: object) {
  const record = new Recorder()
  await pipeline.run(inputs as Record<string, unknown>, { onEvent: record.onEvent })
  return record.inputs
}

test('Q1: a connection is the same only when both its sockets are', () => {
  const Two = defineComponent({
    type: 'Two',
    inputs: { first: t.array(t.integer()), second: t.array(t.integer()) },
    outputs: {},
    run: () => ({}),
  })
  const pipeline: Pipeline = new Pipeline({ repeat: new Repeat({ outputs: ['x', 'y'] }), two: new Two() })
  pipeline
    .connect('repeat.x', 'two.first')
    .connect('repeat.y', 'two.second')
    .connect('repeat.x', 'two.second')
  expect(pipeline.connections()).toHaveLength(3)
})

test('Q2: the order of the members of a union plays no part', () => {
  class Either implements Component {
    readonly inputs: Sockets
    readonly outputs: Sockets
    constructor(inputs: Sockets, outputs: Sockets) {
      this.inputs = inputs
      this.outputs = outputs
    }
    run() {
      return {}
    }
  }
  const pipeline: Pipeline = new Pipeline({
    a: new Either({}, { value: t.union(t.string(), t.integer()) }),
    b: new Either({ value: t.union(t.integer(), t.string(), t.boolean()) }, {}),
  })
  expect(pipeline.connect('a.value', 'b.value').connections()).toMatchObject([{ sender: { component: 'a' } }])
  expect(pipeline.connections()[0]?.conversion).toBeUndefined()
})

describe('Q3: a value of the caller for a connected list', () => {
  const collecting = (): Pipeline =>
    new Pipeline({ convert: new Convert({ kind: 'x' }), collect: new Collect() }).connect(
      'convert.documents',
      'collect.documents',
    )

  test('is joined in that run alone', async () => {
    const pipeline = collecting()
    const before = pipeline.inputs()
    const first = await inputsOf(pipeline, { convert: { source: '1' }, collect: { documents: ['mine'] } })
    const second = await inputsOf(pipeline, { convert: { source: '1' } })
    expect(first['collect']).toEqual([{ documents: ['mine', 'x 1'] }])
    expect(second['collect']).toEqual([{ documents: ['x 1'] }])
    expect(pipeline.inputs()).toEqual(before)
  })
})

test('Q4: null among lists that are joined adds nothing', async () => {
  const Maybe = defineComponent({
    type: 'Maybe',
    inputs: {},
    outputs: { list: t.union(t.array(t.string()), t.null()) },
    run: () => ({ list: null }),
  })
  const Takes = defineComponent({
    type: 'Takes',
    inputs: { list: t.union(t.array(t.string()), t.null()) },
    outputs: {},
    run: () => ({}),
  })
  const pipeline: Pipeline = new Pipeline({
    maybe: new Maybe(),
    convert: new Convert({ kind: 'x' }),
    takes: new Takes(),
  })
  pipeline.connect('maybe.list', 'takes.list').connect('convert.documents', 'takes.list')
  expect((await inputsOf(pipeline, { source: '1' }))['takes']).toEqual([{ list: ['x 1'] }])
})

test('Q5: a lone input that is an object is an input by socket name, unless a component has its name', async () => {
  const Takes = defineComponent({
    type: 'Takes',
    inputs: { variables: t.object({ a: t.integer() }) },
    outputs: {},
    run: () => ({}),
  })
  expect(await inputsOf(new Pipeline({ takes: new Takes() }), { variables: { a: 1 } })).toEqual({
    takes: [{ variables: { a: 1 } }],
  })
})

test("Q6: the caller's inputs stay as they were", async () => {
  const inner = { value: 1 }
  const inputs = { double: inner }
  await new Pipeline({ double: new Double() }).run(inputs)
  expect(inputs).toEqual({ double: { value: 1 } })
  expect(inputs.double).toBe(inner)
})

describe('Q7: an output that is not declared', () => {
  const odd = () => {
    const pipeline = new Pipeline({ double: new Double() })
    pipeline.get('double').run = ({ value }) => ({ value, extra: 1 }) as { value: number }
    return pipeline
  }

  test('is dropped with a warning', async () => {
    const { outputs, warnings } = await odd().run({ value: 1 })
    expect(outputs).toEqual({ double: { value: 1 } })
    expect(warnings).toMatchObject([{ code: 'UNDECLARED_OUTPUT', component: 'double' }])
  })

  test('is an error where everything is validated', async () => {
    expect(await thrownBy(() => odd().run({ value: 1 }, { validate: 'all' }))).toBe(
      "RUN_INVALID_OUTPUT: 'double' (Double) returned 'extra', which is not among its outputs 'value'.",
    )
  })
})

test('Q8: inputs are checked before a model is loaded', async () => {
  let loads = 0
  const double = Object.assign(new Double(), { warmUp: () => void loads++ })
  expect(await thrownBy(() => new Pipeline({ double }).run({}))).toMatch(/^INPUT_MISSING/)
  expect(loads).toBe(0)
})

test('Q9: an error of a pipeline in a pipeline in a pipeline is wrapped once', async () => {
  const nest = (inner: Pipeline): Pipeline => {
    const Nested = defineComponent({
      type: 'Nested',
      inputs: { value: t.integer() },
      outputs: {},
      run: async ({ value }) => {
        await inner.run({ value })
        return {}
      },
    })
    return new Pipeline({ nested: new Nested() })
  }
  const pipeline = nest(nest(new Pipeline({ fail: new Fail() })))
  const error = await pipeline.run({ value: 1 }).catch((reason: unknown) => reason)
  expect(error).toBeInstanceOf(RunError)
  expect(error).toMatchObject({ component: 'fail', cause: { name: 'PlannedFailure' } })
})

describe('Q18: a run that is blocked', () => {
  const half = () =>
    new Pipeline({ parity: new Parity(), difference: new Subtract(), double: new Double() })
      .connect('parity.even', 'difference.firstValue')
      .connect('parity.odd', 'difference.secondValue')

  test('is an error when it gave nothing', async () => {
    const pipeline = half()
    pipeline.remove('double')
    expect(await thrownBy(() => pipeline.run({ parity: { value: 1 } }))).toMatch(/^RUN_BLOCKED/)
  })

  test('has a warning when it gave something', async () => {
    const { warnings } = await half().run({ parity: { value: 1 }, double: { value: 1 } })
    expect(warnings).toMatchObject([{ code: 'NEVER_RAN', component: 'difference' }])
  })
})

test('Q20: a component has a name, and one that needs no escaping', async () => {
  for (const name of ['', ' ', 'a b', 'a"b', 'a/b', '<b>']) {
    expect(await thrownBy(() => new Pipeline().add(name, new Double()))).toMatch(/^CONNECT_INVALID_NAME/)
  }
})

test('Q21: an object that merely has a run method is refused', async () => {
  const odd = { run: () => ({}) } as unknown as Component
  expect(await thrownBy(() => new Pipeline({ odd }))).toMatch(/^COMPONENT_INVALID: 'odd' is not a component/)
})

describe('Q23: the error names the component', () => {
  test('whose output could not be converted', async () => {
    const pipeline = new Pipeline({ convert: new Convert({ kind: 'x' }), hello: new Hello() })
    const error = await pipeline
      .connect('convert.documents', 'hello.word')
      .run({ source: 'two\nlines' })
      .catch((reason: unknown) => reason)
    expect(error).toMatchObject({
      code: 'RUN_CONVERSION_FAILED',
      component: 'convert',
      type: 'Convert',
      visit: 1,
    })
  })

  test('that ran too often', async () => {
    const pipeline = new Pipeline({ joiner: new BranchJoiner(), add: new AddFixedValue() })
    const error = await pipeline
      .connect('joiner.value', 'add.value')
      .connect('add.result', 'joiner.value')
      .run({ joiner: { value: 1 } })
      .catch((reason: unknown) => reason)
    expect(error).toMatchObject({
      code: 'RUN_MAX_VISITS',
      component: 'joiner',
      type: 'BranchJoiner',
      visit: 100,
    })
  })
})
