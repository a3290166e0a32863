import { describe, expect, test } from '@jest/globals'
import { compileTemplate } from '../../src/template/compile-template.ts'
import { asOperand, ownFilters, payFilter, payMethod } from '../../src/template/filters.ts'
import { makeValue } from '../../src/template/make-value.ts'
import { WorkBudget } from '../../src/template/work-budget.ts'

const documents = [
  { content: 'b', meta: { page: 2 } },
  { content: 'a', meta: {} },
]

function evaluate(expression: string, x: unknown = documents): string {
  return compileTemplate(`{{ ${expression} }}`).render({ x }, { optional: '*' })
}

describe('filters', () => {
  test.each([
    ["x | join('; ', attribute='content')", 'b; a'],
    ["x | map(attribute='content') | join", 'ba'],
    ["x | join(' ', 'meta.page')", '2 '],
    ["'abc' | join('-')", 'a-b-c'],
    ['[[1], {"a": none}, true] | join(" ")', '[1] {"a": null} true'],
    ["x | sort(attribute='content') | map(attribute='content') | join", 'ab'],
    ['2.5 | round', '3.0'],
    ['-2.345 | round(2)', '-2.35'],
    ['2 | round(1)', '2'],
    ["'one two three' | truncate(7)", 'one...'],
    ["'one two three' | truncate(9)", 'one two three'],
    ["'one two three' | truncate(7, true, '…')", 'one tw…'],
    ["'one two three' | truncate(9, leeway=0, end='')", 'one two'],
    ["'onetwothree' | truncate(5)", 'on...'],
    ["'short' | truncate(4)", 'short'],
    ['none | string', ''],
    ['{"a": [1, 2]} | tojson(indent=1)', '{\n "a": [\n  1,\n  2\n ]\n}'],
  ])('%s gives %j', (expression, printed) => {
    expect(evaluate(expression)).toBe(printed)
  })

  test.each([
    ['missing | upper', ''],
    ['missing | length', '0'],
    ['missing | join(", ")', ''],
    ['missing | first', ''],
    ['missing | default("d")', 'd'],
    ['missing | tojson', 'null'],
    ['x[0].meta.title | trim', ''],
  ])('%s takes what is missing for something empty', (expression, printed) => {
    expect(evaluate(expression)).toBe(printed)
  })

  test.each([
    ['1 | join', "'join' works on a list, not on a number."],
    ['x | join(1)', "The argument 'separator' of 'join' is a text, not a number."],
    ["'a' | round", "'round' works on a number, not on a text."],
    ['1.5 | round(101)', "The precision of 'round' is a whole number from 0 to 100."],
    ["'a' | truncate('b')", "The argument 'length' of 'truncate' is a number, not a text."],
    ["'a' | indent(1000)", 'An indent is a whole number from 0 to 100.'],
    ['x | tojson(indent=-1)', 'An indent is a whole number from 0 to 100.'],
    ["'a' | first", "The filter 'first' does not work on a text, or not with these arguments."],
  ])('%s fails', (expression, message) => {
    expect(() => evaluate(expression)).toThrow(
      expect.objectContaining({
        code: 'TEMPLATE_FAILED',
        message: `The template failed at line 1, column 1: ${message}`,
      }),
    )
  })
})

describe('bounds of filters and methods', () => {
  const long = makeValue.string('\n'.repeat(1_000_000))
  const noArguments = { positional: [], named: new Map() }

  test('an indent is refused before it is made', () => {
    const args = { ...noArguments, positional: [makeValue.integer(100)] }
    expect(() => payFilter('indent', long, args, new WorkBudget())).toThrow('10,000,000 characters')
  })

  test('a replacement is refused before it is made', () => {
    const args = { ...noArguments, positional: [makeValue.string('\n'), makeValue.string('x'.repeat(20))] }
    expect(() => payMethod('replace', long, args, new WorkBudget())).toThrow('10,000,000 characters')
  })

  test('a list of pieces is refused before it is made', () => {
    const text = makeValue.string('\n'.repeat(1_000_001))
    const args = { ...noArguments, positional: [makeValue.string('\n')] }
    expect(() => payMethod('split', text, args, new WorkBudget())).toThrow('1,000,000 elements')
  })

  test('a joined text is refused before it is made', () => {
    const list = makeValue.array(new Array(20).fill(long))
    expect(() => ownFilters['join']?.(list, noArguments, new WorkBudget())).toThrow('10,000,000 characters')
  })
})

test('A filter for lists gets an empty list for what is missing, any other an empty text', () => {
  expect(asOperand(makeValue.undefined(), 'sort')).toMatchObject({ type: 'ArrayValue', value: [] })
  expect(asOperand(makeValue.undefined(), 'title')).toMatchObject({ type: 'StringValue', value: '' })
  expect(asOperand(makeValue.undefined(), 'default').type).toBe('UndefinedValue')
  expect(asOperand(makeValue.null(), 'title').type).toBe('NullValue')
})
