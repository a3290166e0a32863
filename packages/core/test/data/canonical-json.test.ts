import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { canonicalJson } from '../../src/data/canonical-json.ts'
import type { JsonValue } from '../../src/json.ts'

test('keys are sorted by code units at every level and there is no white space', () => {
  const value = { b: [{ z: 1, a: null }], a: 'é"', 10: true, 9: 1.5e300 }
  expect(canonicalJson(value)).toBe('{"10":true,"9":1.5e+300,"a":"é\\"","b":[{"a":null,"z":1}]}')
})

test('the order of keys does not matter', () => {
  const reversed = (value: object) => Object.fromEntries(Object.entries(value).reverse()) as JsonValue
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (value) => {
      expect(canonicalJson(value as JsonValue)).toBe(canonicalJson(reversed(value)))
    }),
  )
})

test('the text says the value', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      expect(JSON.parse(canonicalJson(value as JsonValue))).toEqual(JSON.parse(JSON.stringify(value)))
    }),
  )
})

test('half of a surrogate pair is escaped, so that it keeps apart from the replacement character', () => {
  expect(canonicalJson('\ud800')).toBe('"\\ud800"')
})
