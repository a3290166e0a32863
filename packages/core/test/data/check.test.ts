import { describe, expect, test } from '@jest/globals'
import {
  at,
  type Check,
  checkArray,
  checkBoolean,
  checkFilledString,
  checkIndex,
  checkJsonObject,
  checkListOf,
  checkNumber,
  checkObject,
  checkOneOf,
  checkString,
  checkTagged,
  describeValue,
  keyOf,
} from '../../src/data/check.ts'

describe('a check says where it looked and what it found', () => {
  test.each<[string, Check, unknown]>([
    ["'a.b' must be a string, not 1.", checkString, 1],
    ["'a.b' must be a string that is not empty, not ''.", checkFilledString, ''],
    ["'a.b' must be true or false, not null.", checkBoolean, null],
    ["'a.b' must be a finite number, not NaN.", checkNumber, Number.NaN],
    ["'a.b' must be a finite number, not '1'.", checkNumber, '1'],
    ["'a.b' must be a whole number from 0, not -1.", checkIndex, -1],
    ["'a.b' must be a whole number from 0, not 0.5.", checkIndex, 0.5],
    ["'a.b' must be an array, not an object.", checkArray, {}],
    ["'a.b' must be an object, not an array.", checkJsonObject, []],
    [
      "'a.b' must be JSON. It holds something else: undefined, a function, an infinite number, a class instance, a cycle or more than 1000 levels.",
      checkJsonObject,
      { when: new Date(0) },
    ],
    ["'a.b' must be 'text', not 'txt'. Did you mean 'text'?", checkOneOf(['text']), 'txt'],
    ["'a.b' must be one of 'x' and 'y', not true.", checkOneOf(['x', 'y']), true],
    ["'a.b[1]' must be a string, not undefined.", checkListOf(checkString), ['x', undefined]],
    ["'a.b[0]' must be a string, not undefined.", checkListOf(checkString), new Array(1)],
    ["'a.b' must be an array, not 'x'.", checkListOf(checkString), 'x'],
    [
      "'a.b' has the unknown key 'nam'; its keys are 'name'. Did you mean 'name'?",
      checkObject({ name: checkString }),
      { nam: 'x' },
    ],
    ["'a.b' lacks the key 'name'.", checkObject({ name: checkString }), {}],
    ["'a.b.name' must be a string, not 1.", checkObject({}, { name: checkString }), { name: 1 }],
    [
      "'a.b.name' must be a string, not undefined.",
      checkObject({}, { name: checkString }),
      { name: undefined },
    ],
    ["'a.b' must be an object, not null.", checkObject({}), null],
    ["'a.b' must be an object, not a text of 61 characters.", checkTagged({}), 'x'.repeat(61)],
    [
      "'a.b' lacks the key 'type'; it is one of 'x' and 'y'.",
      checkTagged({ x: checkString, y: checkString }),
      {},
    ],
    ["'a.b.type' must be 'x', not 'constructor'.", checkTagged({ x: checkString }), { type: 'constructor' }],
  ])('%s', (message, check, value) => {
    expect(check(value, 'a.b')).toBe(message)
  })
})

test('a check accepts what it describes', () => {
  const checkPart = checkTagged({ x: checkObject({ type: checkString }, { list: checkListOf(checkIndex) }) })
  expect(checkPart({ type: 'x' }, '')).toBeUndefined()
  expect(checkPart({ type: 'x', list: [0, 1] }, '')).toBeUndefined()
})

test('the value that was handed in has no place to name', () => {
  expect([at(''), at('a'), keyOf('', 'b'), keyOf('a', 'b')]).toEqual(['it', "'a'", 'b', 'a.b'])
})

test('functions and symbols are described by their kind', () => {
  expect([describeValue(() => 1), describeValue(Symbol('s'))]).toEqual(['a function', 'a symbol'])
})
