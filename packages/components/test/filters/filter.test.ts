// Haystack's filters: what they find, and what is wrong with them.
import { describe, expect, test } from '@jest/globals'
import { Document, type JsonValue } from '@millrace/core'
import { compileFilter } from '../../src/filters/filter.ts'

const document = Document.create({
  id: 'one',
  content: 'Paris is in France.',
  meta: {
    page: 7,
    tags: ['a', 'b'],
    author: { name: 'Ada' },
    date: '2024-05-01T12:00:00',
    none: null,
    ok: true,
  },
  score: 0.5,
})

function matches(field: string, operator: string, value: JsonValue): boolean {
  return compileFilter({ field, operator, value }, 'filter')(document)
}

describe('a filter', () => {
  test.each([
    ['meta.page', '==', 7, true],
    ['page', '==', 7, true],
    ['meta.page', '==', '7', false],
    ['meta.page', '!=', 8, true],
    ['meta.page', '>', 6, true],
    ['meta.page', '>=', 7, true],
    ['meta.page', '<', 7, false],
    ['meta.page', '<=', 7, true],
    ['meta.page', 'in', [1, 7], true],
    ['meta.page', 'not in', [1, 7], false],
    ['meta.tags', '==', ['a', 'b'], true],
    ['meta.tags', '==', ['a'], false],
    ['meta.tags', 'in', [['a', 'b']], true],
    ['meta.author', '==', { name: 'Ada' }, true],
    ['meta.author.name', '==', 'Ada', true],
    ['meta.author.name.first', '==', null, true],
    ['meta.missing', '==', null, true],
    ['meta.none', '==', null, true],
    ['meta.missing', '!=', 1, true],
    ['meta.missing', '>', 1, false],
    ['meta.missing', '<=', 1, false],
    ['meta.page', '>', null, false],
    ['meta.missing', 'not in', [1], true],
    ['meta.constructor', '==', null, true],
    ['content', '==', 'Paris is in France.', true],
    ['id', 'in', ['one', 'two'], true],
    ['score', '>', 0.4, true],
    ['meta.date', '>', '2024-05-01', true],
    ['meta.date', '<', '2024-05-01T12:00:00.5', true],
    ['meta.date', '==', '2024-05-01T12:00', false],
    ['meta.date', '>=', '2024-05-01T12:00', true],
    // A time without a zone is in that of the other one.
    ['meta.date', '>=', '2024-05-01T12:00:00+0500', true],
    ['meta.date', '<=', '2024-05-01T12:00:00-05:00', true],
    ['meta.ok', '>=', true, true],
  ])('%s %s %j is %s', (field, operator, value, expected) => {
    expect(matches(field, operator, value)).toBe(expected)
  })

  test.each([
    ['AND', [7, 8], false],
    ['OR', [7, 8], true],
    ['NOT', [7, 8], true],
    ['NOT', [7, 7], false],
  ])('%s of page == %j is %s', (operator, pages, expected) => {
    const conditions = pages.map((value) => ({ field: 'meta.page', operator: '==', value }))
    expect(compileFilter({ operator, conditions }, 'filter')(document)).toBe(expected)
    const nested = { operator: 'AND', conditions: [{ operator, conditions }] }
    expect(compileFilter(nested, 'filter')(document)).toBe(expected)
  })

  test.each([
    [
      'meta.page',
      '>',
      '2024-01-01',
      /'filter' cannot compare 'meta\.page' by '>': a number and a string have no order\. The document is 'one'\./,
    ],
    ['content', '<', 'x', /"Paris is in France\." is not a date/],
    ['meta.tags', '>', 1, /a list and a number have no order/],
    ['meta.date', '>', '2024-13-01', /"2024-13-01" is not a date/],
  ])('%s %s %j cannot be compared', (field, operator, value, message) => {
    expect(() => matches(field, operator, value)).toThrow(
      expect.objectContaining({ code: 'FILTER_FAILED', message: expect.stringMatching(message) }),
    )
  })

  const deep = Array.from({ length: 200 }).reduce<object>(
    (inner) => ({ operator: 'NOT', conditions: [inner] }),
    { field: 'a', operator: '==', value: 1 },
  )

  test.each([
    [[], 'filter', /must be a filter/],
    [{}, 'filter', /lacks 'operator' and 'conditions'/],
    [{ field: 'a', operator: '==' }, 'filter', /lacks 'value'/],
    [{ field: 'a', operator: '==', value: 1, conditions: [] }, 'filter', /has 'conditions' besides/],
    [
      { field: 'a', operator: '=', value: 1 },
      'filter.operator',
      /is '='\. Possible: '==', .*Did you mean '=='\?/,
    ],
    ...['', 'meta.', 'meta..a', '.a', 7].map(
      (field) =>
        [
          { field, operator: '==', value: 1 },
          'filter.field',
          /names no field\. Possible: 'meta\.' with a key, such as meta\.language, or 'id',/,
        ] as const,
    ),
    [{ operator: 'AND', conditions: [] }, 'filter.conditions', /with at least one filter/],
    [{ field: 'a', operator: 'in', value: 1 }, 'filter.value', /must be a list with the operator 'in'/],
    [{ field: 'a', operator: '>', value: [1] }, 'filter.value', /must not be a list with the operator '>'/],
    [{ operator: 'and', conditions: [] }, 'filter.operator', /Did you mean 'AND'\?/],
    [{ operator: 'AND', conditions: {} }, 'filter.conditions', /must be a list with at least one filter/],
    [
      { operator: 'AND', conditions: [{ operator: 'OR', conditions: [1] }] },
      'filter.conditions[0].conditions[0]',
      /must be a filter/,
    ],
    [deep, /^filter/, /deeper than 100 filters/],
  ])('%j is refused', (filter, option, message) => {
    expect(() => compileFilter(filter, 'filter')).toThrow(
      expect.objectContaining({
        code: 'FILTER_INVALID',
        option: expect.stringMatching(
          typeof option === 'string' ? option.replace(/[[\].]/g, '\\$&') : option,
        ),
        message: expect.stringMatching(message),
      }),
    )
  })
})
