import { expect, test } from '@jest/globals'
import { isContextOverflow } from '../../src/agent/overflow.ts'

const coded = (code: string, cause?: unknown) => Object.assign(new Error('no', { cause }), { code })

test.each<[what: string, error: unknown, is: boolean]>([
  ['an overflow of llama.cpp', coded('CONTEXT_OVERFLOW'), true],
  ['one of a server', { status: 400, code: 'context_length_exceeded' }, true],
  ['one of llama-server', { code: 400, type: 'exceed_context_size_error' }, true],
  ['one that caused another error', coded('GENERATOR_FAILED', coded('OPENAI_CONTEXT_OVERFLOW')), true],
  [
    'one of all generators',
    coded('GENERATORS_FAILED', new AggregateError([coded('CONTEXT_OVERFLOW'), coded('CONTEXT_OVERFLOW')])),
    true,
  ],
  [
    'one of some generators',
    coded('GENERATORS_FAILED', new AggregateError([coded('CONTEXT_OVERFLOW'), coded('NO_SERVER')])),
    false,
  ],
  ['another error', coded('NO_CONTEXT_OVERFLOW_HERE'), false],
  ['a text', 'CONTEXT_OVERFLOW', false],
])('%s', (_, error, is) => {
  expect(isContextOverflow(error)).toBe(is)
})

test('an error that caused itself is looked at once', () => {
  const error = coded('X')
  error.cause = error
  expect(isContextOverflow(error)).toBe(false)
})
