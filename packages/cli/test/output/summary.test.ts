import { expect, test } from '@jest/globals'
import { summaryLine } from '../../src/output/summary.ts'

const usage = { replies: 1, promptTokens: 21, completionTokens: 9, totalTokens: 30, cachedTokens: 0 }

test.each([
  [{ ...usage, tokensPerSecond: 812.4 }, '0.61 s to load, 0.05 s to run: 21 tokens in, 9 out, 812 tokens/s'],
  [
    { ...usage, cachedTokens: 3, tokensPerSecond: 8.25 },
    '0.61 s to load, 0.05 s to run: 21 tokens in (3 cached), 9 out, 8.3 tokens/s',
  ],
  [
    { ...usage, promptTokens: 1, tokensPerSecond: undefined },
    '0.61 s to load, 0.05 s to run: 1 token in, 9 out',
  ],
  [undefined, '0.61 s to load, 0.05 s to run'],
])('says what a run cost', (used, line) => {
  expect(summaryLine(612, 48, used)).toBe(line)
})

test('counts longer times in minutes', () => {
  expect(summaryLine(59_900, 125_400, undefined)).toBe('59.90 s to load, 2 min 5 s to run')
})
