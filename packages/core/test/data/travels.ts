import { expect } from '@jest/globals'
import { isJsonValue } from '../../src/json.ts'

/** Fails unless the value comes back equal from JSON text and from a structured clone, without one `undefined`. */
export function expectToTravel(value: unknown): void {
  expect(isJsonValue(value)).toBe(true)
  expect(JSON.parse(JSON.stringify(value))).toStrictEqual(value)
  // A structured clone has the prototypes of another realm under jest, so toStrictEqual would refuse it.
  expect(structuredClone(value)).toEqual(value)
}
