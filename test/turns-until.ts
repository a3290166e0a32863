import { setImmediate } from 'node:timers/promises'

/** Lets the event loop turn until something holds. Fails where it never does: a loop without end outlives its test. */
export async function turnsUntil(holds: () => boolean): Promise<void> {
  const end = performance.now() + 20_000
  while (!holds()) {
    if (performance.now() > end) throw new RangeError('what was waited for did not happen')
    await setImmediate()
  }
}
