import { readFileSync } from 'node:fs'
import { freemem, totalmem } from 'node:os'

export interface AvailableMemory {
  /** Bytes that are free, or hold what can be read again. */
  readonly free: number
  /**
   * Bytes beyond which an allocation surely fails. Where the system moves the memory of others to disk to make room,
   * as on macOS and Windows, that is all there is.
   */
  readonly most: number
}

/** The memory that this process can still have: of the machine, and of its control group. */
export function availableMemory(): AvailableMemory {
  const meminfo = read('/proc/meminfo')
  if (meminfo === undefined) return { free: freemem(), most: totalmem() }
  const { available, swap } = parseMeminfo(meminfo)
  const left = cgroupLeft(read)
  const free = Math.min(available ?? freemem(), left)
  return { free, most: Math.min((available ?? freemem()) + swap, left) }
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

type Read = (path: string) => string | undefined

/**
 * What the limits of the control group and of those it is in leave, of version 1 or 2; infinite where there is none.
 * Pages of files that were not used lately count as free: they are dropped before anything is refused.
 */
export function cgroupLeft(readFile: Read): number {
  const groups = readFile('/proc/self/cgroup') ?? ''
  const second = /^0::(\/.*)$/m.exec(groups)?.[1]
  const first = /^\d+:(?:[^:]*,)?memory(?:,[^:]*)?:(\/.*)$/m.exec(groups)?.[1]
  return Math.min(
    leftBelow('/sys/fs/cgroup', second, versionTwo, readFile),
    leftBelow('/sys/fs/cgroup/memory', first, versionOne, readFile),
  )
}

interface GroupFiles {
  readonly limit: string
  readonly usage: string
  readonly inactive: RegExp
}

const versionTwo: GroupFiles = {
  limit: 'memory.max',
  usage: 'memory.current',
  inactive: /^inactive_file (\d+)$/m,
}
const versionOne: GroupFiles = {
  limit: 'memory.limit_in_bytes',
  usage: 'memory.usage_in_bytes',
  inactive: /^total_inactive_file (\d+)$/m,
}

/** From the group itself up to the root. A container sees its own group as the root, whatever its path says. */
function leftBelow(root: string, group: string | undefined, files: GroupFiles, readFile: Read): number {
  if (group === undefined) return Number.POSITIVE_INFINITY
  const names = group.split('/').filter((name) => name !== '')
  const folders = names.map((_, index) => [root, ...names.slice(0, names.length - index)].join('/'))
  return Math.min(...[...folders, root].map((folder) => leftIn(folder, files, readFile)))
}

function leftIn(folder: string, { limit, usage, inactive }: GroupFiles, readFile: Read): number {
  const [most, used] = [limit, usage].map((name) =>
    Number(readFile(`${folder}/${name}`)?.trim() || Number.NaN),
  )
  if (most === undefined || used === undefined || !Number.isFinite(most - used))
    return Number.POSITIVE_INFINITY
  const reclaimable = Number(inactive.exec(readFile(`${folder}/memory.stat`) ?? '')?.[1] ?? 0)
  return Math.max(0, most - used + reclaimable)
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}
