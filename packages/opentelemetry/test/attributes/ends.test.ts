import { describe, expect, test } from '@jest/globals'
import { RunError } from '@millrace/core'
import { errorMessageOf, errorTypeOf, wasStopped } from '../../src/attributes/failure.ts'
import { hrTimeOf } from '../../src/events.ts'

class OutOfPaper extends Error {}

describe('error.type', () => {
  test.each([
    ['the code of an error of ours', new RunError('RUN_BLOCKED', 'x'), 'RUN_BLOCKED'],
    ['the code of an error of Node', Object.assign(new Error('x'), { code: 'ENOENT' }), 'ENOENT'],
    ['the class of another', new TypeError('x'), 'TypeError'],
    ['the class of one that did not set its name', new OutOfPaper('x'), 'OutOfPaper'],
    ['the name of a DOMException', new DOMException('x', 'AbortError'), 'AbortError'],
    [
      'the class where the code is a text with anything in it',
      Object.assign(new RangeError('x'), { code: 'user 7 has no quota' }),
      'RangeError',
    ],
    ['the fallback for what is no error', 'a text', '_OTHER'],
    ['the fallback for nothing', undefined, '_OTHER'],
  ])('is %s', (_, error, expected) => {
    expect(errorTypeOf(error)).toBe(expected)
  })
})

test('the message of what is no error is its text', () => {
  expect([new Error('no'), 'gone', 404].map(errorMessageOf)).toEqual(['no', 'gone', '404'])
})

describe('a visit was stopped', () => {
  const first = { error: new RangeError('1') }

  test('when it threw the reason that its signal had', () => {
    const reason = new RunError('RUN_COMPONENT_FAILED', 'x', { cause: first.error })
    expect(wasStopped({ error: reason }, first)).toBe(true)
    expect(wasStopped({ error: first.error }, first)).toBe(true)
  })

  test('when it threw an abort of its own after another had failed', () => {
    expect(wasStopped({ error: new DOMException('x', 'AbortError') }, first)).toBe(true)
  })

  test('not when it threw something else, or was the first to throw', () => {
    const abort = { error: new DOMException('x', 'AbortError') }
    expect(wasStopped({ error: new RangeError('2') }, first)).toBe(false)
    expect(wasStopped(first, first)).toBe(false)
    expect(wasStopped(abort, abort)).toBe(false)
    expect(wasStopped({ error: undefined }, first)).toBe(false)
  })

  test('when the run timed out, but not when the component did', () => {
    const run = { error: new RunError('RUN_TIMEOUT', 'x') }
    const component = { error: new RunError('RUN_TIMEOUT', 'x', { component: 'slow' }) }
    expect([wasStopped(run, run), wasStopped(component, component)]).toEqual([true, false])
  })
})

test('milliseconds become seconds and nanoseconds', () => {
  expect(hrTimeOf(1_700_000_000_123.25)).toEqual([1_700_000_000, 123_250_000])
  expect(hrTimeOf(0)).toEqual([0, 0])
})

test('nanoseconds never round up to a second', () => {
  expect(hrTimeOf(1999.9999999)).toEqual([2, 0])
})

test('later stays later', () => {
  const start = performance.timeOrigin + performance.now()
  const times = Array.from({ length: 1000 }, (_, index) => hrTimeOf(start + index / 512))
  const ordered = times.every(([seconds, nanoseconds], index) => {
    const [before, rest] = times[index - 1] ?? [0, 0]
    return seconds > before || (seconds === before && nanoseconds > rest)
  })
  expect(ordered).toBe(true)
})
