import { expect, test } from '@jest/globals'
import { notJsonIn } from '../../src/schema/not-json.ts'

class Point {
  readonly x = undefined
}

test.each<[what: string, whole: unknown, path: (string | number)[], value: unknown]>([
  ['the value itself', undefined, [], undefined],
  ['a number that is none', [1, Number.NaN], [1], Number.NaN],
  ['a hole in a list', { a: Object.assign(new Array(2), { 0: 1 }) }, ['a', 1], undefined],
  ['a key without a value', { a: [{}, { b: undefined }] }, ['a', 1, 'b'], undefined],
  ['an instance, not what is in it', { a: expect }, ['a'], expect],
  ['the first of several', { a: 1, b: Number.NaN, c: undefined }, ['b'], Number.NaN],
])('notJsonIn finds %s', (_, whole, path, value) => {
  expect(notJsonIn(whole)).toEqual({ path, value })
})

test('does not look into instances of classes', () => {
  const point = new Point()
  expect(notJsonIn({ point })).toEqual({ path: ['point'], value: point })
})

test('a value that contains itself, or is too deep, is to blame as a whole', () => {
  const endless: Record<string, unknown> = { a: {} }
  endless['a'] = { b: [endless] }
  expect(notJsonIn(endless)).toEqual({ path: [], value: endless })
  let deep: unknown[] = []
  for (let level = 0; level < 5000; level++) deep = [deep]
  expect(notJsonIn(deep).path).toEqual([])
})
