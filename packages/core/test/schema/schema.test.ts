import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { t } from '../../src/component/t.ts'
import { isJsonValue } from '../../src/json.ts'
import { schemaOf, schemaOfType } from '../../src/schema/schema.ts'
import { socketType } from '../component/arbitraries.ts'

describe('schemaOf', () => {
  test('of any type is plain JSON', () => {
    fc.assert(fc.property(socketType, (type) => isJsonValue(schemaOfType(type))))
  })

  test('of a variadic socket is that of a list, with the notes of the socket', () => {
    expect(schemaOf(t.variadic(t.string({ minLength: 1 }), { description: 'Texts.', default: [] }))).toEqual({
      type: 'array',
      items: { type: 'string', minLength: 1 },
      description: 'Texts.',
      default: [],
    })
  })

  test('gives named types another schema where it is asked to', () => {
    const socket = t.object({ a: t.message(), b: t.callback() })
    const named = ({ name }: { readonly name: string }) =>
      name === 'ChatMessage' ? { $ref: '#/$defs/ChatMessage' } : undefined
    expect(schemaOf(socket, { named })).toMatchObject({
      properties: { a: { $ref: '#/$defs/ChatMessage' }, b: {} },
    })
  })
})

test('an open schema asks no more of a value than `fits` asks of its type', () => {
  const socket = t.object({
    name: t.string({ minLength: 1 }),
    list: t.array(t.object({ size: t.integer({ minimum: 1 }) }), { minItems: 1 }),
  })
  expect(schemaOf(socket, { open: true })).toEqual({
    type: 'object',
    properties: {
      name: { type: 'string' },
      list: {
        type: 'array',
        items: { type: 'object', properties: { size: { type: 'integer' } }, required: ['size'] },
      },
    },
    required: ['name', 'list'],
  })
})
