import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { makeValue } from '../../src/template/make-value.ts'
import { PlainData } from '../../src/template/plain-data.ts'

describe('PlainData', () => {
  test('gives JSON back as it was', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (json) => {
        const data = new PlainData()
        expect(data.toData(data.toValue(json, 'x'))).toEqual(json)
      }),
    )
  })

  test('gives the very object back that a value was made from', () => {
    const [data, image] = [new PlainData(), { type: 'image', tags: ['a'] }]
    expect(data.toData(data.toValue(image, 'x'))).toBe(image)
  })

  test('makes data of values that a template made', () => {
    const value = makeValue.object(
      new Map([['a', makeValue.array([makeValue.integer(1), makeValue.null()])]]),
    )
    expect(new PlainData().toData(value)).toEqual({ a: [1, null] })
  })

  test('takes own keys only', () => {
    const value = new PlainData().toValue(JSON.parse('{"__proto__": 1, "constructor": 2}'), 'x')
    expect([...(value.value as ReadonlyMap<string, unknown>).keys()]).toEqual(['__proto__', 'constructor'])
  })

  test('reads an object that is reached along many ways once', () => {
    let shared: unknown = ['a']
    for (let level = 0; level < 200; level++) shared = [shared, shared]
    expect(new PlainData().toValue(shared, 'x').type).toBe('ArrayValue')
  })

  test.each([
    ['a function', { f: () => 1 }, "'x.f' holds a function."],
    ['a symbol', [Symbol('s')], "'x[0]' holds a symbol."],
    ['a bigint', 1n, "'x' holds a bigint."],
    ['a class instance', { when: new Date(0) }, "'x.when' holds a Date."],
    ['an object with a prototype', Object.create({ a: 1 }), "'x' holds a Object."],
    ['an object without a class name', Object.create(Object.create({})), "'x' holds a Object."],
  ])('refuses %s', (_, value, message) => {
    expect(() => new PlainData().toValue(value, 'x')).toThrow(
      expect.objectContaining({
        code: 'TEMPLATE_FORBIDDEN',
        message: `${message} A template gets plain data only: texts, numbers, true, false, null, lists and objects of them.`,
      }),
    )
  })

  test('refuses cycles and endless depth', () => {
    const cycle: unknown[] = []
    cycle.push(cycle)
    expect(() => new PlainData().toValue(cycle, 'x')).toThrow("'x[0]' holds an object that holds itself.")
    let deep: unknown = 1
    for (let level = 0; level < 1500; level++) deep = [deep]
    expect(() => new PlainData().toValue(deep, 'x')).toThrow('holds more than 1000 levels.')
  })

  test('gives no data for a function', () => {
    expect(() => new PlainData().toData(makeValue.function(() => makeValue.null()))).toThrow(
      expect.objectContaining({ code: 'TEMPLATE_FORBIDDEN', message: 'A function is no data.' }),
    )
  })
})
