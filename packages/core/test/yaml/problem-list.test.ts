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

test('problems of included files are told with those of the including one, and by their own names', () => {
  const problems = new ProblemList(new SourceText('a: 1\n'), 'f.yaml')
  const included = new ProblemList(new SourceText('b: 2\n'), 'g.yaml', problems)
  included.add('LOAD_SHAPE', 'inside', { offset: 0, path: ['b'] })
  expect([problems.isEmpty, included.isEmpty]).toEqual([true, false])
  problems.throwIfAny()
  problems.add('LOAD_SYNTAX', 'outside', { offset: 0 })
  const error = loadErrorOf(() => problems.throwIfAnywhere())
  expect(error.problems.map(({ file, message }) => [file, message])).toEqual([
    [undefined, 'outside'],
    ['g.yaml', 'inside'],
  ])
  expect(error.file).toBe('f.yaml')
  expect(error.message).toContain('g.yaml:1:1: b: inside\n  1 | b: 2\n')
})

test('an included file alone can be to blame', () => {
  const problems = new ProblemList(new SourceText(''), undefined)
  new ProblemList(new SourceText('b'), 'g.yaml', problems).add('LOAD_SHAPE', 'inside', { offset: 0 })
  const error = loadErrorOf(() => problems.throwIfAnywhere())
  expect([error.file, error.line, error.problems[0]?.file]).toEqual([undefined, 1, 'g.yaml'])
})

test('a thousand problems are enough, in however many files', () => {
  const problems = new ProblemList(new SourceText(''), undefined)
  const error = loadErrorOf(() => {
    for (let index = 0; index < 2000; index += 1) {
      new ProblemList(new SourceText(''), `${index}.yaml`, problems).add('LOAD_SHAPE', 'bad')
    }
  })
  expect(error.problems).toHaveLength(1000)
})
