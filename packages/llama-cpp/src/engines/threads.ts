import { readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'

/** How many bytes of weights keep one more thread busy: below, threads cost more in waiting than they bring. */
const BYTES_PER_THREAD = 32 * 1024 * 1024

/**
 * How many threads evaluate a model: no more than the process has cores, and one per 32 MB of weights. Threads meet
 * after every operation of the model, thousands of times a second with a small one: a model of 1.6 MB was measured
 * 20 times slower with four threads than with one, one of 94 MB twice as fast with three.
 */
export function threadsFor(modelBytes: number, cores: number = usableCores()): number {
  return Math.max(1, Math.min(cores, 1 + Math.floor(modelBytes / BYTES_PER_THREAD)))
}

/** The cores this process may use: its affinity, and the quota of its control group, which Node 20 does not see. */
export function usableCores(): number {
  const quota = cgroupQuota()
  const cores = availableParallelism()
  return quota === undefined ? cores : Math.max(1, Math.min(cores, Math.floor(quota)))
}

/** The CPU quota of the process's control group in cores, or undefined where there is none. */
function cgroupQuota(): number | undefined {
  return parseQuota(read('/sys/fs/cgroup/cpu.max'), [
    read('/sys/fs/cgroup/cpu/cpu.cfs_quota_us'),
    read('/sys/fs/cgroup/cpu/cpu.cfs_period_us'),
  ])
}

/** Reads what version 2 (`max 100000`) or version 1 (two files) of control groups say. */
export function parseQuota(
  second: string | undefined,
  [quota, period]: readonly [string | undefined, string | undefined],
): number | undefined {
  const [limit, span] = second === undefined ? [quota, period] : second.trim().split(/\s+/)
  const cores = Number(limit) / Number(span)
  return Number.isFinite(cores) && cores > 0 ? cores : undefined
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}
