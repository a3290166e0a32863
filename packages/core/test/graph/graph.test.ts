import { describe, expect, test } from '@jest/globals'
import { Graph } from '../../src/graph/graph.ts'
import { parsePath } from '../../src/graph/path.ts'
import { Double } from '../fixtures/index.ts'

const at = parsePath

function graphOf(names: readonly string[], connections: readonly (readonly [string, string])[]): Graph {
  const graph = new Graph()
  for (const name of names) graph.add({ name, component: new Double(), policy: {} })
  for (const [from, to] of connections) graph.connect({ sender: at(from), receiver: at(to) })
  return graph
}

describe('Graph', () => {
  test('keeps components and connections in the order of declaration', () => {
    const graph = graphOf(
      ['z', 'a', 'constructor'],
      [
        ['z.x', 'a.y'],
        ['a.x', 'constructor.y'],
        ['z.x', 'constructor.z'],
      ],
    )
    expect(graph.names()).toEqual(['z', 'a', 'constructor'])
    expect(graph.nodes().map(({ name }) => name)).toEqual(['z', 'a', 'constructor'])
    const ends = graph.connections().map(({ sender, receiver }) => [sender.component, receiver.component])
    expect(ends).toEqual([
      ['z', 'a'],
      ['a', 'constructor'],
      ['z', 'constructor'],
    ])
  })

  test('an empty graph has no component, whatever it is called', () => {
    const graph = new Graph()
    for (const name of ['constructor', 'toString', '__proto__']) expect(graph.node(name)).toBeUndefined()
    expect([graph.names(), graph.connections()]).toEqual([[], []])
  })

  test('tells connections between the same components apart by their sockets', () => {
    const graph = graphOf(
      ['a', 'b'],
      [
        ['a.x', 'b.x'],
        ['a.y', 'b.y'],
      ],
    )
    expect(graph.has(at('a.x'), at('b.x'))).toBe(true)
    expect(graph.has(at('a.x'), at('b.y'))).toBe(false)
    expect(graph.has(at('b.x'), at('a.x'))).toBe(false)
  })

  test('finds what leads into a socket and what leaves a component', () => {
    const graph = graphOf(
      ['a', 'b', 'c'],
      [
        ['a.x', 'c.in'],
        ['b.x', 'c.in'],
        ['a.x', 'c.other'],
      ],
    )
    expect(graph.into(at('c.in')).map(({ sender }) => sender.component)).toEqual(['a', 'b'])
    expect(graph.into(at('a.in'))).toEqual([])
    expect(graph.outOf('a').map(({ receiver }) => receiver.socket)).toEqual(['in', 'other'])
    expect(graph.outOf('nobody')).toEqual([])
  })

  test('a removed component takes its connections with it', () => {
    const graph = graphOf(
      ['a', 'b', 'c'],
      [
        ['a.x', 'b.in'],
        ['b.x', 'c.in'],
        ['a.x', 'c.in'],
      ],
    )
    graph.remove('b')
    expect(graph.names()).toEqual(['a', 'c'])
    expect(graph.connections()).toEqual([{ sender: at('a.x'), receiver: at('c.in') }])
  })
})
