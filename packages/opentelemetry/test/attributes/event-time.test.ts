import { expect, test } from '@jest/globals'
import { hrTimeOf } from '../../src/attributes/event-time.ts'

test('milliseconds become seconds and nanoseconds', () => {
  expect(hrTimeOf(1_700_000_000_123.25)).toEqual([1_700_000_000, 123_250_000])
  expect(hrTimeOf(0)).toEqual([0, 0])
})

test('nanoseconds never round up to a second', () => {
  expect(hrTimeOf(1999.9999999)).toEqual([2, 0])
})

test('later stays later', () => {
  const start = performance.timeOrigin + performance.now()
  const times = Array.from({ length: 1000 }, (_, index) => hrTimeOf(start + index / 512))
  const ordered = times.every(([seconds, nanoseconds], index) => {
    const [before, rest] = times[index - 1] ?? [0, 0]
    return seconds > before || (seconds === before && nanoseconds > rest)
  })
  expect(ordered).toBe(true)
})
