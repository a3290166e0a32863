import { describe, expect, test } from '@jest/globals'
import { t } from '../../src/component/t.ts'
import type { Socket } from '../../src/schema/socket.ts'
import { checkValue } from '../../src/schema/validate.ts'
import { exampleInputs } from '../../src/testing/example-values.ts'

const sockets: Record<string, Socket> = {
  text: t.string(),
  longText: t.string({ minLength: 40 }),
  shortText: t.string({ maxLength: 2 }),
  date: t.string({ format: 'date-time' }),
  number: t.number(),
  narrow: t.number({ minimum: 0.2, maximum: 0.4 }),
  above: t.integer({ exclusiveMinimum: 5 }),
  below: t.integer({ maximum: -3 }),
  under: t.number({ exclusiveMaximum: 0 }),
  steps: t.integer({ minimum: 10, multipleOf: 4 }),
  flag: t.boolean(),
  nothing: t.null(),
  anything: t.unknown(),
  json: t.json(),
  choice: t.literal('a', 'b'),
  list: t.array(t.string(), { minItems: 2 }),
  fields: t.object({ a: t.integer(), b: t.integer({ default: 4 }) }),
  record: t.record(t.boolean()),
  union: t.union(t.null(), t.string()),
  message: t.message(),
  image: t.image(),
  document: t.document(),
  chunk: t.chunk(),
  tools: t.tools(),
  callback: t.callback(),
}

describe('exampleInputs', () => {
  test.each(Object.entries(sockets))('makes a value for a socket like %s', (name, socket) => {
    const [inputs] = exampleInputs({ [name]: socket })
    expect(inputs).toHaveProperty(name)
    expect(checkValue(socket, inputs?.[name])).toEqual([])
  })

  test('gives all sockets, then the mandatory ones alone', () => {
    expect(exampleInputs({ a: t.integer(), b: t.optional(t.integer()) })).toEqual([{ a: 1, b: 1 }, { a: 1 }])
    expect(exampleInputs({ a: t.integer() })).toEqual([{ a: 1 }])
  })

  test('gives a list for variadic and greedy sockets', () => {
    expect(exampleInputs({ all: t.variadic(t.integer()), one: t.greedy(t.integer()) })).toEqual([
      { all: [1], one: [1] },
    ])
  })

  test.each([
    ['a pattern', t.string({ pattern: '^[0-9]{4}$' })],
    ['a custom type', t.custom<object>('Handle', () => true)],
    ['a list of a custom type', t.array(t.custom<object>('Handle', () => true))],
  ])('says when it cannot make one, as for %s', (_, socket) => {
    expect(() => exampleInputs({ input: socket })).toThrow(
      /^No example can be made for input 'input' \(.*\)\. Give/,
    )
  })
})
