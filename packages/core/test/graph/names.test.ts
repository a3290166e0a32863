import { describe, expect, test } from '@jest/globals'
import { defineComponent } from '../../src/component/define-component.ts'
import { t } from '../../src/component/t.ts'
import { Pipeline } from '../../src/pipeline/pipeline.ts'
import type { PipelineOptions } from '../../src/pipeline/pipeline-options.ts'
import { AddFixedValue, Double, Repeat } from '../fixtures/index.ts'
import { thrownBy } from '../pipeline/thrown.ts'

const make = (options: PipelineOptions): Pipeline => {
  const pipeline: Pipeline = new Pipeline({ add: new AddFixedValue(), double: new Double() }, options)
  return pipeline.connect('add.result', 'double.value')
}

const refusal = (options: PipelineOptions) => thrownBy(() => make(options).run({ value: 1 }))

describe('names of outputs', () => {
  test('are in result.named, also for outputs that a connection consumed', async () => {
    const pipeline = make({ outputs: { last: 'double.value', first: 'add.result', same: 'double.value' } })
    const result = await pipeline.run({ value: 1 })
    expect(result.named).toEqual({ last: 4, first: 2, same: 4 })
    expect(result.outputs).toEqual({ double: { value: 4 } })
  })

  test('stand only for what is there', async () => {
    const pipeline = new Pipeline(
      { repeat: new Repeat({ outputs: ['x'] }), alone: new Double() },
      { outputs: { x: 'repeat.x' } },
    )
    pipeline.remove('alone')
    expect((await pipeline.run({ value: 1 })).named).toEqual({ x: 1 })
    expect((await make({}).run({ value: 1 })).named).toEqual({})
  })
})

describe('names are refused', () => {
  test('for a component that does not exist', async () => {
    expect(await refusal({ inputs: { start: ['ad.value'] } })).toBe(
      "CONNECT_UNKNOWN_COMPONENT: 'ad.value' names no component. Components: 'add' and 'double'. Did you mean 'add'?",
    )
  })

  test('for a socket that does not exist', async () => {
    expect(await refusal({ inputs: { start: ['add.valeu'] } })).toBe(
      "CONNECT_UNKNOWN_SOCKET: 'add' has no 'valeu' among its inputs 'value' and 'add'. Did you mean 'value'?",
    )
    expect(await refusal({ outputs: { end: 'double.result' } })).toBe(
      "CONNECT_UNKNOWN_SOCKET: 'double' has no 'result' among its outputs 'value'.",
    )
  })

  test('for what is no path', async () => {
    expect(await refusal({ outputs: { end: 'double' } })).toMatch(/^CONNECT_INVALID_PATH: 'double'/)
  })

  test('when an input has the name of a component', async () => {
    expect(await refusal({ inputs: { double: ['add.value'] } })).toBe(
      "PIPELINE_INVALID_NAME: The input name 'double' is also the name of a component: run({ double: … }) could mean either. Choose another.",
    )
  })

  test.each(['', '__proto__', 'constructor'])('when they are %p', async (name) => {
    const message = `PIPELINE_INVALID_NAME: A pipeline cannot call an input or output '${name}'. Choose another name.`
    expect(await refusal({ inputs: Object.fromEntries([[name, ['add.value']]]) })).toBe(message)
    expect(await refusal({ outputs: Object.fromEntries([[name, 'double.value']]) })).toBe(message)
  })

  test('once their component is gone', async () => {
    const pipeline: Pipeline = make({ outputs: { end: 'double.value' } })
    pipeline.remove('double')
    expect(await thrownBy(() => pipeline.run({ value: 1 }))).toMatch(
      /^CONNECT_UNKNOWN_COMPONENT: 'double.value'/,
    )
  })
})

describe('the name of a component', () => {
  test.each(['a', '_a', 'A-1', 'two_words', 'constructor', 'then'])('can be %p', async (name) => {
    const pipeline: Pipeline = new Pipeline({ [name]: new AddFixedValue(), last: new Double() })
    const result = await pipeline.connect(`${name}.result`, 'last.value').run({ [name]: { value: 1 } })
    expect(result.outputs).toEqual({ last: { value: 4 } })
  })

  test.each(['', '10', 'a.b', 'a b', '-a', 'ä', 'a\n', '__proto__', 10])('cannot be %p', async (name) => {
    expect(await thrownBy(() => new Pipeline().add(name as string, new Double()))).toBe(
      `CONNECT_INVALID_NAME: A component cannot be called '${name}': a name starts with a letter or '_' and goes on with letters, digits, '_' and '-'.`,
    )
  })
})

test.each(['', '__proto__', 'constructor', 'toString'])(
  'no socket can be called %p: every object has it',
  async (name) => {
    const sockets = Object.fromEntries([[name, t.string()]])
    const In = defineComponent({ type: 'In', inputs: sockets, outputs: {}, run: () => ({}) })
    const Out = defineComponent({ type: 'Out', inputs: {}, outputs: sockets, run: () => ({}) })
    const why =
      "a socket can have any name but '' and those of properties that every object has, such as 'constructor'."
    expect(await thrownBy(() => new Pipeline({ a: new In() }))).toBe(
      `COMPONENT_INVALID: 'a' has an input called '${name}': ${why}`,
    )
    expect(await thrownBy(() => new Pipeline({ a: new Out() }))).toBe(
      `COMPONENT_INVALID: 'a' has an output called '${name}': ${why}`,
    )
  },
)
