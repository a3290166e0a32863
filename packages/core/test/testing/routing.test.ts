import { describe, expect, test } from '@jest/globals'
import { BranchJoiner, Parity, Remainder, Repeat, Threshold, testComponent } from '../../src/testing/index.ts'

describe('Parity', () => {
  testComponent(() => new Parity(), { test })

  test('sends a number to one of two outputs', () => {
    expect(new Parity().run({ value: 4 })).toEqual({ even: 4 })
    expect(new Parity().run({ value: -3 })).toEqual({ odd: -3 })
  })
})

describe('Threshold', () => {
  testComponent(() => new Threshold({ threshold: 5 }), { test })

  test('counts the threshold itself as below', () => {
    const threshold = new Threshold({ threshold: 5 })
    expect(threshold.run({ value: 6 })).toEqual({ above: 6 })
    expect(threshold.run({ value: 5 })).toEqual({ below: 5 })
  })

  test('compares with 10 unless told otherwise', () => {
    expect(new Threshold().run({ value: 11 })).toEqual({ above: 11 })
    expect(new Threshold().run({ value: 11, threshold: 20 })).toEqual({ below: 11 })
  })
})

describe('Remainder', () => {
  testComponent(() => new Remainder({ divisor: 4 }), { test })

  test('has an output for each remainder', () => {
    expect(Object.keys(new Remainder().outputs)).toEqual(['remainderIs0', 'remainderIs1', 'remainderIs2'])
  })

  test('knows the remainders of negative numbers', () => {
    expect(new Remainder().run({ value: 5 })).toEqual({ remainderIs2: 5 })
    expect(new Remainder().run({ value: -1 })).toEqual({ remainderIs2: -1 })
  })
})

describe('Repeat', () => {
  testComponent(() => new Repeat({ outputs: ['first', 'second'] }), { test })

  test('gives its value to every output', () => {
    expect(new Repeat({ outputs: ['a', 'b'] }).run({ value: 1 })).toEqual({ a: 1, b: 1 })
  })
})

describe('BranchJoiner', () => {
  testComponent(() => new BranchJoiner(), { test })
  testComponent(() => new BranchJoiner({ of: 'string' }), { test })
  testComponent(() => new BranchJoiner({ of: 'messages' }), { test })
  testComponent(() => new BranchJoiner({ of: 'documents' }), { test })

  test('passes on the value that it got', () => {
    expect(new BranchJoiner().run({ value: [4] })).toEqual({ value: 4 })
  })
})
