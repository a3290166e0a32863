import { expect, test } from '@jest/globals'
import { loadPipeline } from '../../src/yaml/load.ts'
import { registry } from './parts.ts'
import { refusal } from './refusal.ts'

test('every syntax error is told', () => {
  expect(refusal('metadata: { a: [1, , 2] }\ninputs: "a" b\noutputs: @z\n').message).toMatchInlineSnapshot(`
"p.yaml:1:20: Unexpected , in flow sequence.
  1 | metadata: { a: [1, , 2] }
    |                    ^

p.yaml:2:13: Unexpected scalar at node end.
  2 | inputs: "a" b
    |             ^

p.yaml:3:10: Plain value cannot start with reserved character @.
  3 | outputs: @z
    |          ^

3 problems"
`)
})

test('where the parser loses its way, what follows from that is left out', () => {
  expect(refusal('components: }\nmetadata:\n  a: 1\nconnections: [\n').message).toMatchInlineSnapshot(`
"p.yaml:1:13: Unexpected "}" here.
  1 | components: }
    |             ^"
`)
})

test('a quote that is not closed is told where it opens', () => {
  expect(refusal('metadata:\n  a: "x\n  b: y\n').message).toMatchInlineSnapshot(`
"p.yaml:2:6: The quote that opens here is not closed.
  2 |   a: "x
    |      ^"
`)
})

test('a text that is too large is refused by its bytes', () => {
  expect(refusal('{}', { maxBytes: 1 }).message).toMatchInlineSnapshot(
    `"p.yaml: The file is larger than the 1 bytes of 'maxBytes'."`,
  )
  // Six characters, eight bytes.
  expect(refusal('# ßß\n{', { maxBytes: 7 }).code).toBe('LOAD_LIMIT')
})

test('nesting is refused where it gets too deep', () => {
  expect(refusal('metadata: { a: { b: { c: 1 } } }', { maxDepth: 3 }).message).toMatchInlineSnapshot(`
"p.yaml:1:27: Lists and mappings are nested deeper than the 3 levels of 'maxDepth'.
  1 | metadata: { a: { b: { c: 1 } } }
    |                           ^"
`)
})

test.each([
  ['flow', 'metadata: { a: [[1]] }'],
  ['block', 'metadata:\n  a:\n    -\n      - 1'],
  ['compact', 'metadata:\n  a:\n  - - 1'],
])('maxDepth counts lists and mappings, %s style', (_, text) => {
  expect(refusal(text, { maxDepth: 3 }).code).toBe('LOAD_LIMIT')
  expect(() => refusal(text, { maxDepth: 4 })).toThrow('Nothing was thrown.')
})

test.each([
  ['flow lists', `metadata: { a: ${'['.repeat(598)}1${']'.repeat(598)} }`],
  ['flow mappings', `metadata: { a: ${'{a: '.repeat(598)}1${'}'.repeat(598)} }`],
  ['compact lists', `metadata:\n  a:\n    ${'- '.repeat(598)}1`],
  [
    'block mappings',
    `metadata:\n${Array.from({ length: 599 }, (_, level) => `${' '.repeat(level + 1)}a:`).join('\n')}`,
  ],
])('%s may be as deep as a limit may be', (_, text) => {
  expect(loadPipeline(text, { registry, limits: { maxDepth: 600 } }).names()).toEqual([])
  expect(refusal(text, { maxDepth: 599 }).code).toBe('LOAD_LIMIT')
})

test('a directive other than %YAML 1.2 is refused', () => {
  expect(refusal('%YAML 1.1\n---\n{}').message).toMatchInlineSnapshot(`
"p.yaml:1:1: The directive '%YAML 1.1' is not possible: a pipeline file is YAML 1.2 without tags of its own. Remove the line.
  1 | %YAML 1.1
    | ^"
`)
  expect(refusal('%FOO bar\n---\n{}').code).toBe('LOAD_SYNTAX')
  expect(refusal('%TAG !e! tag:e,2000:\n---\n{}').code).toBe('LOAD_SYNTAX')
  expect(refusal('%YAML 1.3\n---\n{}').code).toBe('LOAD_SYNTAX')
})

test('a second document is refused', () => {
  expect(refusal('components: {}\n---\ncomponents: {}\n').message).toMatchInlineSnapshot(`
"p.yaml:2:1: A second document starts here. A pipeline file has one: remove the line, or split the file.
  2 | ---
    | ^"
`)
})
