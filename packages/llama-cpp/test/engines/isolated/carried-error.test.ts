import { describe, expect, test } from '@jest/globals'
import { DataError, MillraceError } from '@millrace/core'
import { packError, unpackError } from '../../../src/engines/isolated/carried-error.ts'
import { LlamaCppError } from '../../../src/errors.ts'

const carried = (error: unknown) => unpackError(structuredClone(packError(error)))

describe('an error that travels', () => {
  test('is a LlamaCppError with its code, facts, stack and cause', () => {
    const cause = new RangeError('below', { cause: 'deeper' })
    const error = new LlamaCppError('CONTEXT_OVERFLOW', 'Too long.', {
      actual: 5,
      expected: 4,
      path: 'm',
      cause,
    })
    const there = carried(error)
    expect(there).toBeInstanceOf(LlamaCppError)
    expect(there).toMatchObject({
      code: 'CONTEXT_OVERFLOW',
      message: 'Too long.',
      actual: 5,
      expected: 4,
      path: 'm',
      status: undefined,
      stack: error.stack,
    })
    expect(there.cause).toMatchObject({ name: 'RangeError', message: 'below', stack: cause.stack })
    expect((there.cause as Error).cause).toMatchObject({ message: 'deeper' })
  })

  test('of another package is known by its class and code', () => {
    const there = carried(new DataError('DATA_UNREADABLE', 'Cannot read it.'))
    expect(DataError.isInstance(there)).toBe(true)
    expect(MillraceError.isInstance(there)).toBe(true)
    expect(there).toMatchObject({ name: 'DataError', code: 'DATA_UNREADABLE', message: 'Cannot read it.' })
  })

  test('of Node.js keeps its name and its fields', () => {
    const there = carried(Object.assign(new TypeError('no'), { errno: -2, syscall: 'open', code: 'ENOENT' }))
    expect(there).toMatchObject({ name: 'TypeError', message: 'no', errno: -2, syscall: 'open' })
  })

  test('that refers to itself comes to an end', () => {
    const error = new RangeError('round')
    error.cause = error
    expect(carried(error).message).toBe('round')
  })

  test('may be anything that was thrown', () => {
    expect(carried('a text').message).toBe('a text')
    expect(carried(undefined).message).toBe('undefined')
  })
})
