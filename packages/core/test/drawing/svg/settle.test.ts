import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { settle } from '../../../src/drawing/svg/settle.ts'

test('what has room is where it would like to be', () => {
  expect(
    settle([
      { desired: 0, weight: 1, room: 10 },
      { desired: 50, weight: 1, room: 10 },
    ]),
  ).toEqual([0, 50])
})

test('what would overlap moves apart, the heavier one less', () => {
  expect(
    settle([
      { desired: 0, weight: 1, room: 10 },
      { desired: 0, weight: 1, room: 10 },
    ]),
  ).toEqual([-5, 5])
  expect(
    settle([
      { desired: 0, weight: 9, room: 10 },
      { desired: 0, weight: 1, room: 10 },
    ]),
  ).toEqual([-1, 9])
})

test('what would like to change places keeps its order', () => {
  expect(
    settle([
      { desired: 100, weight: 1, room: 10 },
      { desired: 0, weight: 1, room: 10 },
    ]),
  ).toEqual([45, 55])
})

test('no two are closer than they must be', () => {
  const thing = fc.record({
    desired: fc.integer({ min: -500, max: 500 }),
    weight: fc.integer({ min: 1, max: 9 }),
    room: fc.integer({ min: 0, max: 90 }),
  })
  fc.assert(
    fc.property(fc.array(thing, { maxLength: 30 }), (row) => {
      const places = settle(row)
      expect(places).toHaveLength(row.length)
      for (let index = 1; index < row.length; index++) {
        const apart = (places[index] as number) - (places[index - 1] as number)
        expect(apart).toBeGreaterThanOrEqual((row[index - 1]?.room as number) - 1e-6)
      }
    }),
  )
})
