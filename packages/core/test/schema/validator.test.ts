import { describe, expect, test } from '@jest/globals'
import { CHECK_KEYWORD } from '../../src/schema/schema.ts'
import { compileForeign, compileOwn } from '../../src/schema/validator.ts'

const check = { check: () => true }

describe('compileOwn', () => {
  test('compiles equal schemas once', () => {
    const make = () => ({ type: 'array', items: { [CHECK_KEYWORD]: check } })
    expect(compileOwn(make(), 'all')).toBe(compileOwn(make(), 'all'))
  })

  test('tells schemas apart by their checks', () => {
    const compile = (accepts: boolean) => compileOwn({ [CHECK_KEYWORD]: { check: () => accepts } }, 'all')
    expect([compile(true)(1), compile(false)(1)]).toEqual([true, false])
  })

  test('still works after more schemas than it keeps', () => {
    const first = compileOwn({ type: 'string', maxLength: 1 }, 'all')
    for (let length = 2; length < 1100; length++) compileOwn({ type: 'string', maxLength: length }, 'all')
    expect([first('a'), first('ab')]).toEqual([true, false])
    expect(compileOwn({ type: 'string', maxLength: 1 }, 'all')('ab')).toBe(false)
  })

  test('refuses keywords that are not ours', () => {
    expect(() => compileOwn({ type: 'string', example: 'a' }, 'all')).toThrow('unknown keyword: "example"')
  })
})

describe('compileForeign', () => {
  test('ignores keywords and formats that it does not know, and checks those that it does', () => {
    const validate = compileForeign({ type: 'string', format: 'made-up', 'x-order': 1 }, 'all')
    expect(validate('a')).toBe(true)
    expect(compileForeign({ type: 'string', format: 'date' }, 'all')('yesterday')).toBe(false)
  })

  test('knows URLs of up to 4096 characters', () => {
    const validate = compileForeign({ format: 'url' }, 'all')
    const url = (length: number) => 'http://a.com/'.padEnd(length, 'a')
    expect(
      [url(4096), url(4097), 'http://', 'http://a'.padEnd(200_000, ':')].map((text) => validate(text)),
    ).toEqual([true, false, false, false])
  })

  test('takes two schemas of one $id', () => {
    const named = (type: string) => compileForeign({ $id: 'https://example.com/a', type }, 'all')
    expect([named('string')('a'), named('number')('a')]).toEqual([true, false])
  })

  test('reads draft 7 where a schema says so', () => {
    const pair = { type: 'array', items: [{ type: 'string' }, { type: 'number' }] }
    const draft7 = compileForeign({ $schema: 'http://json-schema.org/draft-07/schema#', ...pair }, 'all')
    expect([draft7(['a', 1]), draft7([1, 'a'])]).toEqual([true, false])
    const later = {
      type: 'array',
      prefixItems: [{ type: 'string' }],
      $schema: 'https://json-schema.org/draft/2020-12/schema',
    }
    expect(compileForeign(later, 'all')([1])).toBe(false)
  })

  test('refuses drafts before that', () => {
    const old = { $schema: 'http://json-schema.org/draft-04/schema#' }
    expect(() => compileForeign(old, 'all')).toThrow(
      'no schema with key or ref "http://json-schema.org/draft-04/schema#"',
    )
  })
})
