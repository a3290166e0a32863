import { expect, test } from '@jest/globals'
import { coordinate, roundedPath, smoothPath } from '../../../src/drawing/svg/path.ts'

test('coordinates have one decimal at most, and no negative zero', () => {
  expect([coordinate(1.25), coordinate(-0.01), coordinate(7), coordinate(1e-9)]).toEqual([
    '1.3',
    '0',
    '7',
    '0',
  ])
})

test('stretches of one height are joined by lines, others by curves', () => {
  expect(
    smoothPath([
      { y: 10, from: 0, to: 20 },
      { y: 10, from: 60, to: 80 },
      { y: 50, from: 120, to: 130 },
    ]),
  ).toBe('M0 10H20H60H80C100 10 100 50 120 50H130')
})

test('corners are round, and rounder than half of a piece never', () => {
  const corners = [
    { x: 0, y: 0 },
    { x: 40, y: 0 },
    { x: 40, y: 10 },
    { x: 0, y: 10 },
  ]
  expect(roundedPath(corners, 10)).toBe('M0 0L35 0Q40 0 40 5L40 5Q40 10 35 10L0 10')
})
