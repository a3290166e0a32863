import { describe, expect, test } from '@jest/globals'
import { lexTag } from '../../src/template/lex-tag.ts'

function lex(inside: string) {
  return lexTag(`{{${inside}}}`, 0, 2, '}}').tokens.map(({ type, value }) => `${type} ${value}`)
}

describe('lexTag', () => {
  test('reads words, numbers, texts and operators with their places', () => {
    expect(lexTag('{{ x >= 1.5 }} rest', 0, 2, '}}')).toEqual({
      tokens: [
        { type: 'Identifier', value: 'x', offset: 3 },
        { type: 'ComparisonBinaryOperator', value: '>=', offset: 5 },
        { type: 'NumericLiteral', value: '1.5', offset: 8 },
      ],
      end: 14,
      trimsAfter: false,
    })
  })

  test('keeps two closing braces that close two objects', () => {
    expect(lex("{'a': {'b': 1}}").slice(-2)).toEqual(['CloseCurlyBracket }', 'CloseCurlyBracket }'])
  })

  test('passes over closing delimiters within a text', () => {
    expect(lex(`"}}" '%}'`)).toEqual(['StringLiteral }}', 'StringLiteral %}'])
  })

  test('takes a minus before the closing delimiter for white space control', () => {
    expect(lexTag('{% x -%}', 0, 2, '%}')).toMatchObject({ end: 8, trimsAfter: true })
    expect(lexTag('{% x +%}', 0, 2, '%}')).toMatchObject({ end: 8, trimsAfter: false })
  })

  test.each([
    [String.raw`'a\nb\t\'\\'`, "a\nb\t'\\"],
    [String.raw`"\x41ä\""`, 'Aä"'],
    [String.raw`'\d\ '`, String.raw`\d\ `],
    ["'a\nb'", 'a\nb'],
    ["'a\\\nb'", 'ab'],
  ])('reads the text %s', (written, value) => {
    expect(lex(written)).toEqual([`StringLiteral ${value}`])
  })

  test.each([
    ['1_000', '1000'],
    ['1e3', '1.0e3'],
    ['2.5E-1', '2.5E-1'],
  ])('reads the number %s', (written, value) => {
    expect(lex(written)).toEqual([`NumericLiteral ${value}`])
  })

  test('reads what follows a point as an index', () => {
    expect(lex('x.0.1')).toEqual(['Identifier x', 'Dot .', 'NumericLiteral 0', 'Dot .', 'NumericLiteral 1'])
  })

  test('reads names in any script', () => {
    expect(lex('größe _x 名前')).toEqual(['Identifier größe', 'Identifier _x', 'Identifier 名前'])
  })

  test.each([
    ['{{ x }', 0, "'{{' is never closed: '}}' is missing."],
    ['{{ "x }}', 3, 'A text that starts with " is never closed.'],
    ['{{ a ? b }}', 5, "The character '?' has no meaning in a tag."],
    ['{{ 😀 }}', 3, "The character '😀' has no meaning in a tag."],
    [String.raw`{{ "\xg0" }}`, 4, String.raw`'\x' needs two hexadecimal digits after it.`],
    [String.raw`{{ "\u12" }}`, 4, String.raw`'\u' needs four hexadecimal digits after it.`],
  ])('refuses %s', (text, offset, message) => {
    expect(() => lexTag(text, 0, 2, '}}')).toThrow(
      expect.objectContaining({ code: 'TEMPLATE_SYNTAX', offset, message }),
    )
  })
})
