import { expect, test } from '@jest/globals'
import { wrapText } from '../../src/output/wrap-text.ts'

test('breaks a text between words, and indents the lines', () => {
  expect(wrapText('one two  three\nfour', 11, '  ')).toEqual(['  one two', '  three', '  four'])
})

test('leaves a word whole that is longer than a line', () => {
  expect(wrapText('a incomprehensibilities b', 5)).toEqual(['a', 'incomprehensibilities', 'b'])
})

test('makes no line of no text', () => {
  expect(wrapText('  ', 10)).toEqual([])
})
