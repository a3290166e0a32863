import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { t } from '../../src/component/t.ts'
import { checkItem, checkOptions, makeSocket } from '../../src/schema/make-socket.ts'
import type { Socket } from '../../src/schema/socket.ts'
import { checkValue } from '../../src/schema/validate.ts'
import { thrown } from '../component/thrown.ts'

describe('makeSocket', () => {
  test('keeps limits in the type, and the rest in the socket', () => {
    expect(
      makeSocket('t.string', { kind: 'string' }, { minLength: 1, default: 'a', description: 'A.' }),
    ).toEqual({
      type: { kind: 'string', constraints: { minLength: 1 } },
      receives: 'one',
      optional: true,
      default: 'a',
      description: 'A.',
    })
  })

  const refused: [what: string, make: () => Socket, message: string][] = [
    [
      'an option that is misspelt',
      () => t.string({ minLenght: 1 } as never),
      "t.string has no option 'minLenght'. Possible: 'description', 'default', 'minLength', 'maxLength', 'pattern' and 'format'. Did you mean 'minLength'?",
    ],
    [
      'an option of another builder',
      () => t.boolean({ minimum: 1 } as never),
      "t.boolean has no option 'minimum'. Possible: 'description' and 'default'.",
    ],
    [
      'limits that leave no number',
      () => t.integer({ minimum: 5, maximum: 1 }),
      't.integer has minimum 5 and maximum 1: no value is within both.',
    ],
    [
      'an exclusive limit that leaves no number',
      () => t.number({ minimum: 5, exclusiveMaximum: 5 }),
      't.number has minimum 5 and exclusiveMaximum 5: no value is within both.',
    ],
    [
      'limits that leave no text',
      () => t.string({ minLength: 2, maxLength: 1 }),
      't.string has minLength 2 and maxLength 1: no value is within both.',
    ],
    [
      'limits that leave no list',
      () => t.array(t.string(), { minItems: 2, maxItems: 1 }),
      't.array has minItems 2 and maxItems 1: no value is within both.',
    ],
    [
      'a step of nothing',
      () => t.number({ multipleOf: 0 }),
      't.number has multipleOf 0: it must be greater than 0.',
    ],
    [
      'a pattern that is no regular expression',
      () => t.string({ pattern: '(' }),
      't.string has a pattern that cannot be used: Invalid regular expression: /(/u: Unterminated group.',
    ],
    [
      'a default of another type',
      () => t.string({ default: 1 as never }),
      'The default of t.string is the number 1, which does not fit string and its limits.',
    ],
    [
      'a default with a fraction',
      () => t.integer({ default: 1.5 }),
      'The default of t.integer is the number 1.5, which does not fit integer and its limits.',
    ],
    [
      'a default beyond the limits',
      () => t.integer({ default: 0, minimum: 1 }),
      'The default of t.integer is the number 0, which does not fit integer and its limits.',
    ],
    [
      'a pattern that needs backtracking',
      () => t.string({ pattern: '^(a)\\1$' }),
      "t.string has a pattern that cannot be used: The pattern '^(a)\\1$' cannot be matched without backtracking: it has the back-reference '\\1'.",
    ],
    [
      'a default that the pattern refuses',
      () => t.string({ default: 'b', pattern: '^a' }),
      'The default of t.string is "b", which does not fit string and its limits.',
    ],
    [
      'a default that is too short a list',
      () => t.array(t.string(), { default: [], minItems: 1 }),
      'The default of t.array is an array of 0, which does not fit string[] and its limits.',
    ],
    [
      'a default that is no list',
      () => t.variadic(t.string(), { default: 'a' as never }),
      'The default of t.variadic is "a", which does not fit string[] and its limits.',
    ],
  ]

  test.each(refused)('refuses %s', (_, make, message) => {
    expect(thrown(make)).toBe(`SOCKET_INVALID: ${message}`)
  })

  test.each([
    ['equal limits', () => t.integer({ minimum: 1, maximum: 1, default: 1 })],
    ['a default of one character that is two code units', () => t.string({ default: '😀', maxLength: 1 })],
    [
      'a default between exclusive limits',
      () => t.number({ default: 0.5, exclusiveMinimum: 0, exclusiveMaximum: 1 }),
    ],
  ])('accepts %s', (_, make) => {
    const socket = make()
    expect(checkValue(socket, socket.default)).toEqual([])
  })

  const limits = fc.record({ low: fc.integer({ min: -5, max: 5 }), high: fc.integer({ min: -5, max: 5 }) })

  test('accepts as a default exactly the values that the check accepts', () => {
    fc.assert(
      fc.property(
        limits,
        fc.boolean(),
        fc.integer({ min: -6, max: 6 }),
        ({ low, high }, exclusive, value) => {
          fc.pre(low < high)
          const bounds = exclusive
            ? { exclusiveMinimum: low, exclusiveMaximum: high }
            : { minimum: low, maximum: high }
          const accepted = thrown(() => t.integer({ ...bounds, default: value })) === 'nothing was thrown'
          expect(accepted).toBe(checkValue(t.integer(bounds), value).length === 0)
        },
      ),
      { numRuns: 50 },
    )
  })
})

test('checkOptions lists what is possible', () => {
  expect(thrown(() => checkOptions('t.x', { c: 1 }, ['a', 'b']))).toBe(
    "SOCKET_INVALID: t.x has no option 'c'. Possible: 'description', 'default', 'a' and 'b'.",
  )
  expect(thrown(() => checkOptions('t.x', { a: 1 }, ['a']))).toBe('nothing was thrown')
})

test('checkItem accepts what every value of a list can be', () => {
  expect(thrown(() => checkItem('t.x', t.union(t.string(), t.null())))).toBe('nothing was thrown')
})
