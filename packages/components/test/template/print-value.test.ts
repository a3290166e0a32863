import { describe, expect, test } from '@jest/globals'
import { makeValue } from '../../src/template/make-value.ts'
import { payFor, printValue } from '../../src/template/print-value.ts'
import type { RuntimeValue } from '../../src/template/runtime-value.ts'
import { WorkBudget } from '../../src/template/work-budget.ts'

function list(...items: RuntimeValue[]): RuntimeValue {
  return makeValue.array(items)
}

function print(value: RuntimeValue): string {
  return printValue(value, new WorkBudget())
}

describe('printValue', () => {
  test.each([
    ['a text', makeValue.string('a "b"'), 'a "b"'],
    ['a whole number', makeValue.integer(3), '3'],
    ['a float', makeValue.float(3), '3.0'],
    ['a boolean', makeValue.boolean(false), 'false'],
    ['none', makeValue.null(), ''],
    ['what is missing', makeValue.undefined(), ''],
    [
      'a list',
      list(makeValue.string('a"'), makeValue.integer(1), makeValue.null(), list()),
      '["a\\"", 1, null, []]',
    ],
    ['an object', makeValue.object(new Map([['a b', list(makeValue.boolean(true))]])), '{"a b": [true]}'],
    ['what is missing in a list', list(makeValue.undefined()), '[null]'],
  ])('prints %s', (_, value, expected) => {
    expect(print(value)).toBe(expected)
  })

  test('prints no functions', () => {
    const value = makeValue.function(() => makeValue.null())
    for (const printed of [value, list(value)]) {
      expect(() => print(printed)).toThrow(
        expect.objectContaining({ code: 'TEMPLATE_FORBIDDEN', message: 'A function cannot be printed.' }),
      )
    }
  })

  test('stops at what holds itself, and at what doubles with each level', () => {
    const items: RuntimeValue[] = []
    items.push(makeValue.array(items))
    expect(() => print(makeValue.array(items))).toThrow('A value holds itself.')
    let doubled = list()
    for (let level = 0; level < 100; level++) doubled = list(doubled, doubled)
    expect(() => print(doubled)).toThrow(expect.objectContaining({ code: 'TEMPLATE_FAILED' }))
  })
})

describe('payFor', () => {
  test('counts everything down to a depth', () => {
    let doubled = list()
    for (let level = 0; level < 100; level++) doubled = list(doubled, doubled)
    expect(() => payFor(doubled, new WorkBudget(), 3)).not.toThrow()
    expect(() => payFor(doubled, new WorkBudget())).toThrow(
      expect.objectContaining({ code: 'TEMPLATE_FAILED' }),
    )
  })
})
