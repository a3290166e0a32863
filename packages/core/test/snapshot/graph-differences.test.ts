import { describe, expect, test } from '@jest/globals'
import { connectionKey, graphDifferences } from '../../src/snapshot/read-snapshot.ts'

const graph = {
  components: { a: 'Double', b: 'Sum' },
  connections: [
    ['a.value', 'b.values'],
    ['a.other', 'b.values'],
  ] as const,
}

describe('two graphs', () => {
  test('are the same in whatever order they are declared', () => {
    const reordered = {
      components: { b: 'Sum', a: 'Double' },
      connections: [...graph.connections].reverse(),
    }
    expect(graphDifferences(graph, reordered)).toEqual([])
  })

  test('differ in what is only in one, and in types', () => {
    const other = {
      components: { b: 'Double', c: 'Sum' },
      connections: [
        ['a.value', 'b.values'],
        ['c.value', 'b.values'],
      ] as const,
    }
    expect(graphDifferences(graph, other)).toEqual([
      "component 'a' (Double) is missing here",
      "component 'b' is of type Double here, and was of type Sum",
      "component 'c' (Sum) was not there",
      "the connection from 'a.other' to 'b.values' is missing here",
      "the connection from 'c.value' to 'b.values' was not there",
    ])
  })

  test('are told apart where names are those that every object has', () => {
    const odd = { components: { constructor: 'Double' }, connections: [] }
    expect(graphDifferences(odd, { components: {}, connections: [] })).toEqual([
      "component 'constructor' (Double) is missing here",
    ])
    const proto = { components: JSON.parse('{"__proto__": "Double"}'), connections: [] }
    expect(graphDifferences(proto, { components: {}, connections: [] })).toEqual([
      "component '__proto__' (Double) is missing here",
    ])
  })
})

test('a connection has one key, whatever characters are in its names', () => {
  expect(connectionKey('a.b', 'c')).not.toBe(connectionKey('a', 'b.c'))
  expect(connectionKey('a","b', 'c')).not.toBe(connectionKey('a', 'b","c'))
})
