import { describe, expect, test } from '@jest/globals'
import { deepFreeze } from '../../src/testing/index.ts'

describe('deepFreeze', () => {
  test('freezes objects and lists at any depth, also below frozen ones', () => {
    const value = deepFreeze({ list: [{ a: 1 }], frozen: Object.freeze({ inner: { b: 2 } }) })
    expect(() => Object.assign(value.list[0] as object, { a: 2 })).toThrow(TypeError)
    expect(() => Object.assign(value.frozen.inner, { b: 3 })).toThrow(TypeError)
    expect(() => (value.list as unknown[]).push(1)).toThrow(TypeError)
  })

  test('leaves what has a class of its own alone', () => {
    const bytes = new Uint8Array([1])
    const map = new Map()
    deepFreeze({ bytes, map })
    expect([Object.isFrozen(bytes), Object.isFrozen(map)]).toEqual([false, false])
  })

  test('ends on a value that holds itself', () => {
    const value: { self?: unknown } = {}
    value.self = value
    expect(Object.isFrozen(deepFreeze(value))).toBe(true)
  })
})
