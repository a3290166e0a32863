import { expect, test } from '@jest/globals'
import { asNumber, asString, asValues } from '../../src/attributes/values.ts'

test('what is not of the kind reads as nothing', () => {
  const given = [undefined, null, 'text', '', 7, Number.NaN, Number.POSITIVE_INFINITY, true]
  expect(given.map(asString)).toEqual([...Array(2), 'text', ...Array(5)])
  expect(given.map(asNumber)).toEqual([...Array(4), 7, ...Array(3)])
  expect(given.map(asValues)).toEqual(given.map(() => ({})))
  expect(asValues({ a: 1 })).toEqual({ a: 1 })
})
