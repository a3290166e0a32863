import { setImmediate } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

const MB = 1024 * 1024

export interface HeldMemory {
  /** Objects of JavaScript, in MB. */
  readonly heap: number
  /** The whole process, in MB: what native code holds, and what the system has not taken back yet. */
  readonly process: number
}

/** The memory that is held when what nobody uses any more has been collected, native objects included. */
export async function heldMemory(): Promise<HeldMemory> {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  for (let round = 0; round < 3; round++) {
    collect()
    // What hangs on collected objects is freed in a turn of its own.
    await setImmediate()
  }
  const { heapUsed, rss } = process.memoryUsage()
  return { heap: heapUsed / MB, process: rss / MB }
}
