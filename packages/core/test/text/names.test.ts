import { describe, expect, test } from '@jest/globals'
import { didYouMean, listNames, nearest } from '../../src/text/names.ts'

describe('nearest', () => {
  test.each<[name: string, candidates: string[], near: string | undefined]>([
    ['promt', ['llm', 'prompt'], 'prompt'],
    ['PROMPT', ['prompt'], 'prompt'],
    ['tempurature', ['temperature', 'topP'], 'temperature'],
    ['nctx', ['nCtx', 'nBatch'], 'nCtx'],
    ['mesages', ['message', 'messages'], 'messages'],
    ['to', ['top'], 'top'],
    ['top', ['tops', 'stop'], 'tops'],
    ['dog', ['cat', 'bird'], undefined],
    ['ab', ['cd'], undefined],
    ['a', ['b'], undefined],
    ['a', ['ab'], 'ab'],
    ['replies', ['documents'], undefined],
    ['', ['a'], undefined],
    ['a', [], undefined],
  ])('to %j among %j is %j', (name, candidates, near) => {
    expect(nearest(name, candidates)).toBe(near)
  })

  test('takes any iterable', () => {
    expect(nearest('promt', new Map([['prompt', 1]]).keys())).toBe('prompt')
  })

  test('does not compare names of very different lengths', () => {
    expect(nearest('x'.repeat(10_000_000), ['prompt', 'llm'])).toBeUndefined()
  })
})

test('didYouMean is a sentence to append, or nothing', () => {
  expect(didYouMean('promt', ['prompt'])).toBe(" Did you mean 'prompt'?")
  expect(didYouMean('dog', ['prompt'])).toBe('')
})

describe('listNames', () => {
  test.each<[names: string[], text: string]>([
    [[], 'none'],
    [['a'], "'a'"],
    [['a', 'b'], "'a' and 'b'"],
    [['a', 'b', 'c'], "'a', 'b' and 'c'"],
  ])('of %j', (names, text) => {
    expect(listNames(names)).toBe(text)
  })

  test('counts the names that are too many', () => {
    expect(listNames(['a', 'b', 'c'], 2)).toBe("'a', 'b' and 1 more")
    expect(listNames(Array.from({ length: 25 }, (_, index) => index.toString()))).toMatch(/'19' and 5 more$/)
  })

  test('takes any iterable', () => {
    expect(listNames(new Set(['a', 'b']))).toBe("'a' and 'b'")
  })
})
