import { expect, test } from '@jest/globals'
import { defined } from '../../src/data/defined.ts'

test('keys with undefined are left out, other empty values stay', () => {
  expect(defined({ a: undefined, b: null, c: '', d: 0, e: false })).toStrictEqual({
    b: null,
    c: '',
    d: 0,
    e: false,
  })
})
