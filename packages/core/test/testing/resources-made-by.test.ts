import { expect, test } from '@jest/globals'
import { resourcesMadeBy } from '../../src/testing/resources-made-by.ts'

test('names what a function starts, and forgets it when it throws', () => {
  expect(resourcesMadeBy(() => clearTimeout(setTimeout(() => {}, 1000)))).toEqual(['Timeout'])
  expect(resourcesMadeBy(() => Promise.resolve().then(() => {}))).toEqual([])
  expect(() =>
    resourcesMadeBy(() => {
      throw new TypeError('no')
    }),
  ).toThrow('no')
  expect(resourcesMadeBy(() => {})).toEqual([])
})
