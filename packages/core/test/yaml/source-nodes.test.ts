import { describe, expect, test } from '@jest/globals'
import type { DocumentPath } from '../../src/yaml/document-path.ts'
import { completeLimits } from '../../src/yaml/limits.ts'
import { readDocument } from '../../src/yaml/read-document.ts'

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

function at(path: DocumentPath, what: 'valueAt' | 'keyAt') {
  const { nodes, problems } = readDocument(text, completeLimits(), undefined)
  const place = nodes[what](path)
  const { line, column } = problems.source.positionAt(place.offset)
  return { place: `${line}:${column}`, path: place.path }
}

describe('a value', () => {
  test.each<[DocumentPath, string]>([
    [['a', 'flow'], '2:9'],
    [['a', 'flow', 'x'], '2:14'],
    [['a', 'block'], '3:3'],
    [['a', 'block', 'y'], '4:8'],
    [['a', 'list', 0], '6:7'],
    [['a', 'list', 1, 'k'], '7:10'],
    [['a', 'empty'], '8:3'],
    [['a', '1'], '9:8'],
    [['alias'], '11:8'],
    [['alias', 'z'], '10:22'],
  ])('at %j is found at %s', (path, place) => {
    expect(at(path, 'valueAt')).toEqual({ place, path })
  })

  test('that is not there is at the nearest place above', () => {
    expect(at(['a', 'nothing', 'b'], 'valueAt')).toEqual({ place: '1:1', path: ['a', 'nothing', 'b'] })
    expect(at(['a', 'list', 7], 'valueAt').place).toBe('5:3')
    expect(at(['a', 'flow', 'x', 'y'], 'valueAt').place).toBe('2:14')
  })
})

test('a key is found at the key, an item at its value', () => {
  expect(at(['a', 'flow'], 'keyAt').place).toBe('2:3')
  expect(at(['a', 'list', 1], 'keyAt').place).toBe('7:7')
})

test('a number that is a key of a mapping becomes a string in the path', () => {
  expect(at(['a', 1], 'valueAt').path).toEqual(['a', '1'])
})
