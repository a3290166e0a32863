import { describe, expect, test } from '@jest/globals'
import { Accumulate } from '../../src/testing/arithmetic.ts'
import { AddFixedValue, Double, Subtract, Sum, testComponent } from '../../src/testing/index.ts'

describe('AddFixedValue', () => {
  testComponent(() => new AddFixedValue({ add: 3 }), { test })

  test('adds its parameter, and 1 without one', () => {
    expect(new AddFixedValue({ add: 3 }).run({ value: 4 })).toEqual({ result: 7 })
    expect(new AddFixedValue().run({ value: 4 })).toEqual({ result: 5 })
  })

  test('prefers what is among its inputs, a zero too', () => {
    expect(new AddFixedValue({ add: 3 }).run({ value: 4, add: 0 })).toEqual({ result: 4 })
  })
})

describe('Double', () => {
  testComponent(() => new Double(), { test })

  test('doubles', () => {
    expect(new Double().run({ value: -4 })).toEqual({ value: -8 })
  })
})

describe('Subtract', () => {
  testComponent(() => new Subtract(), { test })

  test('subtracts the second from the first', () => {
    expect(new Subtract().run({ firstValue: 2, secondValue: 5 })).toEqual({ difference: -3 })
  })
})

describe('Sum', () => {
  testComponent(() => new Sum(), { test, inputs: [{ values: [1, 2, 3] }] })

  test('adds up all values', () => {
    expect(new Sum().run({ values: [1, 2, 4] })).toEqual({ total: 7 })
  })
})

describe('Accumulate', () => {
  testComponent(() => new Accumulate(), { test })

  test('keeps its sum between visits', () => {
    const accumulate = new Accumulate()
    expect(accumulate.run({ value: 2 })).toEqual({ value: 2 })
    expect(accumulate.run({ value: 3 })).toEqual({ value: 5 })
    expect(accumulate.sum).toBe(5)
  })
})
