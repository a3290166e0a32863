import { describe, expect, test } from '@jest/globals'
import { parseTimeout } from '../../src/arguments/timeout.ts'
import { failureOf } from '../failure-of.ts'

describe('parseTimeout', () => {
  test.each([
    ['30', 30_000],
    ['0.5', 500],
    ['.25', 250],
  ])('makes milliseconds of %s seconds', (written, milliseconds) => {
    expect(parseTimeout(written)).toBe(milliseconds)
  })

  test.each(['0', '-1', '', '1m', 'Infinity', '1e3', '3000000'])('refuses %j', async (written) => {
    expect(await failureOf(() => parseTimeout(written))).toBe(
      `USAGE_INVALID: --timeout takes a number of seconds above 0 and at most 2147483, not '${written}'.`,
    )
  })
})
