import { describe, expect, test } from '@jest/globals'
import { cellWidth } from '../../src/text/width.ts'
import { printable, SourceText } from '../../src/yaml/source-text.ts'

function excerptAt(text: string, mark: string): string {
  const source = new SourceText(text.replace(mark, ''))
  return source.excerpt(source.positionAt(text.indexOf(mark)))
}

describe('positions', () => {
  test.each([
    [0, 1, 1],
    [1, 1, 2],
    [2, 2, 1],
    [4, 3, 1],
    [5, 3, 2],
    [99, 3, 2],
  ])('offset %i of "a\\nb\\nc" is line %i, column %i', (offset, line, column) => {
    expect(new SourceText('a\nb\nc').positionAt(offset)).toEqual({ line, column })
  })

  test('count UTF-16 code units, as editors do', () => {
    expect(new SourceText('😀x').positionAt(2)).toEqual({ line: 1, column: 3 })
  })

  test('do not count a byte order mark', () => {
    expect(new SourceText('\uFEFFab').positionAt(1)).toEqual({ line: 1, column: 2 })
  })
})

describe('excerpts', () => {
  test('have the line with its number and a caret', () => {
    expect(excerptAt('one\ntwo: ^three\nfour', '^')).toBe('  2 | two: three\n    |      ^')
  })

  test('leave the end of a CRLF line out', () => {
    expect(excerptAt('a: 1\r\nb: ^2\r\nc: 3\r\n', '^')).toBe('  2 | b: 2\n    |    ^')
  })

  test('may point behind the end of the text', () => {
    expect(excerptAt('a: [^', '^')).toBe('  1 | a: [\n    |     ^')
    expect(excerptAt('a: [\n^', '^')).toBe('  2 | \n    | ^')
    expect(excerptAt('^', '^')).toBe('  1 | \n    | ^')
  })

  test('keep tabs, so that the caret is right whatever their width', () => {
    expect(excerptAt('\ta:\tb ^c', '^')).toBe('  1 | \ta:\tb c\n    | \t  \t  ^')
  })

  test('put the caret under what wide characters leave room for', () => {
    const [line = '', caret = ''] = excerptAt('"👩‍👩‍👧漢字": ^x', '^').split('\n')
    expect(caret.length - 1).toBe(cellWidth(line.slice(0, line.indexOf('x'))))
  })

  test('show of a long line the part around the place', () => {
    const long = `${'a'.repeat(200)}^${'b'.repeat(200)}`
    expect(excerptAt(long, '^')).toBe(`  1 | …${'a'.repeat(60)}${'b'.repeat(40)}…\n    | ${' '.repeat(61)}^`)
  })

  test('show a line of 100 characters in full', () => {
    const line = `${'a'.repeat(90)}^${'b'.repeat(10)}`
    expect(excerptAt(line, '^')).toBe(`  1 | ${'a'.repeat(90)}${'b'.repeat(10)}\n    | ${' '.repeat(90)}^`)
  })

  test('cut no character in half', () => {
    const shown = excerptAt(`${'😀'.repeat(200)}x^${'😀'.repeat(200)}`, '^')
    expect(shown).not.toMatch(/\p{Surrogate}/u)
  })
})

test('characters that could rewrite a terminal are replaced', () => {
  expect(printable('\u001B[31mred\u0007 \u202Eright\u2028\ttab\n')).toBe(
    '\uFFFD[31mred\uFFFD \uFFFDright\uFFFD\ttab\n',
  )
})
