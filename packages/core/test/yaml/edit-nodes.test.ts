import { expect, test } from '@jest/globals'
import { type Node, parseDocument } from 'yaml'
import type { JsonObject } from '../../src/json.ts'
import { editsTo } from '../../src/yaml/edit-nodes.ts'

function edited(text: string, wanted: JsonObject): { readonly text: string; readonly edits: number } {
  const document = parseDocument(text)
  const edits = editsTo(document, wanted, (node) => (node as Node | null)?.toJS(document) ?? null)
  for (const { apply } of edits) apply()
  return { text: document.toString(), edits: edits.length }
}

test.each<[string, string, JsonObject, string]>([
  ['nothing', 'a: 1 # one\n', { a: 1 }, 'a: 1 # one\n'],
  ['a value', 'a: 1 # one\nb: 2\n', { a: 3, b: 2 }, 'a: 3 # one\nb: 2\n'],
  ['the quotes of a value', "a: 'x'\n", { a: 'y' }, "a: 'y'\n"],
  ['a block of text', 'a: |\n  x\n  y\n', { a: 'z\nw\n' }, 'a: |\n  z\n  w\n'],
  ['a text that gets several lines', 'a: x\n', { a: 'z\nw\n' }, 'a: |\n  z\n  w\n'],
  ['a value that becomes a mapping', 'a: 1 # one\n', { a: { b: 2 } }, 'a:\n  # one\n  b: 2\n'],
  ['a new key', 'a: 1\n', { a: 1, b: [2] }, 'a: 1\nb:\n  - 2\n'],
  ['a key that goes', '# head\n\na: 1\nb: 2 # two\nc: 3\n', { a: 1, c: 3 }, '# head\n\na: 1\nc: 3\n'],
  [
    'an item in the middle',
    'l:\n  - 1 # one\n  - 2\n  - 3 # three\n',
    { l: [1, 9, 3] },
    'l:\n  - 1 # one\n  - 9\n  - 3 # three\n',
  ],
  [
    'a new item in the middle',
    'l:\n  - 1 # one\n  - 3 # three\n',
    { l: [1, 2, 3] },
    'l:\n  - 1 # one\n  - 2\n  - 3 # three\n',
  ],
  ['an item that goes', 'l:\n  - 1\n  - 2\n  - 3 # three\n', { l: [1, 3] }, 'l:\n  - 1\n  - 3 # three\n'],
  ['all items', 'l: [1, 2]\n', { l: [] }, 'l: []\n'],
  [
    'an item in the style of the others',
    'l:\n  - { a: 1 }\n',
    { l: [{ a: 1 }, { a: 2 }] },
    'l:\n  - { a: 1 }\n  - { a: 2 }\n',
  ],
])('changes %s and leaves the rest', (_, text, wanted, result) => {
  expect(edited(text, wanted).text).toBe(result)
})

test('a document that says it already needs no edit, whatever the order of its keys', () => {
  expect(edited('b: 1\na: { d: 1, c: 2 }\n', { a: { c: 2, d: 1 }, b: 1 }).edits).toBe(0)
})

test('the order of the components is that of the pipeline', () => {
  const text = 'components:\n  a: 1\n  b: 2 # two\n'
  expect(edited(text, { components: { b: 2, a: 1 } }).text).toBe('components:\n  b: 2 # two\n  a: 1\n')
  expect(edited(text, { components: { a: 1, c: 3, b: 2 } }).text).toBe(
    'components:\n  a: 1\n  c: 3\n  b: 2 # two\n',
  )
  expect(edited(text, { components: { a: 1, b: 2, c: 3 } }).text).toBe(
    'components:\n  a: 1\n  b: 2 # two\n  c: 3\n',
  )
})
