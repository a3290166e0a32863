import { describe, expect, test } from '@jest/globals'
import { plainJson } from '../../src/output/plain-json.ts'

const itself: { a: number; self?: unknown } = { a: 1 }
itself.self = itself
const twice = { x: 1 }
class Point {
  readonly x = 1
}
class Opaque {
  readonly #x = 1
  get x() {
    return this.#x
  }
}

describe('plainJson', () => {
  test.each<[what: string, value: unknown]>([
    ['texts, numbers, lists and objects', { a: ['x', 1, true, null, { b: -1.5 }] }],
    ['what is there twice without holding itself', [twice, twice]],
  ])('leaves %s as they are', (_, value) => {
    expect(plainJson(value)).toEqual({ json: value, changes: [] })
  })

  test('writes what has a way to JSON by that', () => {
    expect(plainJson([new Date(0), { toJSON: () => ({ b: 1 }) }, new Point(), { a: undefined }])).toEqual({
      json: ['1970-01-01T00:00:00.000Z', { b: 1 }, { x: 1 }, {}],
      changes: [],
    })
  })

  test.each<[change: string, value: unknown, json: unknown]>([
    ["at 'a' NaN is a text", { a: Number.NaN }, { a: 'NaN' }],
    ['a bigint is a text', 10n, '10'],
    ["at '[0]' undefined is a text", [undefined], ['undefined']],
    ['a function is a text', () => 1, '[Function (anonymous)]'],
    ['a Map is an object', new Map([['a', { b: 1 }]]), { a: { b: 1 } }],
    ['a Map is an object', new Map<unknown, number>([[{ a: 1 }, 1]]), [[{ a: 1 }, 1]]],
    ['a Set is a list', new Set([1, 2]), [1, 2]],
    ['an error is a text', new TypeError('no luck'), 'TypeError: no luck'],
    ['an invalid Date is a text', new Date(Number.NaN), 'Invalid Date'],
    ['bytes are base64', Buffer.from('abc'), 'YWJj'],
    ['numbers in a buffer are a list', new Float32Array([0.5]), [0.5]],
    ["at 'self' what holds itself is a text", itself, { a: 1, self: '(what this is in)' }],
    ['Opaque is a text', new Opaque(), 'Opaque {}'],
    [
      'its own fields stand for what has a toJSON that failed (no)',
      {
        a: 1,
        toJSON() {
          throw new Error('no')
        },
      },
      { a: 1 },
    ],
    [
      "at 'a' what cannot be read is a text",
      {
        get a(): number {
          throw new Error('no')
        },
      },
      { a: '(cannot be read: no)' },
    ],
  ])('says that %s', (change, value, json) => {
    expect(plainJson(value)).toEqual({ json, changes: [change] })
  })
})
