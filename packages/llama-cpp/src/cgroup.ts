import { readFileSync } from 'node:fs'

/** One control group that this process is in, with the limits that apply to it. */
export interface Cgroup {
  readonly version: 1 | 2
  /** The text of one of its files, as in `memory.max`; undefined where there is none. */
  read(name: string): string | undefined
}

export type ReadFile = (path: string) => string | undefined

/**
 * The control groups of this process that a controller works on, of both versions: the group itself, then those it is in.
 * The limits of all apply. A container sees its own group as the root, whatever its path says.
 */
export function cgroupsOf(controller: 'cpu' | 'memory', readFile: ReadFile = readText): Cgroup[] {
  const groups = readFile('/proc/self/cgroup') ?? ''
  const second = /^0::(\/.*)$/m.exec(groups)?.[1]
  const first = new RegExp(`^\\d+:(?:[^:]*,)?${controller}(?:,[^:]*)?:(/.*)$`, 'm').exec(groups)?.[1]
  return [
    ...chain(2, '/sys/fs/cgroup', second, readFile),
    ...chain(1, `/sys/fs/cgroup/${controller}`, first, readFile),
  ]
}

function chain(
  version: Cgroup['version'],
  root: string,
  group: string | undefined,
  readFile: ReadFile,
): Cgroup[] {
  if (group === undefined) return []
  const names = group.split('/').filter((name) => name !== '')
  return Array.from({ length: names.length + 1 }, (_, up) => {
    const folder = [root, ...names.slice(0, names.length - up)].join('/')
    return { version, read: (name) => readFile(`${folder}/${name}`) }
  })
}

/** The text of a file of the system; undefined where it cannot be read. */
export function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}
