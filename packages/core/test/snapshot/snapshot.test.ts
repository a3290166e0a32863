import { describe, expect, test } from '@jest/globals'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { planOf } from '../../src/graph/plan.ts'
import { isJsonValue } from '../../src/json.ts'
import { Pipeline } from '../../src/pipeline/pipeline.ts'

import { graphOf, type Snapshot, snapshotSchema } from '../../src/snapshot/snapshot.ts'
import { Double } from '../fixtures/index.ts'

const example: Snapshot = {
  version: 1,
  created: '2024-02-29T12:00:00.000Z',
  reason: 'failure',
  at: { component: 'llm', visit: 2 },
  graph: {
    components: { prompt: 'PromptBuilder', llm: 'Generator' },
    connections: [['prompt.prompt', 'llm.messages']],
  },
  includeOutputsFrom: ['prompt'],
  visits: { prompt: 1, llm: 2 },
  inputs: [
    { socket: 'prompt.country', value: null },
    { socket: 'llm.tools', omitted: 'Tools' },
  ],
  arrived: [
    { sender: 'prompt.prompt', receiver: 'llm.messages', values: [{ value: 'a' }, { omitted: 'Frame' }] },
  ],
  pending: [{ component: 'llm', visit: 2, eager: false, inputs: { messages: { value: [] } } }],
  outputs: { prompt: { prompt: { value: { any: ['thing'] } } } },
  named: { answer: { omitted: 'Frame' } },
  warnings: [{ code: 'NEVER_RAN', component: 'llm', message: 'Oh.' }],
}

describe('the schema of a snapshot', () => {
  const validate = new Ajv2020({ strict: true, strictRequired: false }).compile(snapshotSchema)

  test('is JSON, and one of 2020-12', () => {
    expect(isJsonValue(snapshotSchema)).toBe(true)
    expect(snapshotSchema['$schema']).toBe('https://json-schema.org/draft/2020-12/schema')
  })

  test('accepts a snapshot, wherever it stopped', () => {
    expect(validate(example)).toBe(true)
    const { at: _, ...nowhere } = example
    expect(validate(nowhere)).toBe(true)
  })

  test.each(Object.keys(example).filter((key) => key !== 'at'))('asks for %s', (key) => {
    const { [key as keyof Snapshot]: _, ...others } = example
    expect(validate(others)).toBe(false)
  })

  test('knows every key', () => {
    expect(Object.keys(snapshotSchema['properties'] as object)).toEqual(Object.keys(example))
    expect(validate({ ...example, more: 1 })).toBe(false)
  })
})

test('the graph in a snapshot is that of the plan', () => {
  const plan = planOf(new Pipeline({ a: new Double(), b: new Double() }).connect('a.value', 'b.value'))
  expect(graphOf(plan)).toEqual({
    components: { a: 'Double', b: 'Double' },
    connections: [['a.value', 'b.value']],
  })
})
