import { describe, expect, test } from '@jest/globals'
import { Fail, PlannedFailure, testComponent } from '../../src/testing/index.ts'

describe('Fail', () => {
  testComponent(() => new Fail({ times: 0 }), { test })

  test('throws what it was told', () => {
    const fail = new Fail({ message: 'No more.' })
    expect(() => fail.run({ value: 1 })).toThrow(new PlannedFailure('No more.'))
    expect(() => fail.run({ value: 1 })).toThrow('No more.')
    expect(fail.calls).toBe(2)
  })

  test('fails only so many times', () => {
    const fail = new Fail({ times: 1 })
    expect(() => fail.run({ value: 1 })).toThrow('It was planned.')
    expect(fail.run({ value: 1 })).toEqual({ value: 1 })
  })

  test('rejects instead of throwing', async () => {
    await expect(new Fail({ rejects: true }).run({ value: 1 })).rejects.toThrow(PlannedFailure)
  })
})
