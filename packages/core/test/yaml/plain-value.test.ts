import { expect, test } from '@jest/globals'
import { toolset } from '../../src/component/toolset.ts'
import { formatPath } from '../../src/yaml/document-path.ts'
import { plainValue } from '../../src/yaml/plain-value.ts'
import { printToken, search } from './parts.ts'

/** What a file cannot express of a value, as `path reason`. */
function faultsOf(value: unknown): string[] {
  const faults: string[] = []
  plainValue(value, ['p'], (path, reason) => faults.push(`${formatPath(path)} ${reason}`))
  return faults
}

test('JSON is copied as it is', () => {
  const value = { a: [1, 'x', null, true, { b: {} }], c: [] }
  const copy = plainValue(value, [], () => {})
  expect(copy).toEqual(value)
  expect(copy).not.toBe(value)
})

test('a key with the value undefined is not there', () => {
  expect(plainValue({ a: undefined, b: 1 }, [], () => {})).toStrictEqual({ b: 1 })
})

test('one object in two places is two objects', () => {
  const shared = { x: 1 }
  expect(faultsOf([shared, shared])).toEqual([])
})

class Point {
  readonly x = 1
}

const cyclic: { self?: unknown } = {}
cyclic.self = [cyclic]

let deep: unknown = 1
for (let level = 0; level < 100_000; level++) deep = [deep]

test.each<[string, unknown, string[]]>([
  ['an undefined item', [undefined], ['p[0] is undefined']],
  // biome-ignore lint/suspicious/noSparseArray: holes are what is tested
  ['a hole', [1, , 2], ['p[1] is undefined']],
  ['an infinite number', { a: Number.POSITIVE_INFINITY }, ['p.a is the number Infinity']],
  ['no number', Number.NaN, ['p is the number NaN']],
  ['a bigint', 1n, ['p is a bigint']],
  ['a symbol', Symbol('s'), ['p is a symbol']],
  ['a class instance', { at: new Point() }, ['p.at is an instance of the class Point']],
  ['a date', new Date(), ['p is an instance of the class Date']],
  ['a cycle', cyclic, ["p.self[0] is 'p' again, which would have no end"]],
  ['__proto__', JSON.parse('{"__proto__": 1}'), ['p.__proto__ is no key that a file may have']],
  ['half a character', { a: '\uD83D' }, ['p.a is not well-formed Unicode']],
  ['half a character in a key', { '\uDE00': 1 }, ['p["\\ude00"] is not well-formed Unicode']],
  [
    'a function',
    printToken,
    ["p is the function 'printToken'. A file has only the names of callbacks that the registry has"],
  ],
  [
    'a function without a name',
    [() => 1],
    ['p[0] is a function. A file has only the names of callbacks that the registry has'],
  ],
  [
    'a tool',
    [search],
    ["p[0] is the tool 'search'. A file has only the names of tools that the registry has"],
  ],
  [
    'a toolset',
    [toolset({ name: 'web', tools: [search] })],
    ["p[0] is the toolset 'web'. A file has only the names of toolsets that the registry has"],
  ],
])('%s cannot be in a file', (_, value, faults) => {
  expect(faultsOf(value)).toEqual(faults)
})

test('a value that is nested without end in sight is refused before it overflows the stack', () => {
  expect(faultsOf(deep)).toEqual([`p${'[0]'.repeat(500)} is nested deeper than 500 levels`])
})
