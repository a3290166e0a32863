import { describe, expect, test } from '@jest/globals'
import { ChatMessage, Document, type Socket, t } from '@millrace/core'
import { readJsonText, readText } from '../../src/arguments/text-value.ts'

const message = (text: string) => ChatMessage.user(text)

const readings: [string, Socket, string, unknown][] = [
  ['a string stays a string', t.string(), '42', '42'],
  ['an empty string is one', t.string(), '', ''],
  ['a string is not trimmed', t.string(), ' a ', ' a '],
  ['anything stays a string', t.unknown(), '[1]', '[1]'],
  ['a number', t.number(), '-1.5e3', -1500],
  ['a number without its zero', t.number(), '.5', 0.5],
  ['an integer with spaces', t.integer(), ' 42 ', 42],
  ['a boolean', t.boolean(), 'true', true],
  ['null', t.null(), 'null', null],
  ['a literal', t.literal('auto', 'none'), 'none', 'none'],
  ['a literal that is no string', t.literal(1, 2), '2', 2],
  ['JSON', t.json(), '{"a": [1, null]}', { a: [1, null] }],
  ['an object', t.object({ a: t.integer() }), '{"a": 1}', { a: 1 }],
  ['a record', t.record(t.string()), '{"a": "b"}', { a: 'b' }],
  ['a list as JSON', t.array(t.string()), '["a", "b"]', ['a', 'b']],
  ['a list of one text', t.array(t.string()), 'a, b', ['a, b']],
  ['a list of one text in brackets', t.array(t.string()), '[a]', ['[a]']],
  ['a list of one number', t.array(t.integer()), '5', [5]],
  ['the string of a union', t.union(t.integer(), t.string()), '5', '5'],
  ['the number of a union without strings', t.union(t.integer(), t.null()), '5', 5],
  ['the null of a union', t.union(t.integer(), t.null()), 'null', null],
  ['JSON for the list of a union', t.union(t.string(), t.array(t.integer())), '[1, 2]', [1, 2]],
  ['a text that only looks like JSON', t.union(t.string(), t.array(t.integer())), '["a"]', '["a"]'],
  ['a message from its text', t.message(), 'Hello', message('Hello')],
  [
    'a message as people write it',
    t.message(),
    '{"role": "system", "content": "Be brief."}',
    ChatMessage.system('Be brief.'),
  ],
  ['messages from a text', t.array(t.message()), 'Hello', [message('Hello')]],
  [
    'messages as JSON where a text is possible',
    t.union(t.array(t.message()), t.string()),
    '[{"role": "user", "content": "Hello"}]',
    [message('Hello')],
  ],
  ['documents from texts', t.array(t.document()), '["a"]', [Document.create({ content: 'a' })]],
  ['a document without an id', t.document(), '{"content": "a"}', Document.create({ content: 'a' })],
]

describe('readText', () => {
  test.each(readings)('%s', (_, { type }, text, value) => {
    expect(readText(type, text)).toEqual({ value })
  })

  test.each<[Socket, string, string]>([
    [t.integer(), '1.5', 'expected integer, got "1.5".'],
    [t.integer(), '12345678901234567890', 'expected integer, got "12345678901234567890".'],
    [t.integer({ minimum: 1 }), '0', 'must be >= 1, got the number 0.'],
    [t.number(), 'Infinity', 'expected number, got "Infinity".'],
    [t.number(), '', 'expected number, got "".'],
    [t.boolean(), 'yes', 'expected boolean, got "yes".'],
    [t.literal('auto', 'none'), 'all', `expected 'auto' | 'none', got "all".`],
    [t.json(), 'France', `"France" is not JSON. A text is JSON in double quotes: '"text"'.`],
    [t.object({ a: t.integer() }), 'a', 'expected { a: integer } as JSON, got "a".'],
    [t.object({ a: t.integer() }), '{"a": "b"}', 'a: expected integer, got "b".'],
    [t.array(t.integer()), 'a', 'expected integer[] as JSON, got "a".'],
    [t.array(t.string()), '["a", "b"', 'expected string[] as JSON, got "[\\"a\\", \\"b\\"".'],
    [t.array(t.string()), '["a", 1]', '1: expected string, got the number 1.'],
    [
      t.array(t.document()),
      '[{"content": "x", "metadata": {}}]',
      "0: 'metadata' is unknown. Possible: 'id', 'content', 'meta', 'score' and 'embedding'.",
    ],
    [t.callback(), 'print', 'a value of this type cannot be written on a command line.'],
    [t.image(), 'a.png', 'expected an image. Write =@a.png for that of a file.'],
    [t.array(t.image()), 'C:\\a.png', 'expected an image. Write =@C:\\a.png for that of a file.'],
    [t.tools(), 'weather', 'a value of this type cannot be written on a command line.'],
    [
      t.boolean(),
      'a text that is rather long, and longer still',
      'expected boolean, got "a text that is rather long, and longer s…".',
    ],
  ])('refuses what is no %s', ({ type }, text, problem) => {
    expect(readText(type, text)).toEqual({ problem })
  })
})

describe('readJsonText', () => {
  test('gives a list to a socket that takes anything', () => {
    expect(readJsonText(t.unknown().type, '["a", 1]')).toEqual({ value: ['a', 1] })
  })

  test('gives a number where a union prefers text', () => {
    expect(readJsonText(t.union(t.string(), t.integer()).type, '5')).toEqual({ value: 5 })
  })

  test('wants JSON, of the right type', () => {
    expect(readJsonText(t.string().type, 'a')).toEqual({ problem: '"a" is not JSON.' })
    expect(readJsonText(t.string().type, '5')).toEqual({ problem: 'expected string, got the number 5.' })
  })
})
