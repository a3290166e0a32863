import { expect, test } from '@jest/globals'
import { packShelves } from '../../../src/drawing/svg/pack.ts'

test('small ones share a shelf, a wide one has its own', () => {
  const sizes = [
    { width: 100, height: 20 },
    { width: 30, height: 10 },
    { width: 30, height: 40 },
    { width: 60, height: 10 },
  ]
  expect(packShelves(sizes, 10)).toEqual({
    corners: [
      { x: 0, y: 0 },
      { x: 0, y: 30 },
      { x: 40, y: 30 },
      { x: 0, y: 80 },
    ],
    width: 100,
    height: 90,
  })
})
