import { describe, expect, test } from '@jest/globals'
import { type Socket, t } from '@millrace/core'
import { describeSocket, inputLines, shortType } from '../../src/output/socket-lines.ts'

test.each<[Socket, string]>([
  [t.unknown(), 'any value'],
  [t.object({ a: t.integer() }), 'object'],
  [t.array(t.object({ a: t.integer() })), 'object[]'],
  [t.union(t.object({}), t.record(t.string()), t.object({ a: t.null() })), 'object | Record<string, string>'],
  [t.array(t.union(t.message(), t.string())), '(ChatMessage | string)[]'],
])('shortType names a type in a few words', ({ type }, text) => {
  expect(shortType(type)).toBe(text)
})

test('describeSocket has type, default and description', () => {
  expect(describeSocket({ name: 'a', ...t.integer({ default: 3, description: 'A number.' }) })).toBe(
    'a (integer = 3): A number.',
  )
  expect(describeSocket({ name: 'a', ...t.string() })).toBe('a (string)')
})

describe('inputLines', () => {
  test('has what a run needs first, each name once, and nothing that only code can give', () => {
    expect(
      inputLines([
        { name: 'limit', ...t.integer(), mandatory: false },
        { name: 'question', ...t.string(), mandatory: true },
        { name: 'question', ...t.string(), mandatory: true },
        { name: 'streamingCallback', ...t.callback(), mandatory: false },
      ]),
    ).toEqual(['needs question (string)', 'takes limit (integer)'])
  })
})
