import { describe, expect, test } from '@jest/globals'
import { CHECK_KEYWORD } from '../../src/schema/schema.ts'
import { compileForeign, compileOwn } from '../../src/schema/validator.ts'

const check = { check: () => true }

describe('compileOwn', () => {
  test('compiles equal schemas once', () => {
    const make = () => ({ type: 'array', items: { [CHECK_KEYWORD]: check } })
    expect(compileOwn(make())).toBe(compileOwn(make()))
  })

  test('tells schemas apart by their checks', () => {
    const compile = (accepts: boolean) => compileOwn({ [CHECK_KEYWORD]: { check: () => accepts } })
    expect([compile(true)(1), compile(false)(1)]).toEqual([true, false])
  })

  test('still works after more schemas than it keeps', () => {
    const first = compileOwn({ type: 'string', maxLength: 1 })
    for (let length = 2; length < 1100; length++) compileOwn({ type: 'string', maxLength: length })
    expect([first('a'), first('ab')]).toEqual([true, false])
    expect(compileOwn({ type: 'string', maxLength: 1 })('ab')).toBe(false)
  })

  test('refuses keywords that are not ours', () => {
    expect(() => compileOwn({ type: 'string', example: 'a' })).toThrow('unknown keyword: "example"')
  })
})

describe('compileForeign', () => {
  test('ignores keywords and formats that it does not know, and checks those that it does', () => {
    const validate = compileForeign({ type: 'string', format: 'made-up', 'x-order': 1 })
    expect(validate('a')).toBe(true)
    expect(compileForeign({ type: 'string', format: 'date' })('yesterday')).toBe(false)
  })

  test('knows URLs of up to 4096 characters', () => {
    const validate = compileForeign({ format: 'url' })
    const url = (length: number) => 'http://a.com/'.padEnd(length, 'a')
    expect(
      [url(4096), url(4097), 'http://', 'http://a'.padEnd(200_000, ':')].map((text) => validate(text)),
    ).toEqual([true, false, false, false])
  })

  test('takes two schemas of one $id', () => {
    const named = (type: string) => compileForeign({ $id: 'https://example.com/a', type })
    expect([named('string')('a'), named('number')('a')]).toEqual([true, false])
  })

  test('reads draft 7 where a schema says so', () => {
    const pair = { type: 'array', items: [{ type: 'string' }, { type: 'number' }] }
    const draft7 = compileForeign({ $schema: 'http://json-schema.org/draft-07/schema#', ...pair })
    expect([draft7(['a', 1]), draft7([1, 'a'])]).toEqual([true, false])
    const later = {
      type: 'array',
      prefixItems: [{ type: 'string' }],
      $schema: 'https://json-schema.org/draft/2020-12/schema',
    }
    expect(compileForeign(later)([1])).toBe(false)
  })

  test('refuses drafts before that', () => {
    const old = { $schema: 'http://json-schema.org/draft-04/schema#' }
    expect(() => compileForeign(old)).toThrow(
      'no schema with key or ref "http://json-schema.org/draft-04/schema#"',
    )
  })
})
