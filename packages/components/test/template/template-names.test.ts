import { describe, expect, test } from '@jest/globals'
import { compileTemplate } from '../../src/template/compile-template.ts'
import {
  filterAliases,
  templateFilters,
  templateMethods,
  templateTests,
} from '../../src/template/template-names.ts'

/** What each filter is tried on, with the arguments that it cannot do without. */
const filterExamples: Readonly<Record<string, readonly [operand: unknown, call: string, printed: string]>> = {
  abs: [-1, 'abs', '1'],
  bool: [true, 'bool', 'true'],
  capitalize: ['ab', 'capitalize', 'Ab'],
  default: [undefined, 'default("b")', 'b'],
  dictsort: [{ b: 1, a: 2 }, 'dictsort', '[["a", 2], ["b", 1]]'],
  first: [['a', 'b'], 'first', 'a'],
  float: ['1.5', 'float', '1.5'],
  indent: ['a\nb', 'indent(2)', 'a\n  b'],
  int: ['12', 'int', '12'],
  items: [{ a: 1 }, 'items', '[["a", 1]]'],
  join: [['a', 'b'], 'join("-")', 'a-b'],
  last: [['a', 'b'], 'last', 'b'],
  length: [['a', 'b'], 'length', '2'],
  list: [['a'], 'list', '["a"]'],
  lower: ['AB', 'lower', 'ab'],
  map: [[{ a: 1 }], 'map(attribute="a")', '[1]'],
  rejectattr: [[{ a: true }, { a: false }], 'rejectattr("a")', '[{"a": false}]'],
  replace: ['aba', 'replace("a", "c")', 'cbc'],
  reverse: [[1, 2], 'reverse', '[2, 1]'],
  round: [1.25, 'round(1)', '1.3'],
  safe: ['<a>', 'safe', '<a>'],
  selectattr: [[{ a: true }, { a: false }], 'selectattr("a")', '[{"a": true}]'],
  sort: [[2, 1], 'sort', '[1, 2]'],
  string: [[1], 'string', '[1]'],
  title: ['a b', 'title', 'A B'],
  tojson: [{ a: ['b'] }, 'tojson', '{"a": ["b"]}'],
  trim: [' a ', 'trim', 'a'],
  truncate: ['one two three four', 'truncate(10)', 'one...'],
  unique: [[1, 1, 2], 'unique', '[1, 2]'],
  upper: ['ab', 'upper', 'AB'],
}

const methodExamples: Readonly<Record<string, readonly [object: unknown, call: string, printed: string]>> = {
  capitalize: ['ab', 'capitalize()', 'Ab'],
  dictsort: [{ b: 1, a: 2 }, 'dictsort()', '[["a", 2], ["b", 1]]'],
  endswith: ['ab', 'endswith("b")', 'true'],
  get: [{ a: 1 }, 'get("b", 2)', '2'],
  items: [{ a: 1 }, 'items()', '[["a", 1]]'],
  keys: [{ a: 1 }, 'keys()', '["a"]'],
  lower: ['AB', 'lower()', 'ab'],
  lstrip: [' a ', 'lstrip()', 'a '],
  replace: ['aba', 'replace("a", "c")', 'cbc'],
  rstrip: [' a ', 'rstrip()', ' a'],
  split: ['a,b', 'split(",")', '["a", "b"]'],
  startswith: ['ab', 'startswith("b")', 'false'],
  strip: [' a ', 'strip()', 'a'],
  title: ['a b', 'title()', 'A B'],
  upper: ['ab', 'upper()', 'AB'],
  values: [{ a: 1 }, 'values()', '[1]'],
}

const testExamples: Readonly<Record<string, unknown>> = {
  boolean: false,
  defined: 1,
  even: 2,
  false: false,
  integer: 1,
  iterable: [1],
  lower: 'a',
  mapping: {},
  none: null,
  number: 1.5,
  odd: 1,
  sequence: 'a',
  string: 'a',
  true: true,
  undefined: undefined,
  upper: 'A',
}

describe('the names of the template language', () => {
  test.each(templateFilters)('the filter %s works', (name) => {
    const [x, call, printed] = filterExamples[name] ?? [undefined, name, 'no example']
    expect(compileTemplate(`{{ x | ${call} }}`).render({ x }, { optional: '*' })).toBe(printed)
  })

  test.each(templateMethods)('the method %s works', (name) => {
    const [x, call, printed] = methodExamples[name] ?? [undefined, `${name}()`, 'no example']
    expect(compileTemplate(`{{ x.${call} }}`).render({ x })).toBe(printed)
  })

  test.each(templateTests)('the test %s works', (name) => {
    expect(Object.keys(testExamples)).toContain(name)
    const template = compileTemplate(`{{ x is ${name} }} {{ x is not ${name} }}`)
    expect(template.render({ x: testExamples[name] }, { optional: '*' })).toBe('true false')
  })

  test('an alias is a name for a filter that exists', () => {
    for (const name of Object.values(filterAliases)) expect(templateFilters).toContain(name)
  })
})
