import { totalmem } from 'node:os'
import { describe, expect, test } from '@jest/globals'
import { availableMemory, cgroupLeft, parseMeminfo } from '../../src/memory/available-memory.ts'

const MB = 1024 * 1024
const filesOf = (files: Readonly<Record<string, string>>) => (path: string) => files[path]

describe('availableMemory', () => {
  test('is no more than the machine has', () => {
    const { free, most } = availableMemory()
    expect(free).toBeGreaterThan(0)
    expect(free).toBeLessThanOrEqual(totalmem())
    expect(most).toBeGreaterThanOrEqual(free)
  })
})

describe('parseMeminfo', () => {
  test('counts what can be taken back, and the room to swap', () => {
    const text = 'MemTotal:       8000 kB\nMemFree:  10 kB\nMemAvailable:   5000 kB\nSwapFree:  2000 kB\n'
    expect(parseMeminfo(text)).toEqual({ available: 5000 * 1024, swap: 2000 * 1024 })
  })

  test('knows nothing where an old kernel says nothing', () => {
    expect(parseMeminfo('MemFree:  10 kB\n')).toEqual({ available: undefined, swap: 0 })
  })
})

describe('cgroupLeft', () => {
  test('is without a limit where there is none', () => {
    expect(cgroupLeft(filesOf({}))).toBe(Number.POSITIVE_INFINITY)
    const unlimited = {
      '/proc/self/cgroup': '0::/user.slice\n',
      '/sys/fs/cgroup/user.slice/memory.max': 'max\n',
      '/sys/fs/cgroup/user.slice/memory.current': `${MB}\n`,
    }
    expect(cgroupLeft(filesOf(unlimited))).toBe(Number.POSITIVE_INFINITY)
  })

  test('is what version 2 leaves, with the pages of files that nobody reads', () => {
    const files = {
      '/proc/self/cgroup': '0::/\n',
      '/sys/fs/cgroup/memory.max': `${100 * MB}\n`,
      '/sys/fs/cgroup/memory.current': `${70 * MB}\n`,
      '/sys/fs/cgroup/memory.stat': `anon 5\ninactive_file ${20 * MB}\nactive_file ${9 * MB}\n`,
    }
    expect(cgroupLeft(filesOf(files))).toBe(50 * MB)
  })

  test('is what version 1 leaves, also where its path is that of the host', () => {
    const files = {
      '/proc/self/cgroup': '9:cpu,cpuacct:/docker/a\n4:memory:/docker/a\n0::/\n',
      '/sys/fs/cgroup/memory/memory.limit_in_bytes': `${100 * MB}\n`,
      '/sys/fs/cgroup/memory/memory.usage_in_bytes': `${70 * MB}\n`,
      '/sys/fs/cgroup/memory/memory.stat': `total_inactive_file ${10 * MB}\n`,
    }
    expect(cgroupLeft(filesOf(files))).toBe(40 * MB)
  })

  test('is the least that any group above leaves', () => {
    const group = (path: string, max: number, current: number) => ({
      [`/sys/fs/cgroup${path}/memory.max`]: `${max * MB}`,
      [`/sys/fs/cgroup${path}/memory.current`]: `${current * MB}`,
    })
    const files = {
      '/proc/self/cgroup': '0::/a/b\n',
      ...group('/a/b', 100, 10),
      ...group('/a', 60, 55),
    }
    expect(cgroupLeft(filesOf(files))).toBe(5 * MB)
  })

  test('is never below nothing', () => {
    const files = {
      '/proc/self/cgroup': '0::/\n',
      '/sys/fs/cgroup/memory.max': '10',
      '/sys/fs/cgroup/memory.current': '20',
    }
    expect(cgroupLeft(filesOf(files))).toBe(0)
  })
})
