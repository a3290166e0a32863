import { describe, expect, test } from '@jest/globals'
import { LoadError } from '../../src/errors.ts'
import { nearest, withComparisons } from '../../src/text/names.ts'
import { loadPipeline } from '../../src/yaml/load.ts'
import { registry } from './parts.ts'

/** As large as a file may be. */
const MOST = 1024 * 1024

function lines(line: (index: number) => string, head = ''): string {
  const parts = [head]
  let length = head.length
  for (let index = 0; ; index++) {
    const next = line(index)
    length += next.length
    if (length > MOST) return parts.join('')
    parts.push(next)
  }
}

const echoes = (count: number) =>
  Array.from({ length: count }, (_, index) => `  c${index}: { type: Echo }\n`).join('')
const long = 'a'.repeat(400)

/** Files that are written to be slow, and at most how many problems of them are reported. */
const files: readonly (readonly [string, string, number])[] = [
  [
    'long names that are nearly equal',
    `components:\n${Array.from({ length: 1000 }, (_, i) => `  ${long}${i}: { type: Echo }\n`).join('')}connections:\n${Array.from({ length: 500 }, (_, i) => `  - { sender: ${long}x${i}.text, receiver: b.x }\n`).join('')}`,
    1000,
  ],
  ['syntax errors', lines(() => '@,', 'metadata: ['), 1000],
  ['a list that is not closed', lines(() => 'a, ', 'metadata: ['), 1],
  ['empty lines', '\n'.repeat(MOST), 1],
  ['comments', lines(() => '# x\n'), 1],
  ['aliases', lines(() => '*a,', 'metadata: [&a x,'), 1],
  ['equal keys', lines(() => ' a: 1\n', 'metadata:\n'), 1],
  ['equal keys, as many as fit', `metadata:\n${' a: 1\n'.repeat(9000)}`, 1000],
  [
    'a cycle of 6,000 components',
    `components:\n${echoes(6000)}connections:\n${lines((i) => `  - { sender: c${i}.text, receiver: c${(i + 1) % 6000}.text }\n`).slice(0, 600_000)}`,
    1,
  ],
  [
    'files that are not there',
    lines((i) => `  c${i}: { type: Pipeline, initParameters: { file: x${i}.yaml } }\n`, 'components:\n'),
    1,
  ],
  [
    'pipelines without a file',
    `components:\n${Array.from({ length: 1900 }, (_, i) => `  c${i}: { type: Pipeline }\n`).join('')}`,
    1000,
  ],
  [
    'unknown types',
    `components:\n${Array.from({ length: 1900 }, (_, i) => `  c${i}: { type: Ekko${i} }\n`).join('')}`,
    1000,
  ],
  [
    'equal connections',
    lines(
      () => '  - { sender: a.text, receiver: b.text }\n',
      `components: { a: { type: Echo }, b: { type: Echo } }\nconnections:\n`,
    ),
    1,
  ],
  [
    '150,000 names for one input',
    lines(() => 'a.text, ', 'components: { a: { type: Echo } }\ninputs: { i: ['),
    1,
  ],
  [
    'one input as often as it fits',
    `components: { a: { type: Echo } }\ninputs: { i: [${'a.text, '.repeat(19_000)}] }`,
    1000,
  ],
  ['unknown keys', lines((i) => `k${i}: 1\n`), 1],
  ['tags', lines(() => '!x a,', 'metadata: ['), 1],
  ['a program', lines(() => 'export const a = { b: [1, 2] }\n'), 2],
]

describe('a file of a megabyte that is written to be slow is answered', () => {
  test.each(files)('%s', (_, text, most) => {
    expect(text.length).toBeLessThanOrEqual(MOST)
    expect(problemsOf(text)).toBeLessThanOrEqual(most)
  })

  // Generous: what was slow took ten seconds and more, and a busy machine counts twice.
  test('all of them within a few seconds of CPU', () => {
    const before = process.cpuUsage()
    for (const [, text] of files) problemsOf(text)
    const { user, system } = process.cpuUsage(before)
    expect((user + system) / 1e6).toBeLessThan(2 * files.length)
  })
})

function problemsOf(text: string): number {
  try {
    loadPipeline(text, { registry, readFile: () => 'components: {' })
    return 0
  } catch (error) {
    if (LoadError.isInstance(error)) return error.problems.length
    throw error
  }
}

describe('suggestions', () => {
  test('are not made for long names', () => {
    expect(nearest('a'.repeat(64), [`${'a'.repeat(63)}b`])).toBe(`${'a'.repeat(63)}b`)
    expect(nearest('a'.repeat(65), [`${'a'.repeat(64)}b`])).toBeUndefined()
  })

  test('end when so many names have been compared', () => {
    const found = withComparisons(3, () => [
      nearest('promt', ['a', 'prompt']),
      nearest('promt', ['b', 'prompt']),
    ])
    expect(found).toEqual(['prompt', undefined])
    expect(nearest('promt', ['b', 'prompt'])).toBe('prompt')
  })
})

test('includes, sockets and nodes of one load count together', () => {
  const sub = 'components: { s: { type: Pipeline, initParameters: { file: sub.yaml } } }'
  const load = (limits: object) =>
    loadPipeline(sub, { registry, readFile: () => 'components: { a: { type: Echo } }', limits })
  expect(() => load({ maxNodes: 14 })).toThrow("more than the 14 keys and values of 'maxNodes'")
  expect(() => load({ maxSockets: 3 })).toThrow("more than the 3 inputs and outputs of 'maxSockets'")
  expect(load({ maxNodes: 40, maxSockets: 4 }).names()).toEqual(['s'])
})
