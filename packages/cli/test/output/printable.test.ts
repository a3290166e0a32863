import { expect, test } from '@jest/globals'
import { printable } from '../../src/output/printable.ts'

test('takes from a text what would steer a terminal', () => {
  expect(printable('a\u001B[31mb\u0007\u009Bc\rd')).toBe('a\uFFFD[31mb\uFFFD\uFFFDc\uFFFDd')
})

test('leaves lines, tabs and all that can be read', () => {
  const text = 'one\ttwo\nthree\r\nÄ 東京 🇫🇷'
  expect(printable(text)).toBe(text)
})
