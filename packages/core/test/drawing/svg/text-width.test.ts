import { expect, test } from '@jest/globals'
import { monospacedWidth, systemWidth } from '../../../src/drawing/svg/text-width.ts'

test('wide letters take more room than narrow ones, bold ones more than others', () => {
  expect(systemWidth('mmm', 10)).toBeGreaterThan(systemWidth('lll', 10))
  expect(systemWidth('name', 10, true)).toBeGreaterThan(systemWidth('name', 10))
  expect(systemWidth('語', 10)).toBeGreaterThan(systemWidth('n', 10))
})

test('a monospaced text is as wide as its cells', () => {
  expect(monospacedWidth('ab', 10)).toBeCloseTo(12.1)
  expect(monospacedWidth('日本', 10)).toBeCloseTo(24.2)
})
