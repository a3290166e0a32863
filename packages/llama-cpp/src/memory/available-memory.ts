import { freemem, totalmem } from 'node:os'
import { type Cgroup, cgroupsOf, readText } from '../cgroup.ts'

export interface AvailableMemory {
  /** Bytes that are free, or hold pages of files that nobody used lately. */
  readonly free: number
  /**
   * Bytes that an allocation can have: with all pages of files, which can be read again, and the room to swap. Where the
   * system moves the memory of others to disk, as on macOS and Windows, that is all there is.
   */
  readonly most: number
}

/** The memory that this process can still have: of the machine, and of its control group. */
export function availableMemory(): AvailableMemory {
  const meminfo = readText('/proc/meminfo')
  if (meminfo === undefined) return { free: freemem(), most: totalmem() }
  const { available = freemem(), swap } = parseMeminfo(meminfo)
  const left = cgroupLeft(cgroupsOf('memory'), swap)
  return { free: Math.min(available, left.free), most: Math.min(available + swap, left.most) }
}

/** Of the text of `/proc/meminfo`, in bytes. */
export function parseMeminfo(text: string): {
  readonly available: number | undefined
  readonly swap: number
} {
  const field = (name: string): number | undefined => {
    const kilobytes = new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(text)?.[1]
    return kilobytes === undefined ? undefined : Number(kilobytes) * 1024
  }
  return { available: field('MemAvailable'), swap: field('SwapFree') ?? 0 }
}

const files = {
  1: {
    limit: 'memory.limit_in_bytes',
    usage: 'memory.usage_in_bytes',
    stat: 'total_',
    // Of both together, where the kernel counts it.
    swapLimit: 'memory.memsw.limit_in_bytes',
    swapUsage: 'memory.memsw.usage_in_bytes',
  },
  2: {
    limit: 'memory.max',
    usage: 'memory.current',
    stat: '',
    swapLimit: 'memory.swap.max',
    swapUsage: 'memory.swap.current',
  },
} as const

/** What the limits of control groups leave; infinite where there is none. @param swap what the machine can swap, in bytes */
export function cgroupLeft(groups: readonly Cgroup[], swap: number): AvailableMemory {
  const all = groups.map((group) => leftIn(group, swap))
  return {
    free: Math.min(...all.map(({ free }) => free)),
    most: Math.min(...all.map(({ most }) => most)),
  }
}

function leftIn({ version, read }: Cgroup, swap: number): AvailableMemory {
  const { limit, usage, stat, swapLimit, swapUsage } = files[version]
  const number = (name: string) => Number(read(name)?.trim() || Number.NaN)
  const left = number(limit) - number(usage)
  if (!Number.isFinite(left)) return { free: Number.POSITIVE_INFINITY, most: Number.POSITIVE_INFINITY }
  const statistics = read('memory.stat') ?? ''
  const pages = (kind: string) =>
    Number(new RegExp(`^${stat}${kind}_file (\\d+)$`, 'm').exec(statistics)?.[1] ?? 0)
  const swapLeft = number(swapLimit) - number(swapUsage) - (version === 1 ? left : 0)
  const free = left + pages('inactive')
  const most = free + pages('active') + Math.min(swap, Number.isNaN(swapLeft) ? swap : Math.max(0, swapLeft))
  return { free: Math.max(0, free), most: Math.max(0, most) }
}
