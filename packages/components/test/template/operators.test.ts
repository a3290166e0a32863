import { describe, expect, test } from '@jest/globals'
import { compileTemplate } from '../../src/template/compile-template.ts'
import { makeValue } from '../../src/template/make-value.ts'
import { isEqual, paySearch, paySort } from '../../src/template/operators.ts'
import type { RuntimeValue } from '../../src/template/runtime-value.ts'
import { WorkBudget } from '../../src/template/work-budget.ts'

function evaluate(expression: string): string {
  return compileTemplate(`{{ ${expression} }}`).render(
    { x: [1, { a: 'b' }], s: 'text', n: null },
    { optional: '*' },
  )
}

describe('operate', () => {
  test.each([
    ['1 == 1.0', 'true'],
    ['true == 1', 'true'],
    ['"1" == 1', 'false'],
    ['x == [1, {"a": "b"}]', 'true'],
    ['x != [1, {"a": "c"}]', 'true'],
    ['x == [1]', 'false'],
    ['{"a": 1} == {"b": 1}', 'false'],
    ['n == none', 'true'],
    ['missing == none', 'false'],
    ['missing == other', 'true'],
    ['{"a": "b"} in x', 'true'],
    ['2 not in x', 'true'],
    ['"ex" in s', 'true'],
    ['"a" in {"a": 1}', 'true'],
    ['"a" in missing', 'false'],
    ['s ~ 1 ~ n ~ missing ~ [2]', 'text1[2]'],
    ['s + 1', 'text1'],
    ['[1] + [2]', '[1, 2]'],
    ['7 / 2', '3.5'],
    ['7 // 2', '3'],
    ['-7 % 3', '2'],
    ['7.5 % 2', '1.5'],
    ['2 ** 3', '8'],
    ['1 < 2 and 2 <= 2', 'true'],
  ])('%s is %s', (expression, printed) => {
    expect(evaluate(expression)).toBe(printed)
  })

  test.each([
    ['1 / 0', "Division by zero, by '/'."],
    ['1 // 0', "Division by zero, by '//'."],
    ['1 % 0.0', "Division by zero, by '%'."],
    ['s + x', "'+' cannot join a text and a list. '~' joins any two values as texts."],
    ['n + s', "'+' cannot join a text and none. '~' joins any two values as texts."],
    ['1 + missing', "'+' does not work on what is missing."],
    ['s * 2', "'*' does not work between a text and a number."],
    ['-s', "'-' does not work on a text."],
  ])('%s fails', (expression, message) => {
    expect(() => evaluate(expression)).toThrow(
      expect.objectContaining({
        code: 'TEMPLATE_FAILED',
        message: `The template failed at line 1, column 1: ${message}`,
      }),
    )
  })
})

describe('isEqual', () => {
  test('stops at values that are too deep', () => {
    const deep = () => {
      let value: RuntimeValue = makeValue.null()
      for (let level = 0; level < 200; level++) value = makeValue.array([value])
      return value
    }
    expect(() => isEqual(deep(), deep(), new WorkBudget())).toThrow('Two values are too deep to be compared.')
  })
})

describe('payments', () => {
  test('a search costs as much as both texts together can take', () => {
    expect(() => paySearch('a'.repeat(1_000_000), 'a'.repeat(1000), new WorkBudget())).not.toThrow()
    expect(() => paySearch('a'.repeat(1_000_000), 'a'.repeat(500_000), new WorkBudget())).toThrow(
      expect.objectContaining({ code: 'TEMPLATE_FAILED' }),
    )
  })

  test('a sort costs all its comparisons', () => {
    const long = makeValue.string('a'.repeat(1_000_000))
    const list = makeValue.array(new Array(100).fill(long))
    expect(() => paySort(list, new WorkBudget(), 1)).toThrow(
      expect.objectContaining({ code: 'TEMPLATE_FAILED' }),
    )
  })
})
