import { describe, expect, test } from '@jest/globals'
import { MillraceError } from '@millrace/core'
import { LlamaCppError, llamaCppErrorCodes } from '../src/errors.ts'

describe('LlamaCppError', () => {
  test('carries the facts it was given, and undefined for the others', () => {
    const cause = new RangeError('below')
    const error = new LlamaCppError('CONTEXT_OVERFLOW', 'Too long.', { actual: 1200, expected: 1024, cause })
    expect(error).toMatchObject({
      code: 'CONTEXT_OVERFLOW',
      message: 'Too long.',
      actual: 1200,
      expected: 1024,
      cause,
    })
    expect([error.path, error.model, error.option, error.engine, error.status]).toEqual(
      Array.from({ length: 5 }, () => undefined),
    )
  })

  test('is a MillraceError by its own name', () => {
    const error = new LlamaCppError('CLOSED', 'Closed.')
    expect(error.name).toBe('LlamaCppError')
    expect(MillraceError.isInstance(error)).toBe(true)
    expect(LlamaCppError.isInstance(new MillraceError('CLOSED', 'Closed.'))).toBe(false)
  })

  test('has a sentence for every code', () => {
    for (const [code, meaning] of Object.entries(llamaCppErrorCodes)) {
      expect(code).toMatch(/^[A-Z]+(_[A-Z]+)*$/)
      expect(meaning).toMatch(/^\S.*\.$/)
    }
  })
})
