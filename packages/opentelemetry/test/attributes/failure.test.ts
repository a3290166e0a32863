import { describe, expect, test } from '@jest/globals'
import { RunError } from '@millrace/core'
import { errorMessageOf, errorTypeOf, wasStopped } from '../../src/attributes/failure.ts'

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
