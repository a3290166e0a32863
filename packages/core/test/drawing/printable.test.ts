import { expect, test } from '@jest/globals'
import { printable } from '../../src/drawing/printable.ts'

test('what can be seen stays as it is', () => {
  for (const text of ['ChatMessage[]', 'naïve 日本語 👨‍👩‍👧 مرحبا', '<b>&"\''])
    expect(printable(text)).toBe(text)
})

test.each([
  ['line breaks', 'a\r\n\tb', 'a\\r\\n\\tb'],
  ['escape sequences', '\u001b[31m', '\\u{1b}[31m'],
  ['what reorders the text', 'a\u202eb\u2066', 'a\\u{202e}b\\u{2066}'],
  ['separators of lines', '\u2028\u0085', '\\u{2028}\\u{85}'],
  ['half a character', 'x\ud800', 'x\\u{d800}'],
  ['what XML cannot hold', '\u0000\uffff', '\\u{0}\\u{ffff}'],
])('%s are written out', (_, text, written) => {
  expect(printable(text)).toBe(written)
})
