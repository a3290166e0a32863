import { describe, expect, test } from '@jest/globals'
import { ImageContent, TextContent } from '@millrace/core'
import { ComponentsError } from '../../src/errors.ts'
import { toolResult } from '../../src/tools/tool-result.ts'

const image = ImageContent.fromBytes(new Uint8Array([1]), { mimeType: 'image/png' })
const text = TextContent.create('A circle.')

function failure(work: () => unknown): unknown {
  try {
    return work()
  } catch (error) {
    return error
  }
}

describe('toolResult', () => {
  test.each<[what: string, returned: unknown, result: unknown]>([
    ['a text, as it is', 'not "JSON"', 'not "JSON"'],
    ['an empty text', '', ''],
    ['a number', 579, '579'],
    [
      'an object, with the letters of all scripts',
      { city: 'Zürich', sky: '晴れ' },
      '{"city":"Zürich","sky":"晴れ"}',
    ],
    ['nothing', undefined, 'null'],
    ['null', null, 'null'],
    ['what JSON lacks', 12n, '12'],
    [
      'what JSON lacks, inside',
      { big: 12n, not: Number.NaN, at: new Date(0) },
      '{"big":"12","not":"NaN","at":"1970-01-01T00:00:00.000Z"}',
    ],
    ['infinity', Number.NEGATIVE_INFINITY, '-Infinity'],
    ['a map and a set', new Map([['a', new Set([1])]]), '{"a":[1]}'],
    ['an error', new RangeError('too far'), 'RangeError: too far'],
    ['an empty list', [], '[]'],
    ['a part', image, [image]],
    ['a list of parts', [text, image], [text, image]],
    ['bytes that are UTF-8, as text', new TextEncoder().encode('Zürich\n'), 'Zürich\n'],
    ['no bytes', Buffer.alloc(0), ''],
    ['other bytes, described', Buffer.from([0, 1, 255]), '(binary data, 3 bytes, not shown)'],
    [
      'an image in bytes, described',
      Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
      '(image/png, 8 bytes, not shown)',
    ],
    [
      'a PDF, described',
      new TextEncoder().encode('%PDF-1.7').buffer,
      '(application/pdf, 8 bytes, not shown)',
    ],
    ['bytes inside', { file: Buffer.from('abc') }, '{"file":"(binary data, 3 bytes, not shown)"}'],
    ['a few numbers', { vector: new Float32Array([0.5, 1]) }, '{"vector":[0.5,1]}'],
    ['many numbers, described', new Float64Array(2000), '(2000 numbers)'],
    [
      'an instance of a class, by what it has',
      new (class Point {
        x = 1
      })(),
      '{"x":1}',
    ],
    ['a list that is not all parts', [text, 1], '[{"type":"text","text":"A circle."},1]'],
  ])('keeps %s', (_, returned, result) => {
    expect(toolResult('look', returned)).toEqual(result)
  })

  test('refuses an object that holds itself, with the cause', () => {
    const cyclic: Record<string, unknown> = {}
    cyclic['self'] = cyclic
    const error = failure(() => toolResult('look', cyclic))
    expect(error).toBeInstanceOf(ComponentsError)
    expect(error).toMatchObject({
      code: 'TOOL_RESULT_INVALID',
      tool: 'look',
      message:
        "The result of tool 'look' cannot be turned into JSON: Converting circular structure to JSON. Return a text, or a value that JSON has.",
      cause: expect.any(TypeError),
    })
  })

  test.each<[what: string, returned: unknown, reason: string]>([
    ['an iterator', [1].values(), 'an iterator or a stream has none.'],
    ['a stream', new ReadableStream(), 'an iterator or a stream has none.'],
    [
      'what throws when it is read',
      {
        get broken() {
          throw new Error('gone')
        },
      },
      'gone.',
    ],
    ['a Response', new Response('x'), "of 'Response' JSON shows nothing. Return what is in it"],
    ['a promise inside', { a: [Promise.resolve(1)] }, "'0': a promise has none: await it."],
    ['a stream inside', { body: new ReadableStream() }, "'body': of 'ReadableStream' JSON shows nothing."],
    [
      'an object of a class without fields',
      [new (class Opaque {})()],
      "'0': of 'Opaque' JSON shows nothing.",
    ],
    ['what cannot even be looked at', revoked(), 'Cannot perform'],
  ])('refuses %s', (_, returned, reason) => {
    expect(failure(() => toolResult('look', returned))).toMatchObject({
      code: 'TOOL_RESULT_INVALID',
      message: expect.stringContaining(`cannot be turned into JSON: ${reason}`),
    })
  })

  test('refuses a function', () => {
    expect(failure(() => toolResult('look', () => 1))).toMatchObject({
      code: 'TOOL_RESULT_INVALID',
      message:
        "The result of tool 'look' cannot be turned into JSON: a function has none. Return a text, or a value that JSON has.",
    })
  })
})

function revoked(): unknown {
  const { proxy, revoke } = Proxy.revocable({}, {})
  revoke()
  return proxy
}
