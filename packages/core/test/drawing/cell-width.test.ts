import { expect, test } from '@jest/globals'
import { cellWidth } from '../../src/drawing/cell-width.ts'

test.each([
  ['ChatMessage[]', 13],
  ['', 0],
  ['é…→↺●█', 6],
  ['e\u0301', 1],
  ['日本', 4],
  ['👨‍👩‍👧', 2],
  ['⌚', 2],
  ['a\u00adb', 2],
])('%p takes %p cells', (text, width) => {
  expect(cellWidth(text)).toBe(width)
})
