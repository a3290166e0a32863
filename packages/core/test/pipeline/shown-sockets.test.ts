import { describe, expect, test } from '@jest/globals'
import type { Component } from '../../src/component/component.ts'
import { t } from '../../src/component/t.ts'
import type { PipelineMapping } from '../../src/pipeline/mapping.ts'
import { Pipeline } from '../../src/pipeline/pipeline.ts'
import type { Sockets } from '../../src/schema/socket.ts'
import { AddFixedValue, Double, Parity, Sum } from '../fixtures/index.ts'

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

const chain = (): Pipeline =>
  new Pipeline({ add: new AddFixedValue(), double: new Double() }).connect('add.result', 'double.value')

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
