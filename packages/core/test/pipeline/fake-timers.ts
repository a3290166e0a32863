import { jest } from '@jest/globals'

/** Runs `body` with timers that fire only when it advances them. */
export async function withFakeTimers(
  body: (advance: (ms: number) => Promise<void>) => Promise<void>,
): Promise<void> {
  jest.useFakeTimers({ doNotFake: ['performance', 'nextTick', 'queueMicrotask'] })
  try {
    await body((ms) => jest.advanceTimersByTimeAsync(ms))
    // A timer that is left keeps the process alive.
    if (jest.getTimerCount() > 0) throw new RangeError(`${jest.getTimerCount()} timers were left.`)
  } finally {
    jest.useRealTimers()
  }
}
