import { expect, test } from '@jest/globals'
import { completeLimits } from '../../src/yaml/limits.ts'

test('limits that are not given have their defaults', () => {
  expect(completeLimits({ maxDepth: 3 })).toEqual({
    maxBytes: 1_048_576,
    maxDepth: 3,
    maxAliases: 50,
    maxComponents: 20_000,
  })
})

test.each([{ maxBytes: 0 }, { maxDepth: 1.5 }, { maxAliases: -1 }, { maxComponents: Number.NaN }])(
  '%j is refused',
  (limits) => {
    expect(() => completeLimits(limits)).toThrow(/^limits\.\w+ must be a whole number from [01] up, not /)
  },
)

test('no aliases at all may be allowed', () => {
  expect(completeLimits({ maxAliases: 0 }).maxAliases).toBe(0)
})

test('no depth is deeper than the parser can follow', () => {
  expect(completeLimits({ maxDepth: 600 }).maxDepth).toBe(600)
  expect(() => completeLimits({ maxDepth: 601 })).toThrow(
    'limits.maxDepth must be at most 600, not 601: the parser is recursive.',
  )
})
