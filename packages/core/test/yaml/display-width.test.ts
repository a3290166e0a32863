import { expect, test } from '@jest/globals'
import { displayWidth } from '../../src/yaml/display-width.ts'

test.each([
  ['plain', 5],
  ['', 0],
  ['äöü', 3],
  ['e\u0301', 1],
  ['漢字かなカナ한글', 16],
  ['ＡＢ', 4],
  ['😀', 2],
  ['👩‍👩‍👧', 2],
  ['🇫🇷', 2],
  ['❤️', 2],
  ['\u200B', 0],
])('%j is %i cells wide', (text, width) => {
  expect(displayWidth(text)).toBe(width)
})
