import { describe, expect, test } from '@jest/globals'
import { MillraceError } from '@millrace/core'
import { ComponentsError, componentsErrorCodes } from '../src/errors.ts'

describe('ComponentsError', () => {
  test('carries the facts that it was made with', () => {
    const cause = new TypeError('below')
    const facts = { option: 'template[1].content', line: 2, column: 3, excerpt: 'a\n^' }
    const error = new ComponentsError('TEMPLATE_SYNTAX', 'It is wrong.', { ...facts, cause })
    expect(error).toMatchObject({ ...facts, code: 'TEMPLATE_SYNTAX', message: 'It is wrong.', cause })
    expect(error).toBeInstanceOf(MillraceError)
    expect(error.name).toBe('ComponentsError')
    expect(ComponentsError.isInstance(error)).toBe(true)
  })

  test('has no cause when none was given', () => {
    expect('cause' in new ComponentsError('TEMPLATE_INVALID', 'It is wrong.')).toBe(false)
  })

  test('has a sentence for every code', () => {
    for (const [code, sentence] of Object.entries(componentsErrorCodes)) {
      expect(code).toMatch(/^[A-Z]+(_[A-Z]+)+$/)
      expect(sentence).toMatch(/^[A-Z].*\.$/)
    }
  })
})
