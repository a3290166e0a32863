import { describe, expect, test } from '@jest/globals'
import type { ErrorObject } from 'ajv'
import type { JsonSchema } from '../../src/schema/socket-type.ts'
import { isUnionError, withoutHopelessMembers } from '../../src/schema/union-errors.ts'
import { compileForeign } from '../../src/schema/validator.ts'

function errorsOf(schema: JsonSchema, value: unknown): ErrorObject[] {
  const validate = compileForeign(schema)
  validate(value)
  return validate.errors ?? []
}

function useful(schema: JsonSchema, value: unknown): string[] {
  return withoutHopelessMembers(errorsOf(schema, value)).map(({ instancePath, keyword }) =>
    `${instancePath} ${keyword}`.trim(),
  )
}

const text = { type: 'string', minLength: 3 }
const numbers = { type: 'array', items: { type: 'number' } }
const square = {
  properties: { kind: { const: 'square' }, side: { type: 'number' } },
  required: ['kind', 'side'],
}
const circle = {
  properties: { kind: { const: 'circle' }, radius: { type: 'number' } },
  required: ['kind', 'radius'],
}
const shape = { type: 'object', oneOf: [square, circle] }

describe('of the errors of a union, there remain', () => {
  test('its own when the value is of no member', () => {
    expect(useful({ anyOf: [text, numbers] }, 5)).toEqual(['anyOf'])
  })

  test('those of the one member that has the type of the value', () => {
    expect(useful({ anyOf: [text, numbers] }, 'a')).toEqual(['minLength'])
    expect(useful({ anyOf: [text, numbers] }, [1, 'a', 'b'])).toEqual(['/1 type', '/2 type'])
  })

  test('those of the member whose constant the value has', () => {
    expect(useful(shape, { kind: 'circle', radius: 'far' })).toEqual(['/radius type'])
  })

  test('its own when the value has the constant of none', () => {
    expect(useful(shape, { kind: 'line' })).toEqual(['oneOf'])
  })

  test('those of the member whose literal the value has', () => {
    const modes = ['fast', 'slow'].map((mode) => ({
      type: 'object',
      properties: { mode: { enum: [mode] }, speed: { type: 'number' } },
    }))
    expect(useful({ anyOf: modes }, { mode: 'slow', speed: 'x' })).toEqual(['/speed type'])
    expect(useful({ anyOf: modes }, { mode: 'none', speed: 'x' })).toEqual(['anyOf'])
  })

  test('that of a wrong literal where there is one member it could be', () => {
    const nullable = {
      anyOf: [{ type: 'object', properties: { mode: { enum: ['fast'] } } }, { type: 'null' }],
    }
    expect(useful(nullable, { mode: 'none' })).toEqual(['/mode enum'])
  })

  test('its own when several members could be meant', () => {
    const either = {
      anyOf: [
        { type: 'object', required: ['a'] },
        { type: 'object', required: ['b'] },
      ],
    }
    expect(useful(either, {})).toEqual(['anyOf'])
  })

  test('those of the innermost member', () => {
    const nested = { anyOf: [{ type: 'array', items: { anyOf: [text, numbers] } }, { type: 'null' }] }
    expect(useful(nested, [['a'], 5, 'b'])).toEqual(['/0/0 type', '/1 anyOf', '/2 minLength'])
  })

  test('those of its neighbours, whose path may begin like its own', () => {
    const list = { type: 'array', items: { anyOf: [text, numbers] } }
    const value = [...Array.from({ length: 10 }, () => 'long enough'), 5]
    value[1] = 6
    expect(useful(list, value)).toEqual(['/1 anyOf', '/10 anyOf'])
  })

  test('all that are about something else', () => {
    const both = { type: 'object', required: ['b'], properties: { a: { anyOf: [text, numbers] } } }
    expect(useful(both, { a: 1 }).sort()).toEqual(['/a anyOf', 'required'])
  })
})

test('takes time in proportion to the errors', () => {
  const wrong = Array.from({ length: 20_000 }, () => ({ kind: 'circle', radius: 'far' }))
  expect(useful({ type: 'array', items: shape }, wrong)).toHaveLength(20_000)
})

test('isUnionError tells unions from the rest', () => {
  expect(errorsOf(shape, { kind: 'line' }).filter(isUnionError)).toHaveLength(1)
})
