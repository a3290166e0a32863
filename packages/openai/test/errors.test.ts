import { expect, test } from '@jest/globals'
import { MillraceError } from '@millrace/core'
import { OpenAIError, openAIErrorCodes } from '../src/errors.ts'

test('an OpenAIError carries the facts that it was made with', () => {
  const cause = new TypeError('below')
  const facts = {
    option: 'a',
    url: 'http://a',
    model: 'm',
    status: 429,
    serverCode: 'c',
    requestId: 'r',
    retryAfterMs: 5,
  }
  const error = new OpenAIError('OPENAI_RATE_LIMITED', 'It is busy.', { ...facts, cause })
  expect(error).toMatchObject({ ...facts, code: 'OPENAI_RATE_LIMITED', message: 'It is busy.', cause })
  expect(error).toBeInstanceOf(MillraceError)
  expect([error.name, OpenAIError.isInstance(error)]).toEqual(['OpenAIError', true])
  expect('cause' in new OpenAIError('OPENAI_REFUSED', 'No.')).toBe(false)
})

test('every code has a sentence', () => {
  for (const [code, sentence] of Object.entries(openAIErrorCodes)) {
    expect(code).toMatch(/^OPENAI(_[A-Z]+)+$/)
    expect(sentence).toMatch(/^[A-Z].*\.$/)
  }
})
