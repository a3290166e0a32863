import { totalmem } from 'node:os'
import { describe, expect, test } from '@jest/globals'
import { availableMemory, cgroupLeft, parseMeminfo } from '../../src/memory/available-memory.ts'

const MB = 1024 * 1024

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
  const swap = 1000 * MB
  const left = (version: 1 | 2, ...groups: Readonly<Record<string, string | number>>[]) =>
    cgroupLeft(
      groups.map((files) => ({ version, read: (name) => files[name]?.toString() })),
      swap,
    )

  test('is without a limit where there is none', () => {
    const infinite = { free: Number.POSITIVE_INFINITY, most: Number.POSITIVE_INFINITY }
    expect(left(2)).toEqual(infinite)
    expect(left(2, { 'memory.max': 'max\n', 'memory.current': `${MB}\n` })).toEqual(infinite)
  })

  test('counts pages of files: for what surely fails those in use too', () => {
    const group = {
      'memory.max': `${4000 * MB}\n`,
      'memory.current': `${3400 * MB}\n`,
      'memory.stat': `anon ${300 * MB}\ninactive_file ${100 * MB}\nactive_file ${3000 * MB}\n`,
      'memory.swap.max': '0',
      'memory.swap.current': '0',
    }
    expect(left(2, group)).toEqual({ free: 700 * MB, most: 3700 * MB })
  })

  test('counts the room to swap, of the group and of the machine', () => {
    const group = { 'memory.max': 100 * MB, 'memory.current': 70 * MB }
    expect(left(2, group).most).toBe(1030 * MB)
    expect(left(2, { ...group, 'memory.swap.max': 'max', 'memory.swap.current': 0 }).most).toBe(1030 * MB)
    expect(left(2, { ...group, 'memory.swap.max': 50 * MB, 'memory.swap.current': 10 * MB }).most).toBe(
      70 * MB,
    )
  })

  test('is what version 1 leaves', () => {
    const group = {
      'memory.limit_in_bytes': 100 * MB,
      'memory.usage_in_bytes': 70 * MB,
      'memory.memsw.limit_in_bytes': 120 * MB,
      'memory.memsw.usage_in_bytes': 75 * MB,
      'memory.stat': `inactive_file 1\ntotal_inactive_file ${10 * MB}\ntotal_active_file ${5 * MB}\n`,
    }
    expect(left(1, group)).toEqual({ free: 40 * MB, most: 60 * MB })
  })

  test('is the least that any group leaves', () => {
    const groups = [
      { 'memory.max': 100 * MB, 'memory.current': 10 * MB },
      { 'memory.max': 60 * MB, 'memory.current': 55 * MB },
    ]
    expect(left(2, ...groups).free).toBe(5 * MB)
  })

  test('is never below nothing', () => {
    expect(left(2, { 'memory.max': 10, 'memory.current': 20 }).free).toBe(0)
  })
})
