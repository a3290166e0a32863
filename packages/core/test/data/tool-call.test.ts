import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { ToolCall, toolCallSchema } from '../../src/data/tool-call.ts'
import { toolCall } from './arbitraries.ts'
import { testSchemaAgreement } from './schema-agreement.ts'
import { thrownBy } from './thrown.ts'
import { expectToTravel } from './travels.ts'

test('absent arguments are none, and an absent id leaves no key', () => {
  expect(ToolCall.create({ name: 'clock', id: undefined })).toStrictEqual({
    type: 'toolCall',
    name: 'clock',
    arguments: {},
  })
})

test('arguments that are not JSON are refused', async () => {
  const now = new Date(0) as unknown as string
  expect(await thrownBy(() => ToolCall.create({ name: 'clock', arguments: { now } }))).toBe(
    "DATA_INVALID_MESSAGE: Invalid tool call: 'arguments' must be JSON. It holds something else: undefined, a function, an infinite number, a class instance, a cycle or more than 1000 levels.",
  )
})

test('it travels', () => {
  fc.assert(fc.property(toolCall, expectToTravel))
})

testSchemaAgreement(toolCallSchema, ToolCall.is, {
  good: [
    { type: 'toolCall', name: '', arguments: {} },
    { type: 'toolCall', id: 'a', name: 'x', arguments: { a: [null] } },
  ],
  bad: [
    { type: 'toolCall', name: 'x' },
    { type: 'toolCall', name: 'x', arguments: '{}' },
    { type: 'toolCall', name: 'x', arguments: [] },
    { type: 'toolCall', id: null, name: 'x', arguments: {} },
  ],
})

describe('ToolCall.readArguments', () => {
  test.each<{ text: string; read: unknown }>([
    { text: '{"a": 1}', read: { a: 1 } },
    { text: '', read: {} },
    { text: ' \n', read: {} },
    { text: '{"a": ', read: undefined },
    { text: '[1]', read: undefined },
    { text: 'null', read: undefined },
    { text: '5', read: undefined },
  ])('takes $text for $read', ({ text, read }) => {
    expect(ToolCall.readArguments(text)).toEqual(read)
  })
})
