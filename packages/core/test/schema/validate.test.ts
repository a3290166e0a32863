import { describe, expect, test } from '@jest/globals'
import { t } from '../../src/component/t.ts'
import { checkSchema, checkType, checkValue, schemaFault } from '../../src/schema/validate.ts'
import { thrown } from '../component/thrown.ts'

describe('checkValue', () => {
  test('finds nothing wrong with what is right', () => {
    expect(checkValue(t.object({ a: t.string() }), { a: 'a' })).toEqual([])
  })

  test('checks the list of a variadic socket, and checkType one element of it', () => {
    const socket = t.variadic(t.integer())
    expect(checkValue(socket, [1, 2])).toEqual([])
    expect(checkValue(socket, 1)).toEqual([{ path: [], message: 'expected integer[], got the number 1.' }])
    expect(checkValue(socket, [1, 'a'])).toEqual([{ path: [1], message: 'expected integer, got "a".' }])
    expect(checkType(socket.type, 1)).toEqual([])
    expect(checkType(socket.type, [1])).toEqual([
      { path: [], message: 'expected integer, got an array of 1.' },
    ])
  })

  test('asks every check anew, also that of a type of the same name', () => {
    const even = t.custom('Even', (value) => Number(value) % 2 === 0)
    const odd = t.custom('Even', (value) => Number(value) % 2 === 1)
    expect([checkValue(even, 2), checkValue(odd, 1)]).toEqual([[], []])
    expect(checkValue(odd, 2)).toHaveLength(1)
  })

  test('does not change the value, and fills nothing in', () => {
    const value = Object.freeze({})
    expect(checkValue(t.object({ a: t.string({ default: 'a' }) }), value)).toEqual([])
    expect(value).toEqual({})
  })

  test('a format that does not exist is refused when it is first needed', () => {
    expect(thrown(() => checkValue(t.string({ format: 'dat' }), 1))).toBe(
      'SOCKET_INVALID: A socket of type string has options that cannot be checked: unknown format "dat".',
    )
  })
})

test('checkType asks no more than fits does when it is open', () => {
  const { type } = t.object({ size: t.integer({ minimum: 1 }) })
  const value = { size: 0, colour: 'red' }
  expect(checkType(type, value)).toHaveLength(2)
  expect(checkType(type, value, { open: true })).toEqual([])
  expect(checkType(type, value)).toHaveLength(2)
  expect(checkType(type, { size: 'a' }, { open: true })).toEqual([
    { path: ['size'], message: 'expected integer, got "a".' },
  ])
})

describe('keys that every object inherits', () => {
  const own = t.object({ constructor: t.string(), toString: t.optional(t.integer()) })

  test('are missing unless they are the own keys of the value', () => {
    expect(checkValue(own, {})).toEqual([
      { path: [], message: "'constructor' is missing.", missingKey: 'constructor' },
    ])
    expect(checkValue(own, { constructor: 'a' })).toEqual([])
  })

  test('are unknown when they are not declared', () => {
    const value = JSON.parse('{"__proto__": 1, "constructor": 2, "hasOwnProperty": 3}')
    expect(checkValue(t.object({}), value).map(({ unknownKey }) => unknownKey)).toEqual([
      '__proto__',
      'constructor',
      'hasOwnProperty',
    ])
  })

  test('are values of a record like others', () => {
    const value = JSON.parse('{"__proto__": 1, "constructor": "a"}')
    expect(checkValue(t.record(t.integer()), value)).toEqual([
      { path: ['constructor'], message: 'expected integer, got "a".' },
    ])
    expect(checkValue(t.record(t.string()), value)).toEqual([
      { path: ['__proto__'], message: 'expected string, got the number 1.' },
    ])
  })
})

describe('large values', () => {
  const large = 'x'.repeat(10_000_000)

  test('are not printed', () => {
    expect(checkValue(t.string({ minLength: 1, maxLength: 10 }), large)).toEqual([
      {
        path: [],
        message: `must have at most 10 characters, got the string "${'x'.repeat(40)}…".`,
      },
    ])
    const [problem] = checkValue(t.object({ name: t.optional(t.string()) }), { [large]: 1 })
    expect(problem?.message).toBe(`'${'x'.repeat(40)}…' is unknown. Possible: 'name'.`)
    expect(problem?.unknownKey).toHaveLength(large.length)
  })

  test('with a mistake in each of many elements tell the first hundred', () => {
    const wrong = Array.from({ length: 2_000 }, () => ({
      role: 'user',
      content: [{ type: 'text', text: 1 }],
    }))
    const problems = checkValue(t.array(t.message()), wrong)
    expect(problems).toHaveLength(100)
    expect(problems[99]).toEqual({
      path: [99, 'content', 0, 'text'],
      message: 'expected string, got the number 1.',
    })
  })
})

describe('checkSchema', () => {
  test('checks against a schema from elsewhere, whatever keywords it has', () => {
    const schema = {
      type: 'object',
      title: 'AddArguments',
      properties: {
        a: { type: 'integer', title: 'A', example: 1 },
        unit: { anyOf: [{ type: 'string' }, { type: 'null' }] },
        size: {
          anyOf: [{ enum: ['s', 'm'] }, { title: 'Custom', type: 'object' }, { type: ['number', 'null'] }],
        },
      },
      required: ['a'],
    }
    expect(checkSchema(schema, { a: 1, unit: null, more: 1 })).toEqual([])
    expect(checkSchema(schema, { a: 'x', unit: 1, size: true })).toEqual([
      { path: ['a'], message: 'expected integer, got "x".' },
      { path: ['unit'], message: 'expected string | null, got the number 1.' },
      { path: ['size'], message: 'expected "s" | "m" | Custom | number | null, got the boolean true.' },
    ])
  })

  test('follows references, as in trees', () => {
    const schema = {
      type: 'object',
      properties: { children: { type: 'array', items: { $ref: '#' } }, name: { $ref: '#/$defs/name' } },
      $defs: { name: { type: 'string' } },
    }
    expect(checkSchema(schema, { children: [{ name: 'a' }, { children: [{ name: 1 }] }] })).toEqual([
      { path: ['children', 1, 'children', 0, 'name'], message: 'expected string, got the number 1.' },
    ])
  })
})

describe('schemaFault', () => {
  const endless: Record<string, unknown> = { type: 'object' }
  endless['properties'] = { self: endless }

  test.each<[what: string, schema: unknown, fault: string | undefined]>([
    ['what is fine', { type: 'object' }, undefined],
    ['the empty schema', {}, undefined],
    ['null', null, 'it is not an object'],
    ['a list', [], 'it is not an object'],
    ['true', true, 'it is not an object'],
    ['a promise of a check', { $async: true, type: 'object' }, "its keyword '$async' is not supported"],
    [
      'a type that does not exist',
      { type: 'objekt' },
      'schema is invalid: data/type must be equal to one of the allowed values, data/type must be array, data/type must match a schema in anyOf',
    ],
    ['a reference to nothing', { $ref: '#/$defs/x' }, "can't resolve reference #/$defs/x from id #"],
    [
      'a pattern that is none',
      { type: 'object', properties: { a: { pattern: '(' } } },
      'Invalid regular expression: /(/u: Unterminated group',
    ],
  ])('of %s', (_, schema, fault) => {
    expect(schemaFault(schema)).toBe(fault)
  })

  test('of a pattern that needs backtracking is none', () => {
    expect(schemaFault({ pattern: 'a(?=b)' })).toBeUndefined()
  })

  test('of a schema that contains itself is that it is not JSON', () => {
    expect(schemaFault(endless)).toMatch(/^Converting circular structure to JSON/)
  })
})
