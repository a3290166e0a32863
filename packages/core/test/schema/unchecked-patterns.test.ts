import { describe, expect, test } from '@jest/globals'
import { checkForeignSchema, checkSchema, uncheckedPatterns } from '../../src/schema/validate.ts'

const p = 'a(?=b)'

describe('a schema whose patterns need backtracking', () => {
  test.each<[what: string, schema: Readonly<Record<string, unknown>>, right: unknown[], wrong: unknown[]]>([
    [
      'a property',
      { properties: { x: { type: 'string', pattern: p, maxLength: 2 } } },
      [{ x: 'q' }],
      [{ x: 'qqq' }, { x: 1 }],
    ],
    [
      'names of properties',
      { patternProperties: { [p]: { type: 'string' } }, additionalProperties: false, maxProperties: 1 },
      [{ q: 1 }],
      [{ q: 1, r: 1 }],
    ],
    ['a list', { items: { allOf: [{ pattern: p }, { minLength: 1 }] } }, [['q']], [['']]],
    ['a schema that must not fit', { type: 'string', not: { pattern: p } }, ['ab', 'q'], [1]],
    [
      'a condition',
      // biome-ignore lint/suspicious/noThenProperty: it is that of JSON Schema
      { type: 'string', if: { pattern: p }, then: { minLength: 3 }, else: { maxLength: 1 } },
      ['q', 'qq'],
      [1],
    ],
    ['one of several', { type: 'string', oneOf: [{ pattern: p }, { minLength: 1 }] }, ['q', 'ab', ''], [1]],
    [
      'an item that a list contains',
      { type: 'array', contains: { pattern: p }, minContains: 0, maxContains: 0 },
      [['q']],
      [1],
    ],
    ['a definition', { $ref: '#/$defs/x', $defs: { x: { type: 'string', pattern: p } } }, ['q'], [1]],
    [
      'the names of dependencies of draft 7',
      { $schema: 'http://json-schema.org/draft-07/schema#', dependencies: { x: ['y'], z: { pattern: p } } },
      [{}, { z: 1 }],
      [{ x: 1 }],
    ],
  ])('is checked without them: %s', (_, schema, right, wrong) => {
    for (const value of right) expect([value, checkForeignSchema(schema, value)]).toEqual([value, []])
    for (const value of wrong)
      expect([value, checkForeignSchema(schema, value).length]).not.toEqual([value, 0])
    expect(uncheckedPatterns(schema)).toEqual([
      expect.stringMatching(/^The pattern 'a\(\?=b\)' cannot be matched/),
    ])
    expect(() => checkSchema(schema, null)).toThrow(expect.objectContaining({ code: 'PATTERN_UNSUPPORTED' }))
  })

  test('is checked by all others: nothing is left out of one whose patterns are fine', () => {
    const schema = { type: 'string', pattern: '^(?!x)(a+)+$', not: { const: 'aa' } }
    expect(uncheckedPatterns(schema)).toEqual([])
    expect(
      ['a', 'aa', `${'a'.repeat(50_000)}!`].map((text) => checkForeignSchema(schema, text).length),
    ).toEqual([0, 1, 1])
  })

  test('a value of a constant that looks like a pattern is not one', () => {
    expect(uncheckedPatterns({ enum: [{ pattern: p }], properties: { pattern: { const: p } } })).toEqual([])
  })
})
