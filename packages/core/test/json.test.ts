import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { isJsonObject, isJsonValue, isPlainObject } from '../src/json.ts'

function nested(depth: number): unknown {
  let value: unknown = 1
  for (let level = 0; level < depth; level++) value = [value]
  return value
}

function cycle(): unknown {
  const value: { self?: unknown } = {}
  value.self = [value]
  return value
}

class Point {
  readonly x = 1
}

describe('isJsonValue', () => {
  test('accepts everything that JSON text can say', () => {
    fc.assert(fc.property(fc.jsonValue(), (value) => isJsonValue(value)))
  })

  test.each([
    ['undefined', undefined],
    ['a key with undefined', { a: undefined }],
    ['NaN', Number.NaN],
    ['infinity', [Number.POSITIVE_INFINITY]],
    ['a bigint', 1n],
    ['a function', { a: () => 1 }],
    ['a symbol', Symbol('a')],
    ['a date', new Date(0)],
    ['a map', new Map()],
    ['bytes', new Uint8Array(1)],
    ['a class instance', new Point()],
    ['an array with a hole', new Array(1)],
    ['a cycle', cycle()],
  ])('refuses %s', (_, value) => {
    expect(isJsonValue(value)).toBe(false)
  })

  test('accepts one object in two places, which is no cycle', () => {
    const shared = { a: 1 }
    expect(isJsonValue([shared, { shared }])).toBe(true)
  })

  test('takes linear time where one object is reached along many ways', () => {
    let value: unknown = 1
    for (let level = 0; level < 100; level++) value = [value, value]
    expect(isJsonValue(value)).toBe(true)
  })

  test('accepts 1000 levels and refuses more, instead of overflowing the stack', () => {
    expect(isJsonValue(nested(1000))).toBe(true)
    expect(isJsonValue(nested(1001))).toBe(false)
    expect(isJsonValue(nested(200_000))).toBe(false)
  })

  test('accepts objects of another realm and objects without a prototype', () => {
    expect(isJsonValue(structuredClone({ a: [{}] }))).toBe(true)
    expect(isJsonValue(Object.assign(Object.create(null), { a: 1 }))).toBe(true)
  })
})

test('isPlainObject and isJsonObject refuse arrays and class instances', () => {
  for (const is of [isPlainObject, isJsonObject]) {
    expect([{}, [], null, 'a', new Point()].map(is)).toEqual([true, false, false, false, false])
  }
})

test('isJsonObject looks at the values too', () => {
  expect(isJsonObject({ a: { b: 1 } })).toBe(true)
  expect(isJsonObject({ a: { b: undefined } })).toBe(false)
})
