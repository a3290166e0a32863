import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { mermaidText } from '../../src/drawing/mermaid-text.ts'

test('names and types that mean nothing to Mermaid stay readable', () => {
  for (const text of [
    'ChatMessage[]',
    '{ a: string, b?: number }',
    "'a' | 'b'",
    'snake_case',
    '日本語',
    'text/plain',
  ]) {
    expect(mermaidText(text)).toBe(text)
  }
})

test.each([
  ['a quote', 'a"b', 'a#34;b'],
  ['a tag', '<b>', '#60;b#62;'],
  ['an entity', '#quot;', '#35;quot#59;'],
  ['an HTML entity', '&lt;', '#38;lt#59;'],
  ['a Markdown text', '`**x**`', '#96;#42;#42;x#42;#42;#96;'],
  ['emphasis', '_x_', '#95;x#95;'],
  ['a link', '[a](b)', '[a#93;(b)'],
  ['a link definition', '[a]: b', '[a#93;: b'],
  ['a numbered list', '1. x', '1#46; x'],
  ['a list', '- x', '#45; x'],
  ['an icon', 'fa:fa-ban', 'fa#58;fa-ban'],
  ['a directive', '%%{init: {}}%%', '#37;#37;{init: {}}#37;#37;'],
  ['mathematics', '$$x$$', '#36;#36;x#36;#36;'],
  ['a line break', 'a\\nb', 'a#92;nb'],
])('%s is escaped', (_, text, escaped) => {
  expect(mermaidText(text)).toBe(escaped)
})

test('what Mermaid decodes is the text that went in', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      const decoded = mermaidText(text).replace(/#(\d+);/g, (_, code) => String.fromCodePoint(Number(code)))
      expect(decoded).toBe(text)
    }),
  )
})
