import { describe, expect, test } from '@jest/globals'
import { Environment } from '../../src/template/jinja.ts'
import { makeValue } from '../../src/template/make-value.ts'

describe('makeValue', () => {
  test.each([
    ['StringValue', 'a', makeValue.string('a')],
    ['IntegerValue', 1, makeValue.integer(1)],
    ['FloatValue', 1.5, makeValue.float(1.5)],
    ['BooleanValue', true, makeValue.boolean(true)],
    ['NullValue', null, makeValue.null()],
    ['UndefinedValue', undefined, makeValue.undefined()],
  ])('makes a %s of the library', (type, content, value) => {
    expect(value).toMatchObject({ type, value: content })
    expect(value.constructor).toBe(new Environment().set('x', content).constructor)
  })

  test('makes lists, objects and functions', () => {
    const item = makeValue.string('a')
    expect(makeValue.array([item])).toMatchObject({ type: 'ArrayValue', value: [item] })
    expect(makeValue.object(new Map([['a', item]]))).toMatchObject({ type: 'ObjectValue' })
    expect(makeValue.function(() => item)).toMatchObject({ type: 'FunctionValue' })
  })

  test('tells whole numbers from others', () => {
    expect([makeValue.number(2).type, makeValue.number(2.5).type]).toEqual(['IntegerValue', 'FloatValue'])
  })
})
