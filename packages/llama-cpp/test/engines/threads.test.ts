import { availableParallelism } from 'node:os'
import { describe, expect, test } from '@jest/globals'
import type { Cgroup } from '../../src/cgroup.ts'
import {
  cpuQuota,
  grantedThreads,
  physicalCores,
  threadsFor,
  threadWarnings,
  usableCores,
} from '../../src/engines/threads.ts'

const megabyte = 1024 * 1024
const here = usableCores()

describe('threadsFor', () => {
  test.each([
    { what: 'a model of 1.6 MB', bytes: 1.6 * megabyte, threads: 1 },
    { what: 'a model of just under 32 MB', bytes: 32 * megabyte - 1, threads: 1 },
    { what: 'a model of 32 MB', bytes: 32 * megabyte, threads: Math.min(2, here) },
    { what: 'nothing at all', bytes: 0, threads: 1 },
  ])('gives $what $threads', ({ bytes, threads }) => {
    expect(threadsFor(bytes, 8)).toBe(threads)
  })

  test('gives a large model the cores that calculate, and no more than this process has', () => {
    const large = 4096 * megabyte
    expect(threadsFor(large, 1)).toBe(1)
    expect(threadsFor(large, here)).toBe(here)
    expect(threadsFor(large, 1000)).toBe(here)
  })

  test('gives a model that a GPU evaluates two at most', () => {
    expect(threadsFor(4096 * megabyte, 1000, true)).toBe(Math.min(2, here))
  })
})

describe('usableCores', () => {
  test.each([
    [Number.POSITIVE_INFINITY, availableParallelism()],
    [1.9, 1],
    [0.5, 1],
  ])('with a quota of %d are %d', (quota, cores) => {
    expect(usableCores(quota)).toBe(cores)
  })
})

describe('cpuQuota', () => {
  const group = (version: 1 | 2, files: Readonly<Record<string, string>>): Cgroup => ({
    version,
    read: (name) => files[name],
  })
  const first = (quota: string, period: string) =>
    group(1, { 'cpu.cfs_quota_us': quota, 'cpu.cfs_period_us': period })
  const second = (text: string) => group(2, { 'cpu.max': text })

  test.each([
    ['two cores', second('200000 100000\n'), 2],
    ['half a core', second('50000 100000\n'), 0.5],
    ['no limit', second('max 100000\n'), Number.POSITIVE_INFINITY],
    ['no file', group(2, {}), Number.POSITIVE_INFINITY],
    ['one and a half cores of version 1', first('150000\n', '100000\n'), 1.5],
    ['no limit of version 1', first('-1\n', '100000\n'), Number.POSITIVE_INFINITY],
    ['a period of zero', first('100000\n', '0\n'), Number.POSITIVE_INFINITY],
  ])('reads %s', (_, limited, cores) => {
    expect(cpuQuota([limited])).toBe(cores)
  })

  test('is the least of all groups', () => {
    expect(cpuQuota([second('max 100000'), second('300000 100000'), first('400000', '100000')])).toBe(3)
    expect(cpuQuota([])).toBe(Number.POSITIVE_INFINITY)
  })
})

test('physicalCores counts cores once, however many threads each runs', () => {
  const siblings = ['0,2', '1,3', '0,2', '1,3']
  const read = (path: string) => siblings[Number(/cpu(\d+)/.exec(path)?.[1])]
  expect(physicalCores(read, 4)).toBe(2)
  expect(physicalCores(() => undefined, 4)).toBe(4)
})

test('more threads than cores are not granted, with a warning', () => {
  expect(threadWarnings(undefined, 2)).toEqual([])
  expect(threadWarnings(2, 2)).toEqual([])
  const [warning] = threadWarnings(1000, 2)
  expect(warning?.code).toBe('THREADS_EXCEED_CORES')
  expect(warning?.message).toContain(
    'nThreads is 1000, but this process has 2 cores: the model runs on 2 threads.',
  )
  expect([grantedThreads(1000, 2), grantedThreads(1, 2), grantedThreads(undefined, 2)]).toEqual([
    2,
    1,
    undefined,
  ])
})
