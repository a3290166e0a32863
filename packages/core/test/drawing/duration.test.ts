import { expect, test } from '@jest/globals'
import { formatDuration, formatShare } from '../../src/drawing/duration.ts'

test.each([
  [0, '0 ms'],
  [0.04, '0 ms'],
  [0.44, '0.4 ms'],
  [9.94, '9.9 ms'],
  [9.96, '10 ms'],
  [35.4, '35 ms'],
  [999.4, '999 ms'],
  [999.6, '1.00 s'],
  [1_240, '1.24 s'],
  [9_996, '10.0 s'],
  [59_940, '59.9 s'],
  [59_990, '1 min 0 s'],
  [125_400, '2 min 5 s'],
])('%p milliseconds are %p', (milliseconds, text) => {
  expect(formatDuration(milliseconds)).toBe(text)
})

test.each([
  [0, '0 %'],
  [0.004, '<1 %'],
  [0.456, '46 %'],
  [1, '100 %'],
])('a share of %p is %p', (share, text) => {
  expect(formatShare(share)).toBe(text)
})
