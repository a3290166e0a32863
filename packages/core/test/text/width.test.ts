import { expect, test } from '@jest/globals'
import { cellWidth } from '../../src/text/width.ts'

test.each([
  ['ChatMessage[]', 13],
  ['', 0],
  ['é…→↺●█', 6],
  ['e\u0301', 1],
  ['日本', 4],
  ['👨‍👩‍👧', 2],
  ['⌚', 2],
  ['a\u00adb', 2],
  ['漢字かなカナ한글', 16],
  ['ＡＢ', 4],
  ['😀', 2],
  ['🇫🇷', 2],
  ['❤️', 2],
  ['\u200B', 0],
])('%p takes %p cells', (text, width) => {
  expect(cellWidth(text)).toBe(width)
})
