import { expect, test } from '@jest/globals'
import { lookUp } from '../../../../src/engines/node-llama-cpp/sampling/prompt-lookup.ts'

const guess = (text: string, size = 2, count = 10) => lookUp([...text], size, count).join('')

test('a lookup guesses what followed the last tokens before', () => {
  expect(guess('abcde ab')).toBe('cde ab')
  expect(guess('abcde ab', 2, 3)).toBe('cde')
})

test('a lookup takes the longest run that was there before, and of several places the first', () => {
  expect(guess('xb1 ab2 ab3 ab')).toBe('2 ab3 ab')
  expect(guess('xb1 ab2 ab', 1)).toBe('1 ab2 ab')
})

test('a lookup may run into the last tokens themselves', () => {
  expect(guess('aaaa')).toBe('aa')
  expect(guess('aa', 2)).toBe('a')
})

test.each(['', 'a', 'abc'])('a lookup has no guess where nothing comes twice: %j', (text) => {
  expect(guess(text)).toBe('')
})
