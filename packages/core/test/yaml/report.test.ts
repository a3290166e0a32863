import { expect, test } from '@jest/globals'
import { completeLimits } from '../../src/yaml/limits.ts'
import { readDocument } from '../../src/yaml/read-document.ts'
import { loadErrorOf } from './refusal.ts'

function reportOf(text: string) {
  const { report, problems } = readDocument(text, completeLimits(), undefined)
  const told = () =>
    loadErrorOf(() => problems.throwIfAny()).problems.map(({ message, line, column }) => ({
      message,
      line,
      column,
    }))
  return { report, problems, told }
}

test('a problem is known at its path and above, not beside', () => {
  const { report } = reportOf('a: { b: 1, c: 2 }')
  report.atValue('LOAD_SHAPE', 'bad', ['a', 'b'])
  expect([['a', 'b'], ['a'], [], ['a', 'c']].map((path) => report.has(path))).toEqual([
    true,
    true,
    true,
    false,
  ])
})

test('nothing is said of a refused value, of its parts, or of what holds it', () => {
  const { report, problems } = reportOf('a: { b: { c: 1 } }')
  report.refuse(['a', 'b'])
  for (const path of [['a', 'b'], ['a', 'b', 'c'], ['a']]) report.atValue('LOAD_SHAPE', 'bad', path)
  report.atKey('LOAD_SHAPE', 'bad', ['a', 'b'])
  expect(problems.isEmpty).toBe(true)
})

test('the key above a refused value, and keys missing beside it, are still told', () => {
  const { report, told } = reportOf('a: { b: { c: 1 } }')
  report.refuse(['a', 'b'])
  report.atKey('LOAD_SHAPE', 'unknown key', ['a'])
  report.atParts('LOAD_SHAPE', [{ path: ['a'], message: 'd is missing', missingKey: 'd' }], [])
  report.atParts('LOAD_SHAPE', [{ path: ['a'], message: 'b is missing', missingKey: 'b' }], [])
  expect(told().map(({ message }) => message)).toEqual(['unknown key', 'd is missing'])
})

test('unknown keys are pointed at, and so are the values of others', () => {
  const { report, told } = reportOf('a: { b: 1 }')
  report.atParts('LOAD_SHAPE', [{ path: ['a'], message: 'unknown', unknownKey: 'b' }], [])
  report.atParts('LOAD_SHAPE', [{ path: ['b'], message: 'wrong' }], ['a'])
  expect(told()).toEqual([
    { message: 'unknown', line: 1, column: 6 },
    { message: 'wrong', line: 1, column: 9 },
  ])
})

test('a part of a document has paths of its own, and shares what is known', () => {
  const { report, told } = reportOf('a: { b: { c: 1 } }')
  const inside = report.within(['a']).within(['b'])
  inside.atValue('LOAD_SHAPE', 'bad', ['c'])
  expect([inside.has([]), inside.has(['c']), report.has(['a', 'b', 'c']), report.has(['c'])]).toEqual([
    true,
    true,
    true,
    false,
  ])
  expect([inside.written(['c', 0]), inside.whole, report.whole]).toEqual(['a.b.c[0]', 'pipeline', 'file'])
  expect(told()).toEqual([{ message: 'bad', line: 1, column: 14 }])
})

test('fail leaves nothing to go on with', () => {
  const { report } = reportOf('a: { b: 1 }')
  const error = loadErrorOf(() => report.within(['a']).fail('LOAD_LIMIT', 'too much', ['b']))
  expect(error).toMatchObject({ code: 'LOAD_LIMIT', path: 'a.b', column: 6 })
})
