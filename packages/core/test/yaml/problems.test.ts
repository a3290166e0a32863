import { describe, expect, test } from '@jest/globals'
import { completeLimits, Usage } from '../../src/yaml/bounds/limits.ts'
import { loadPipeline } from '../../src/yaml/load.ts'
import { type DocumentPath, Problems } from '../../src/yaml/problems.ts'
import { type PipelineDocument, readText } from '../../src/yaml/read.ts'
import { registry } from './parts.ts'
import { loadErrorOf, refusal } from './refusal.ts'

/** The report of a text, and where the problems are that it then has. */
function reportOf(text: string) {
  const problems = new Problems(1000)
  const { report } = readText(
    problems.ofFile(text, undefined),
    completeLimits(),
    new Usage(),
  ) as PipelineDocument
  const places = () =>
    problems.error().problems.map(({ message, line, column }) => `${line}:${column} ${message}`)
  return { report, problems, places }
}

const text = `a:
  flow: { x: 1 }
  block:
    y: 2
  list:
    - one
    - k: v
  empty:
  "1": n
anchor: &anchor { z: 3 }
alias: *anchor
`

describe('the place of a problem', () => {
  test.each<[DocumentPath, string]>([
    [['a', 'flow'], '2:9'],
    [['a', 'flow', 'x'], '2:14'],
    [['a', 'block'], '3:3'],
    [['a', 'block', 'y'], '4:8'],
    [['a', 'list', 0], '6:7'],
    [['a', 'list', 1, 'k'], '7:10'],
    [['a', 'empty'], '8:3'],
    [['a', '1'], '9:8'],
    [['a', 1], '9:8'],
    [['alias'], '11:8'],
    [['alias', 'z'], '10:22'],
    // Where there is no such value, the nearest thing above it.
    [['a', 'nothing', 'b'], '1:1'],
    [['a', 'list', 7], '5:3'],
    [['a', 'flow', 'x', 'y'], '2:14'],
  ])('with the value at %j is %s', (path, place) => {
    const { report, places } = reportOf(text)
    report.atValue('LOAD_SHAPE', 'bad', path)
    expect(places()).toEqual([`${place} bad`])
  })

  test.each<[DocumentPath, string]>([
    [['a', 'flow'], '2:3'],
    [['a', 'list', 1], '7:7'],
  ])('with the key at %j is %s', (path, place) => {
    const { report, places } = reportOf(text)
    report.atKey('LOAD_SHAPE', 'bad', path)
    expect(places()).toEqual([`${place} bad`])
  })

  test.each([
    ['CRLF line ends', '"\u{1F600}": {}\r\nbad: 1\r\n', 2, 1],
    ['a byte order mark', '\uFEFFbad: 1', 1, 1],
    // In UTF-16 code units, as editors count.
    ['an emoji before it', '{ "\u{1F600}": 1, bad: 1 }', 1, 12],
    ['the end of the text', 'metadata: [', 1, 12],
    ['several lines of a scalar before it', 'metadata: { a: "x\n  y",\n  b: 1 }\nbad: 1', 4, 1],
  ])('counts %s', (_, written, line, column) => {
    expect(refusal(written).problems.at(-1)).toMatchObject({ line, column })
  })
})

describe('a value that was refused', () => {
  test('has no further problems, nor have its parts, or the value that holds it', () => {
    const { report, problems } = reportOf('a: { b: { c: 1 } }')
    report.refuse(['a', 'b'])
    for (const path of [['a', 'b'], ['a', 'b', 'c'], ['a']]) report.atValue('LOAD_SHAPE', 'bad', path)
    report.atKey('LOAD_SHAPE', 'bad', ['a', 'b'])
    report.atParts('LOAD_SHAPE', [{ path: ['a'], message: 'b is missing', missingKey: 'b' }], [])
    expect(problems.count).toBe(0)
  })

  test('hides neither the key above it nor what is missing beside it', () => {
    const { report, places } = reportOf('a: { b: { c: 1 } }')
    report.refuse(['a', 'b'])
    report.atKey('LOAD_SHAPE', 'unknown key', ['a'])
    report.atParts('LOAD_SHAPE', [{ path: ['a'], message: 'd is missing', missingKey: 'd' }], [])
    expect(places()).toEqual(['1:1 unknown key', '1:4 d is missing'])
  })
})

test('a part of a document has its own paths, and shares what is known', () => {
  const { report, places } = reportOf('a: { b: { c: 1 }, d: 1 }')
  const inside = report.within(['a']).within(['b'])
  for (const _ of ['once', 'twice']) inside.atValue('LOAD_SHAPE', 'bad', ['c'])
  expect([inside.has([]), inside.has(['c']), report.has(['a', 'b', 'c']), report.has(['a', 'd'])]).toEqual([
    true,
    true,
    true,
    false,
  ])
  expect([inside.written(['c', 0]), inside.whole, report.whole]).toEqual(['a.b.c[0]', 'pipeline', 'file'])
  expect(places()).toEqual(['1:14 bad'])
})

describe('the error', () => {
  test('has the problems in the order of the text, and the first cause', () => {
    const problems = new Problems(1000)
    const file = problems.ofFile('a: 1\nb: 2\n', 'f.yaml')
    readText(file, completeLimits(), new Usage())
    const cause = new Error('why')
    file.add('LOAD_SHAPE', 'second', { offset: 8, path: ['b'], cause })
    file.add('LOAD_SYNTAX', 'first\nin two lines', { offset: 0 })
    const error = loadErrorOf(() => problems.throwIfAny())
    expect(error).toMatchObject({ code: 'LOAD_SYNTAX', file: 'f.yaml', line: 1, column: 1, cause })
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

  test('is cut where a file made it endless', () => {
    const long = 'z'.repeat(100_000)
    expect(refusal(`components: { a: { ${long}: 1 } }`).message.length).toBeLessThan(10_000)
  })

  test('has the first thousand problems, in however many files', () => {
    const problems = new Problems(1000)
    const error = loadErrorOf(() => {
      for (let index = 0; index < 2000; index += 1)
        problems.ofFile('', `${index}.yaml`).add('LOAD_SHAPE', 'bad')
    })
    expect(error.problems).toHaveLength(1000)
    expect(error.message.split('\n').slice(-3)).toEqual(['… and 950 more.', '', '1000 problems or more'])
  })
})

describe('limits', () => {
  test('that are not given have their defaults', () => {
    expect(completeLimits({ maxDepth: 3 })).toEqual({
      maxBytes: 1_048_576,
      maxDepth: 3,
      maxAliases: 50,
      maxComponents: 2000,
      maxSockets: 10_000,
      maxNodes: 20_000,
      maxExpansions: 50_000,
      maxProblems: 1000,
    })
    expect(completeLimits({ maxAliases: 0 }).maxAliases).toBe(0)
  })

  test.each([
    [{ maxBytes: 0 }, 'limits.maxBytes must be a whole number from 1 up, not 0.'],
    [{ maxDepth: 1.5 }, 'limits.maxDepth must be a whole number from 1 up, not 1.5.'],
    [{ maxAliases: -1 }, 'limits.maxAliases must be a whole number from 0 up, not -1.'],
    [{ maxComponents: Number.NaN }, 'limits.maxComponents must be a whole number from 1 up, not NaN.'],
    [{ maxDepth: 601 }, 'limits.maxDepth must be at most 600, not 601: the parser is recursive.'],
  ])('%j are refused', (limits, message) => {
    expect(() => loadPipeline('{}', { registry, limits })).toThrow(message)
  })
})
