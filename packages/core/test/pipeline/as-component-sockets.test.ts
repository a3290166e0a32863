import { describe, expect, test } from '@jest/globals'
import type { Component } from '../../src/component/component.ts'
import { t } from '../../src/component/t.ts'
import type { PipelineComponent, PipelineMapping } from '../../src/pipeline/as-component.ts'
import { Pipeline } from '../../src/pipeline/pipeline.ts'
import type { PipelineOptions } from '../../src/pipeline/pipeline-options.ts'
import type { Sockets } from '../../src/schema/socket.ts'
import { AddFixedValue, Double, Parity, Sum } from '../fixtures/index.ts'
import { thrownBy } from './thrown.ts'

/** Has these sockets; it is only looked at. */
class Part implements Component {
  static readonly type = 'Part'
  readonly inputs: Sockets
  readonly outputs: Sockets
  constructor(inputs: Sockets, outputs: Sockets = {}) {
    this.inputs = inputs
    this.outputs = outputs
  }
  run() {
    return {}
  }
}

const chain = (options: PipelineOptions = {}): Pipeline =>
  new Pipeline({ add: new AddFixedValue(), double: new Double() }, options).connect(
    'add.result',
    'double.value',
  )

const shown = ({ inputs, outputs }: PipelineComponent) => [Object.keys(inputs), Object.keys(outputs)]

describe('a pipeline as a component shows', () => {
  test('without a mapping all that is open', () => {
    expect(shown(chain().asComponent())).toEqual([['value', 'add'], ['value']])
  })

  test('without a mapping the names that it gives itself', () => {
    const options = { inputs: { number: ['add.value'] }, outputs: { sum: 'add.result', end: 'double.value' } }
    expect(shown(chain(options).asComponent())).toEqual([['number'], ['sum', 'end']])
    expect(shown(chain({ outputs: { sum: 'add.result' } }).asComponent())).toEqual([
      ['value', 'add'],
      ['sum'],
    ])
  })

  test('what a mapping says, also of outputs that a connection consumes', () => {
    const mapping = {
      inputs: { number: ['add.value'] },
      outputs: { 'add.result': 'sum', 'double.value': 'end' },
    }
    expect(shown(chain().asComponent(mapping as PipelineMapping))).toEqual([['number'], ['sum', 'end']])
    expect(shown(chain().asComponent({ inputs: {}, outputs: {} }))).toEqual([[], []])
  })

  test('the sockets that it had when it was made one', () => {
    const pipeline = chain()
    const component = pipeline.asComponent()
    pipeline.add('more', new Double())
    expect(shown(component)).toEqual([['value', 'add'], ['value']])
  })
})

describe('a mapping is refused', () => {
  const refusal = (mapping: unknown, pipeline = chain()) =>
    thrownBy(() => pipeline.asComponent(mapping as PipelineMapping))

  const cases: [what: string, mapping: unknown, message: string][] = [
    [
      'for an unknown component',
      { inputs: { number: ['ad.value'] } },
      "CONNECT_UNKNOWN_COMPONENT: There is no component 'ad'. Components: 'add' and 'double'. Did you mean 'add'?",
    ],
    [
      'for an unknown input',
      { inputs: { number: ['add.valeu'] } },
      "CONNECT_UNKNOWN_SOCKET: 'add' has no 'valeu' among its inputs 'value' and 'add'. Did you mean 'value'?",
    ],
    [
      'for an unknown output',
      { outputs: { 'add.toString': 'sum' } },
      "CONNECT_UNKNOWN_SOCKET: 'add' has no 'toString' among its outputs 'result'.",
    ],
    [
      'for what is no path',
      { inputs: { number: ['add'] } },
      "CONNECT_INVALID_PATH: 'add' is not an end of a connection. Write it as component.socket, for example 'prompt.prompt'.",
    ],
    [
      'for an input that a connection feeds',
      { inputs: { number: ['double.value'] } },
      "CONNECT_OCCUPIED: The input 'number' cannot reach 'double.value': a connection feeds it already.",
    ],
    [
      'for an input that reaches nothing',
      { inputs: { number: [] } },
      "PIPELINE_INVALID_NAME: The input 'number' is mapped to no socket. Name one, or leave it out.",
    ],
    [
      'for no list of sockets',
      { inputs: { number: 'add.value' } },
      "PIPELINE_INVALID_NAME: The input 'number' is mapped to \"add.value\". It takes a list, such as ['prompt.question'].",
    ],
    [
      'for an input that two names reach',
      { inputs: { a: ['add.value'], b: ['add.add', 'add.value'] } },
      "PIPELINE_INVALID_NAME: The inputs 'a' and 'b' are both mapped to 'add.value', which takes one value.",
    ],
    [
      'for an input that one name reaches twice',
      { inputs: { a: ['add.value', 'add.value'] } },
      "PIPELINE_INVALID_NAME: The input 'a' is mapped to 'add.value' twice.",
    ],
    [
      'for two outputs of one name',
      { outputs: { 'add.result': 'end', 'double.value': 'end' } },
      "PIPELINE_INVALID_NAME: 'add.result' and 'double.value' are both mapped to 'end'. Give each its own name.",
    ],
    [
      'for an output without a name',
      { outputs: { 'add.result': 5 } },
      "PIPELINE_INVALID_NAME: The output 'add.result' is mapped to the number 5. Give the name that the output has outside.",
    ],
    [
      'for an input without a name',
      { inputs: { '': ['add.value'] } },
      "PIPELINE_INVALID_NAME: A pipeline cannot call an input or output ''. Choose another name.",
    ],
    [
      'for an output with a name that cannot be',
      { outputs: { 'add.result': '__proto__' } },
      "PIPELINE_INVALID_NAME: A pipeline cannot call an input or output '__proto__'. Choose another name.",
    ],
  ]
  test.each(cases)('%s', async (_, mapping, message) => {
    expect(await refusal(mapping)).toBe(message)
  })

  test('for an input that no one type fits', async () => {
    const pipeline = new Pipeline({
      text: new Part({ value: t.string() }),
      number: new Part({ value: t.integer() }),
    })
    expect(await refusal({ inputs: { value: ['text.value', 'number.value'] } }, pipeline as Pipeline)).toBe(
      "CONNECT_TYPE_MISMATCH: The input 'value' would reach sockets of which no type fits all the others. Name each by itself with inputs.\n  text.value: string\n  number.value: integer",
    )
    expect(await refusal(undefined, pipeline as Pipeline)).toMatch(
      /^CONNECT_TYPE_MISMATCH: The input 'value'/,
    )
  })

  test('for two open outputs of one name', async () => {
    const pipeline = new Pipeline({ a: new Double(), b: new Double() })
    expect(await refusal(undefined, pipeline as Pipeline)).toBe(
      "PIPELINE_INVALID_NAME: Two open outputs are called 'value': 'a.value' and 'b.value'. Say with outputs which name each has outside.",
    )
  })
})

describe('an input', () => {
  const inputOf = (parts: Record<string, Component>, connections: readonly [string, string][] = []) => {
    const pipeline: Pipeline = new Pipeline(parts)
    for (const [from, to] of connections) pipeline.connect(from as 'a.b', to as 'a.b')
    return pipeline.asComponent().inputs['value']
  }

  test('for several sockets has the narrowest of their types, and its description', () => {
    const parts = {
      any: new Part({ value: t.unknown() }),
      number: new Part({ value: t.number({ description: 'How much.' }) }),
      integer: new Part({ value: t.integer({ description: 'How many.', minimum: 1 }) }),
      either: new Part({ value: t.union(t.string(), t.number()) }),
    }
    expect(inputOf(parts)).toEqual({
      type: { kind: 'integer', constraints: { minimum: 1 } },
      receives: 'one',
      optional: false,
      description: 'How many.',
    })
  })

  test('is mandatory if any of them is, and shows no default', () => {
    const optional = { value: t.integer({ default: 3 }) }
    expect(inputOf({ a: new Part(optional), b: new Part(optional) })).toEqual({
      type: { kind: 'integer' },
      receives: 'one',
      optional: true,
    })
    expect(inputOf({ a: new Part(optional), b: new Double() })?.optional).toBe(false)
  })

  test('takes one value for a socket that takes many, and need not where others send', () => {
    expect(inputOf({ a: new Part({ value: t.variadic(t.integer()) }) })).toMatchObject({
      receives: 'one',
      optional: false,
    })
    const parts = { a: new Part({ value: t.greedy(t.integer()) }), b: new Part({}, { out: t.integer() }) }
    expect(inputOf(parts, [['b.out', 'a.value']])?.optional).toBe(true)
  })
})

describe('an output is optional', () => {
  const outputsOf = (pipeline: Pipeline, outputs: Record<string, string>) => {
    const component = pipeline.asComponent({ outputs } as PipelineMapping)
    return Object.entries(component.outputs).map(([name, { optional }]) => `${name}${optional ? '?' : ''}`)
  }

  test('when the component inside may leave it out, or may not run', () => {
    const pipeline = new Pipeline({
      add: new AddFixedValue(),
      parity: new Parity(),
      double: new Double(),
      sum: new Sum(),
    })
      .connect('add.result', 'parity.value')
      .connect('parity.even', 'double.value')
      .connect('add.result', 'sum.values')
      .connect('double.value', 'sum.values')
    const outputs = {
      'add.result': 'added',
      'parity.odd': 'odd',
      'double.value': 'doubled',
      'sum.total': 'total',
    }
    expect(outputsOf(pipeline as Pipeline, outputs)).toEqual(['added', 'odd?', 'doubled?', 'total'])
  })

  test('and not when all that it depends on surely runs', () => {
    expect(outputsOf(chain(), { 'double.value': 'value' })).toEqual(['value'])
  })
})
