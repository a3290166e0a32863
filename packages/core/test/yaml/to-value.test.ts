import { expect, test } from '@jest/globals'
import { completeLimits } from '../../src/yaml/limits.ts'
import { readDocument } from '../../src/yaml/read-document.ts'
import { problemsOf, refusal } from './refusal.ts'

test('the value of a text is the JSON that it says', () => {
  const { value } = readDocument(
    'a: [1, -2.5, 0x10, true, null, ~, text, "1"]\nb: |\n  lines\n  more\nc: {}\nd:\n',
    completeLimits(),
    undefined,
  )
  expect(value).toEqual({
    a: [1, -2.5, 16, true, null, null, 'text', '1'],
    b: 'lines\nmore\n',
    c: {},
    d: null,
  })
})

test('pairs in a flow list are mappings', () => {
  expect(readDocument('a: [b: 1, c]', completeLimits(), undefined).value).toEqual({ a: [{ b: 1 }, 'c'] })
})

test('what was refused is left out, and the first of two keys counts', () => {
  const { value } = readDocument('a: .nan\n__proto__: 1\nb: 1\nb: 2\n1: x\n', completeLimits(), undefined)
  expect(value).toEqual({ a: null, b: 1 })
})

test('depth counts behind aliases too', () => {
  const text = 'metadata: { a: &a [[1]], b: [[*a]] }'
  expect(problemsOf(text, { maxDepth: 5 })).toEqual(['LOAD_LIMIT'])
})

test('aliases that multiply a large value are a limit', () => {
  const aliases = Array.from({ length: 30 }, (_, index) => `  b${index}: *a`)
  const text = `metadata:\n  a: &a [${'1,'.repeat(40_000)}]\n${aliases.join('\n')}`
  expect(refusal(text).message).toContain('The aliases of this file stand for more than 1000000 values.')
})
