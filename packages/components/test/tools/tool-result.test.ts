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

  test('refuses a function', () => {
    expect(failure(() => toolResult('look', () => 1))).toMatchObject({
      code: 'TOOL_RESULT_INVALID',
      message:
        "The result of tool 'look' cannot be turned into JSON: a function has none. Return a text, or a value that JSON has.",
    })
  })
})
