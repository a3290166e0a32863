import { expect, test } from '@jest/globals'
import { Document } from 'yaml'
import type { JsonValue } from '../../src/json.ts'
import { styledNode, styledPair } from '../../src/yaml/styled-node.ts'

function written(value: JsonValue): string {
  const document = new Document()
  document.contents = styledNode(document, value, [])
  return document.toString()
}

test('connections and named inputs stand on a line each, all else in blocks', () => {
  expect(
    written({
      a: { b: [1, { c: 2 }], e: [], o: {} },
      connections: [{ sender: 'a.b', receiver: 'c.d' }],
      inputs: { x: ['a.b', 'c.d'] },
    }),
  ).toMatchInlineSnapshot(`
"a:
  b:
    - 1
    - c: 2
  e: []
  o: {}
connections:
  - { sender: a.b, receiver: c.d }
inputs:
  x: [ a.b, c.d ]
"
`)
})

test('text of several lines is a literal block', () => {
  expect(written({ a: 'one\ntwo\n', b: 'one\n\n  two' })).toMatchInlineSnapshot(`
"a: |
  one
  two
b: |-
  one

    two
"
`)
})

test('a pair has its key and the style of its value', () => {
  const document = new Document()
  const pair = styledPair(document, 'k', 'v\nw', [])
  expect([pair.key, pair.value]).toMatchObject([{ value: 'k' }, { value: 'v\nw', type: 'BLOCK_LITERAL' }])
})

test('a pipeline in the pipeline has the same style', () => {
  const definition = { connections: [{ sender: 'a.b', receiver: 'c.d' }], inputs: { x: ['a.b'] } }
  const initParameters = { definition, inputs: { y: ['a.b'] } }
  const other = { inputs: { x: [{ a: 1 }], y: { b: 2 } } }
  expect(
    written({ components: { sub: { initParameters }, other: { initParameters: other } } }),
  ).toMatchInlineSnapshot(`
"components:
  sub:
    initParameters:
      definition:
        connections:
          - { sender: a.b, receiver: c.d }
        inputs:
          x: [ a.b ]
      inputs:
        y: [ a.b ]
  other:
    initParameters:
      inputs:
        x:
          - a: 1
        y:
          b: 2
"
`)
})
