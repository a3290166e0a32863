import { describe, expect, test } from '@jest/globals'
import { CallHistory, keyOfCall } from '../../src/agent/call-history.ts'

function timesOf(keys: string): string {
  const history = new CallHistory()
  return Array.from(keys, (key) => history.add(key)).join('')
}

describe('the history of calls', () => {
  test.each([
    ['aaaaa', '12345'],
    ['abababab', '11122334'],
    ['abcabcabc', '111112223'],
    ['abcdabcdabcd', '111111122223'],
    ['abcdeabcdeabcde', '111111111111111'],
    ['aabaab', '121122'],
    ['abcdefg', '1111111'],
  ])('counts blocks of one to four in a row: %s', (keys, times) => {
    expect(timesOf(keys)).toBe(times)
  })

  test('goes on where another one stopped', () => {
    expect(new CallHistory(['a', 'a']).add('a')).toBe(3)
  })

  test('takes calls for the same whatever the order of their arguments', () => {
    const key = (args: object) => keyOfCall({ name: 'f', arguments: args as Record<string, never> })
    expect(key({ a: 1, b: { c: 1, d: [1, 2] } })).toBe(key({ b: { d: [1, 2], c: 1 }, a: 1 }))
    expect(key({ a: [1, 2] })).not.toBe(key({ a: [2, 1] }))
  })
})
