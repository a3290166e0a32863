import { availableParallelism, cpus } from 'node:os'
import { countOf } from '@millrace/core/component'
import { type Cgroup, cgroupsOf, type ReadFile, readText } from '../cgroup.ts'
import type { EngineWarning } from './engine.ts'

/** How many bytes of weights keep one more thread busy: below, threads cost more in waiting than they bring. */
const BYTES_PER_THREAD = 32 * 1024 * 1024
/** Where a GPU has all layers, a CPU looks tokens up and samples. */
const BESIDE_GPU = 2

/** A spec of which the threads are decided. */
export type WithThreads<Spec> = Spec & { readonly nThreads: number }

/**
 * How many threads evaluate a model: no more than there are cores, and one per 32 MB of weights. Threads meet
 * after every operation of the model, thousands of times a second with a small one: a model of 1.6 MB was measured
 * 20 times slower with four threads than with one, one of 94 MB twice as fast with three.
 *
 * @param cores those that calculate: hyperthreads and efficiency cores make the others wait
 */
export function threadsFor(modelBytes: number, cores: number, allOnGpu = false): number {
  const useful = 1 + Math.floor(modelBytes / BYTES_PER_THREAD)
  return Math.max(1, Math.min(usableCores(), cores, useful, allOnGpu ? BESIDE_GPU : Number.POSITIVE_INFINITY))
}

/** The cores this process may use: its affinity, and the quotas of its control groups, which Node.js 20 does not see. */
export function usableCores(quota: number = cpuQuota(cgroupsOf('cpu'))): number {
  return Math.max(1, Math.min(availableParallelism(), Math.floor(quota)))
}

/** The least quota of the groups, in cores; infinite where there is none. */
export function cpuQuota(groups: readonly Cgroup[]): number {
  const quotas = groups.map(({ version, read }) => {
    const [limit, period] =
      version === 2
        ? (read('cpu.max')?.trim().split(/\s+/) ?? [])
        : [read('cpu.cfs_quota_us'), read('cpu.cfs_period_us')]
    const cores = Number(limit) / Number(period)
    return Number.isFinite(cores) && cores > 0 ? cores : Number.POSITIVE_INFINITY
  })
  return Math.min(...quotas)
}

/** The cores of the machine, each once however many threads it runs, where Linux says it; elsewhere all that there are. */
export function physicalCores(readFile: ReadFile = readText, threads: number = cpus().length): number {
  const cores = Array.from({ length: threads }, (_, index) =>
    readFile(`/sys/devices/system/cpu/cpu${index}/topology/thread_siblings_list`)?.trim(),
  )
  return cores.includes(undefined) ? threads : new Set(cores).size
}

/**
 * Of the threads that were asked for, those that have a core of their own. Threads wait for each other in a loop: with
 * 64 on two cores one reply of a small model took minutes, and nothing could stop it before.
 */
export function grantedThreads(
  nThreads: number | undefined,
  cores: number = usableCores(),
): number | undefined {
  return nThreads && Math.min(nThreads, cores)
}

/** What is to be said where fewer threads are granted than were asked for. */
export function threadWarnings(nThreads: number | undefined, cores: number = usableCores()): EngineWarning[] {
  const granted = grantedThreads(nThreads, cores)
  if (granted === nThreads) return []
  const message = `modelKwargs.nThreads is ${nThreads}, but this process has ${countOf(cores, 'core')}: the model runs on ${countOf(granted ?? cores, 'thread')}. More would only wait for each other.`
  return [{ code: 'THREADS_EXCEED_CORES', message }]
}
