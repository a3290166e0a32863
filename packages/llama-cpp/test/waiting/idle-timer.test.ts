import { describe, expect, jest, test } from '@jest/globals'
import { IdleTimer } from '../../src/waiting/idle-timer.ts'
import { deferred } from '../deferred.ts'

/** A timer of 100 ms on a clock that the test moves, and what it called. */
async function withTimer(work: (timer: IdleTimer, idle: () => number) => Promise<void>): Promise<void> {
  jest.useFakeTimers()
  try {
    const onIdle = jest.fn()
    await work(new IdleTimer(100, onIdle), () => onIdle.mock.calls.length)
  } finally {
    jest.useRealTimers()
  }
}

describe('IdleTimer', () => {
  test('calls once, when the time is over after the work', async () => {
    await withTimer(async (timer, idle) => {
      expect(await timer.during(async () => 'done')).toBe('done')
      jest.advanceTimersByTime(99)
      expect(idle()).toBe(0)
      jest.advanceTimersByTime(1000)
      expect(idle()).toBe(1)
    })
  })

  test('does not call while any work goes on', async () => {
    await withTimer(async (timer, idle) => {
      const [first, second] = [deferred(), deferred()]
      const works = [timer.during(() => first.promise), timer.during(() => second.promise)]
      first.resolve()
      await works[0]
      jest.advanceTimersByTime(1000)
      expect(idle()).toBe(0)
      second.resolve()
      await works[1]
      jest.advanceTimersByTime(100)
      expect(idle()).toBe(1)
    })
  })

  test('starts anew with each work, also with one that fails', async () => {
    await withTimer(async (timer, idle) => {
      await timer.during(async () => {})
      jest.advanceTimersByTime(60)
      await expect(timer.during(() => Promise.reject(new RangeError('no')))).rejects.toThrow('no')
      jest.advanceTimersByTime(60)
      expect(idle()).toBe(0)
      jest.advanceTimersByTime(40)
      expect(idle()).toBe(1)
    })
  })

  test('can be stopped', async () => {
    await withTimer(async (timer, idle) => {
      await timer.during(async () => {})
      timer.stop()
      jest.advanceTimersByTime(1000)
      expect(idle()).toBe(0)
      expect(jest.getTimerCount()).toBe(0)
    })
  })

  test('sets no timer where there is no time', async () => {
    jest.useFakeTimers()
    try {
      await new IdleTimer(undefined, () => {}).during(async () => {})
      expect(jest.getTimerCount()).toBe(0)
    } finally {
      jest.useRealTimers()
    }
  })

  test('does not keep the process alive', async () => {
    const spy = jest.spyOn(globalThis, 'setTimeout')
    const timer = new IdleTimer(60_000, () => {})
    await timer.during(async () => {})
    const made = spy.mock.results.at(-1)?.value as NodeJS.Timeout
    spy.mockRestore()
    expect(made.hasRef()).toBe(false)
    timer.stop()
  })
})
