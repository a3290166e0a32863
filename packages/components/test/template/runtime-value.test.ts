import { describe, expect, test } from '@jest/globals'
import { makeValue } from '../../src/template/make-value.ts'
import { isArray, isObject, kindOf } from '../../src/template/runtime-value.ts'

describe('runtime values', () => {
  test.each([
    ['a text', makeValue.string('')],
    ['a number', makeValue.integer(1)],
    ['a number', makeValue.float(1)],
    ['true or false', makeValue.boolean(true)],
    ['none', makeValue.null()],
    ['nothing', makeValue.undefined()],
    ['a list', makeValue.array([])],
    ['an object', makeValue.object(new Map())],
    ['a function', makeValue.function(() => makeValue.null())],
  ])('are called %s', (kind, value) => {
    expect(kindOf(value)).toBe(kind)
    expect([isArray(value), isObject(value)]).toEqual([kind === 'a list', kind === 'an object'])
  })
})
