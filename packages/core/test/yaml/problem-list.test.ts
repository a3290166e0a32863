import { expect, test } from '@jest/globals'
import { ProblemList } from '../../src/yaml/problem-list.ts'
import { SourceText } from '../../src/yaml/source-text.ts'
import { loadErrorOf } from './refusal.ts'

test('problems are told in the order of the text, with the facts of the first on the error', () => {
  const problems = new ProblemList(new SourceText('a: 1\nb: 2\n'), 'f.yaml')
  const cause = new Error('why')
  problems.add('LOAD_SHAPE', 'second', { offset: 8, path: ['b'], cause })
  problems.add('LOAD_SYNTAX', 'first\nin two lines', { offset: 0 })
  const error = loadErrorOf(() => problems.throwIfAny())
  expect(error).toMatchObject({ code: 'LOAD_SYNTAX', file: 'f.yaml', line: 1, column: 1, cause })
  expect(error.path).toBeUndefined()
  expect(error.message).toMatchInlineSnapshot(`
"f.yaml:1:1: first
  in two lines
  1 | a: 1
    | ^

f.yaml:2:4: b: second
  2 | b: 2
    |    ^

2 problems"
`)
})

test('without problems nothing is thrown', () => {
  const problems = new ProblemList(new SourceText(''), undefined)
  expect(problems.isEmpty).toBe(true)
  problems.throwIfAny()
})

test('fail throws at once', () => {
  const problems = new ProblemList(new SourceText('x'), undefined)
  expect(() => problems.fail('LOAD_LIMIT', 'too much')).toThrow('too much')
})

test('a message that a file made endless is cut', () => {
  const problems = new ProblemList(new SourceText('x'), undefined)
  const error = loadErrorOf(() =>
    problems.fail('LOAD_SHAPE', 'y'.repeat(100_000), { path: ['z'.repeat(100_000)] }),
  )
  expect(error.message.length).toBeLessThan(10_000)
})
