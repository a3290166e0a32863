import { describe, expect, test } from '@jest/globals'
import { parseQuota, threadsFor, usableCores } from '../../src/engines/threads.ts'

const megabyte = 1024 * 1024

describe('threadsFor', () => {
  test.each([
    { what: 'a model of 1.6 MB', bytes: 1.6 * megabyte, cores: 8, threads: 1 },
    { what: 'a model of just under 32 MB', bytes: 32 * megabyte - 1, cores: 8, threads: 1 },
    { what: 'a model of 32 MB', bytes: 32 * megabyte, cores: 8, threads: 2 },
    { what: 'a model of 94 MB', bytes: 94 * megabyte, cores: 8, threads: 3 },
    { what: 'a model of 4 GB', bytes: 4096 * megabyte, cores: 8, threads: 8 },
    { what: 'a model of 4 GB on one core', bytes: 4096 * megabyte, cores: 1, threads: 1 },
    { what: 'nothing at all', bytes: 0, cores: 8, threads: 1 },
  ])('gives $what $threads of $cores cores', ({ bytes, cores, threads }) => {
    expect(threadsFor(bytes, cores)).toBe(threads)
  })

  test('goes by the cores of this process when it is not told of others', () => {
    expect(threadsFor(Number.MAX_SAFE_INTEGER)).toBe(usableCores())
    expect(usableCores()).toBeGreaterThanOrEqual(1)
  })
})

describe('parseQuota', () => {
  const absent = [undefined, undefined] as const

  test.each([
    { what: 'two cores', second: '200000 100000\n', cores: 2 },
    { what: 'half a core', second: '50000 100000\n', cores: 0.5 },
    { what: 'no limit', second: 'max 100000\n', cores: undefined },
    { what: 'an empty file', second: '', cores: undefined },
  ])('reads $what from version 2 of control groups', ({ second, cores }) => {
    expect(parseQuota(second, absent)).toBe(cores)
  })

  test.each([
    { what: 'one and a half cores', first: ['150000\n', '100000\n'], cores: 1.5 },
    { what: 'no limit', first: ['-1\n', '100000\n'], cores: undefined },
    { what: 'a period of zero', first: ['100000\n', '0\n'], cores: undefined },
  ] as const)('reads $what from version 1', ({ first, cores }) => {
    expect(parseQuota(undefined, first)).toBe(cores)
  })

  test('knows of no quota where there are no files', () => {
    expect(parseQuota(undefined, absent)).toBeUndefined()
  })

  test('believes version 2 before version 1', () => {
    expect(parseQuota('300000 100000', ['100000', '100000'])).toBe(3)
  })
})
