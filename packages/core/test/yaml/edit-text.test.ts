import { describe, expect, test } from '@jest/globals'
import type { JsonObject, JsonValue } from '../../src/json.ts'
import { editText } from '../../src/yaml/edit-text.ts'
import { loadErrorOf } from './refusal.ts'

function edit(text: string, change: (old: JsonObject) => JsonObject): string | undefined {
  return editText(text, change)
}

function set(key: string, value: JsonValue) {
  return (old: JsonObject) => ({ ...old, [key]: value })
}

test('a text that says it already comes back as it is', () => {
  const text = 'a:   1   # odd\nb:  [1,2,   3]\n\n\n'
  expect(edit(text, (old) => ({ ...old }))).toBe(text)
})

describe('a value that changes within its line leaves everything else as it is', () => {
  test.each<[string, JsonValue, string]>([
    ['a:   1   # odd\nb:  [1,2,   3]  \n', 22, 'a:   22   # odd\nb:  [1,2,   3]  \n'],
    ['{a:   "x",b: y}', 'z"z', '{a:   "z\\"z",b: y}'],
    ["{ a: 'x' }", "it's", "{ a: 'it''s' }"],
    ['{ a: x }', 'y, z', '{ a: "y, z" }'],
    ['a: x', 'true', 'a: "true"'],
    ['a: x', true, 'a: true'],
    ['a: "x"', 1, 'a: 1'],
    ['a: &anchor x', 'y', 'a: &anchor y'],
    ['a: 1\r\nb: 2\r\n', 3, 'a: 3\r\nb: 2\r\n'],
    ['\uFEFFa: 1', 3, '\uFEFFa: 3'],
  ])('%j', (text, value, result) => {
    expect(edit(text, set('a', value))).toBe(result)
  })
})

describe('a change of more than a value keeps', () => {
  test('comments, blank lines and quotes', () => {
    const text = `# head

a: 'x'   # the first
# before b
b: "y"

c:
  - 1 # one
# tail
`
    expect(edit(text, set('d', ['new']))).toMatchInlineSnapshot(`
"# head

a: 'x' # the first
# before b
b: "y"

c:
  - 1 # one
d:
  - new

# tail
"
`)
  })

  test('the indent, the lists at the column of their key, and the padding of braces', () => {
    const text = 'a:\n    b:\n        c: 1\n'
    expect(edit(text, set('d', { e: 1 }))).toBe('a:\n    b:\n        c: 1\nd:\n    e: 1\n')
    expect(edit('a:\n- 1\nb: {c: 1}\n', set('d', [2]))).toBe('a:\n- 1\nb: {c: 1}\nd:\n- 2\n')
  })

  test('lines that are longer than the library would write them', () => {
    const text = `a: ${'word '.repeat(40)}end\nb: [${'1, '.repeat(50)}1]\n`
    expect(edit(text, set('c', []))).toBe(`${text}c: []\n`)
  })

  test('line ends and the byte order mark', () => {
    expect(edit('\uFEFFa: 1 # x\r\n', set('b', {}))).toBe('\uFEFFa: 1 # x\r\nb: {}\r\n')
  })

  test('directives and markers', () => {
    expect(edit('%YAML 1.2\n---\na: 1\n', set('b', {}))).toBe('%YAML 1.2\n---\na: 1\nb: {}\n')
  })
})

describe('aliases', () => {
  test('stay where both still say the same', () => {
    const text = 'a: &x { k: 1 }\nb: *x\nc: 1\n'
    expect(edit(text, set('d', []))).toBe(`${text}d: []\n`)
  })

  test('become texts of their own where what they stand for parts from them', () => {
    const text = 'a: &x { k: 1 } # a\nb: *x # b\nc: 1\n'
    expect(edit(text, set('a', { k: 2 }))).toBe('a: { k: 2 } # a\nb: { k: 1 } # b\nc: 1\n')
    expect(edit(text, set('b', { k: 2 }))).toBe('a: &x { k: 1 } # a\nb:\n  # b\n  k: 2\nc: 1\n')
  })

  test('inside of what another alias stands for are followed', () => {
    const text = 'a: &x 1\nb: &y [*x]\nc: *y\n'
    expect(edit(text, set('a', 2))).toBe('a: 2\nb: [1]\nc: [1]\n')
  })
})

test('a text that is no file is refused as it is when it is loaded', () => {
  expect(loadErrorOf(() => edit('a: [', (old) => old)).code).toBe('LOAD_SYNTAX')
  expect(loadErrorOf(() => edit('a: !!binary x', (old) => old)).code).toBe('LOAD_SYNTAX')
  expect(loadErrorOf(() => edit('', (old) => old)).code).toBe('LOAD_SHAPE')
})
