import { describe, expect, test } from '@jest/globals'
import { normalized } from '../../src/replies/embedding-meta.ts'

describe('normalized', () => {
  test('keeps the direction and gives the length 1', () => {
    expect(normalized([3, -4])).toEqual([0.6, -0.8])
    expect(Math.hypot(...normalized([1e-8, 2e-8, 5]))).toBeCloseTo(1, 12)
  })

  test('leaves a vector without direction as it is', () => {
    expect(normalized([0, 0])).toEqual([0, 0])
    expect(normalized([])).toEqual([])
  })
})
