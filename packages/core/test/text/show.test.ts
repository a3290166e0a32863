import { expect, test } from '@jest/globals'
import { shortened, shown } from '../../src/text/show.ts'

class Point {}

test.each<[value: unknown, text: string]>([
  [null, 'null'],
  [undefined, 'nothing'],
  ['a "b"', '"a \\"b\\""'],
  ['x'.repeat(41), `the string "${'x'.repeat(40)}…"`],
  [1.5, 'the number 1.5'],
  [Number.NaN, 'the number NaN'],
  [10n, 'the bigint 10'],
  [true, 'the boolean true'],
  [Symbol('a'), 'the symbol Symbol(a)'],
  [() => 1, 'a function'],
  [[1, 2], 'an array of 2'],
  [{}, 'an empty object'],
  [{ a: 1, b: 2 }, "an object with 'a' and 'b'"],
  [{ a: 1, b: 2, c: 3, d: 4, e: 5, f: 6 }, "an object with 'a', 'b', 'c', 'd', 'e' and 1 more"],
  [{ ['x'.repeat(50)]: 1 }, `an object with '${'x'.repeat(40)}…'`],
  [new Point(), 'an instance of Point'],
  [new Map(), 'an instance of Map'],
  [new (class {})(), 'an instance of a class'],
  [Object.create(Object.create(Object.create(null))), 'an instance of a class'],
])('%p is shown as it is', (value, text) => {
  expect(shown(value)).toBe(text)
})

test('shortened cuts between characters', () => {
  expect(shortened('😀'.repeat(40))).toBe(`${'😀'.repeat(40)}…`)
  expect(shortened('short')).toBe('short')
})
