import { describe, expect, test } from '@jest/globals'
import { type ComponentPolicy, checkPolicy, checkTimeout, checkWhole } from '../../src/graph/policy.ts'
import { thrownBy } from '../pipeline/thrown.ts'

describe('checkPolicy', () => {
  const accepted: ComponentPolicy[] = [
    {},
    { timeoutMs: 0.5 },
    { timeoutMs: 2 ** 31 - 1 },
    { retry: { attempts: 1 } },
    { retry: { attempts: 5, backoffMs: 0, on: [] }, timeoutMs: 10 },
  ]
  test.each(accepted)('accepts %j', (policy) => {
    expect(() => checkPolicy('llm', policy)).not.toThrow()
  })

  const refused: [policy: ComponentPolicy, message: string][] = [
    [
      { timeoutMs: 0 },
      "The timeoutMs of 'llm' must be a number of milliseconds above 0 and at most 2147483647, not 0.",
    ],
    [
      { timeoutMs: 2 ** 31 },
      "The timeoutMs of 'llm' must be a number of milliseconds above 0 and at most 2147483647, not 2147483648.",
    ],
    [{ retry: { attempts: 0 } }, "retry.attempts of 'llm' must be a whole number from 1 up, not 0."],
    [{ retry: { attempts: 2.5 } }, "retry.attempts of 'llm' must be a whole number from 1 up, not 2.5."],
    [
      { retry: { attempts: 2, backoffMs: -1 } },
      "retry.backoffMs of 'llm' must be a whole number from 0 up, not -1.",
    ],
  ]
  test.each(refused)('refuses %j', async (policy, message) => {
    expect(await thrownBy(() => checkPolicy('llm', policy))).toBe(`PIPELINE_INVALID_OPTION: ${message}`)
  })
})

test('values of another type than the declared one are refused too', async () => {
  expect(await thrownBy(() => checkWhole('attempts', '3' as unknown as number, 1))).toMatch(
    /^PIPELINE_INVALID_OPTION/,
  )
  expect(await thrownBy(() => checkTimeout('timeoutMs', null as unknown as number))).toMatch(
    /^PIPELINE_INVALID_OPTION/,
  )
})
