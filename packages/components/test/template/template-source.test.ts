import { describe, expect, test } from '@jest/globals'
import { ComponentsError } from '../../src/errors.ts'
import { TemplateFailure } from '../../src/template/template-failure.ts'
import { TemplateSource } from '../../src/template/template-source.ts'

describe('TemplateSource', () => {
  test('ends every line with a line feed', () => {
    expect(new TemplateSource('a\r\nb\rc\n', undefined).text).toBe('a\nb\nc\n')
  })

  test('says which template failed, where, and shows the place', () => {
    const source = new TemplateSource('a\n\tb {{ c }}\nd', 'template[1].content')
    const error = source.locate(new TemplateFailure('TEMPLATE_SYNTAX', 'It is wrong.', 5), undefined)
    expect(error).toMatchObject({
      code: 'TEMPLATE_SYNTAX',
      message: "Syntax error in 'template[1].content' at line 2, column 4: It is wrong.",
      option: 'template[1].content',
      line: 2,
      column: 4,
      excerpt: '\tb {{ c }}\n\t  ^',
    })
  })

  test.each([
    ['TEMPLATE_SYNTAX', 'Syntax error in the template at line 1, column 1: It is wrong.'],
    ['TEMPLATE_FORBIDDEN', 'Not allowed in the template at line 1, column 1: It is wrong.'],
    ['TEMPLATE_FAILED', 'The template failed at line 1, column 1: It is wrong.'],
  ] as const)('opens %s in its own words', (code, message) => {
    const source = new TemplateSource('a', undefined)
    expect(source.locate(new TemplateFailure(code, 'It is wrong.'), 0).message).toBe(message)
  })

  test('prefers the place that the failure knows', () => {
    const source = new TemplateSource('ab', undefined)
    expect(source.locate(new TemplateFailure('TEMPLATE_FAILED', 'It is wrong.', 1), 0).column).toBe(2)
  })

  test('gives no place that nobody knows', () => {
    const error = new TemplateSource('a', undefined).locate(
      new TemplateFailure('TEMPLATE_FAILED', 'It is wrong.'),
      undefined,
    )
    expect(error).toMatchObject({
      message: 'The template failed: It is wrong.',
      line: undefined,
      excerpt: undefined,
    })
  })

  test('cuts a long line to what is around the place', () => {
    const source = new TemplateSource(`${'a'.repeat(500)}b${'c'.repeat(500)}`, undefined)
    const { excerpt, column } = source.locate(
      new TemplateFailure('TEMPLATE_FAILED', 'It is wrong.', 500),
      undefined,
    )
    expect(column).toBe(501)
    expect(excerpt).toBe(`${'a'.repeat(40)}b${'c'.repeat(39)}\n${' '.repeat(40)}^`)
  })

  test('keeps an error of another library as the cause, and one of ours as it is', () => {
    const source = new TemplateSource('a', undefined)
    const cause = new Error('oh')
    expect(source.locate(cause, undefined)).toMatchObject({ code: 'TEMPLATE_FAILED', cause })
    const own = new ComponentsError('TEMPLATE_INVALID', 'It is wrong.')
    expect(source.locate(own, 0)).toBe(own)
  })
})
