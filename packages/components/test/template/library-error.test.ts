import { describe, expect, test } from '@jest/globals'
import { explainError } from '../../src/template/library-error.ts'
import { TemplateFailure } from '../../src/template/template-failure.ts'

describe('explainError', () => {
  test('leaves a failure of ours as it is', () => {
    const failure = new TemplateFailure('TEMPLATE_FORBIDDEN', 'No.')
    expect(explainError(failure)).toBe(failure)
  })

  test.each([
    [
      new Error('Unknown StringValue filter: replace'),
      "The filter 'replace' does not work on a text, or not with these arguments.",
    ],
    [
      new Error('Cannot apply filter "first" to type: NullValue'),
      "The filter 'first' does not work on none.",
    ],
    [new Error('cannot odd on FloatValue'), "The test 'odd' does not work on a number."],
    [
      new SyntaxError('Unknown operator "*" between ArrayValue and IntegerValue'),
      "'*' does not work between a list and a number.",
    ],
    [new SyntaxError('Unknown operator "-" for StringValue'), "'-' does not work on a text."],
    [new Error('Cannot perform operation + on undefined values'), "'+' does not work on what is missing."],
    [new Error('Cannot perform operation on null values'), 'An operation does not work on none.'],
    [new Error('separators must be a tuple of two strings'), 'Separators must be a tuple of two strings.'],
    [new Error('Expected ObjectValue.'), 'Expected an object.'],
    [new TypeError('Cannot read properties of undefined'), 'An argument is missing, or of the wrong kind.'],
    [new RangeError('Maximum call stack size exceeded'), 'It is nested too deeply.'],
    [new RangeError('Invalid string length'), 'A text or a list becomes larger than any may be.'],
  ])('explains %s', (error, message) => {
    expect(explainError(error)).toMatchObject({ code: 'TEMPLATE_FAILED', message })
  })
})
