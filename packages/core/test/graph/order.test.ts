import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { topologicalOrder } from '../../src/graph/order.ts'

/** The ranks of nodes that are numbers: those of one cycle share one. */
function topologicalRanks(successors: readonly (readonly number[])[]) {
  const nodes = successors.map((_, index) => ({ index }))
  const { order, cycles } = topologicalOrder(nodes, ({ index }) =>
    (successors[index] ?? []).flatMap((successor) => nodes[successor] ?? []),
  )
  const ranks: number[] = []
  let rank = -1
  let last: unknown
  for (const node of order) {
    const cycle = cycles.find((members) => members.includes(node))
    if (cycle === undefined || cycle !== last) rank++
    last = cycle
    ranks[node.index] = rank
  }
  return { ranks, cycles: cycles.map((cycle) => cycle.map(({ index }) => index)) }
}

describe('topologicalRanks', () => {
  test('of nothing is nothing', () => {
    expect(topologicalRanks([])).toEqual({ ranks: [], cycles: [] })
  })

  test('puts each node after those that lead to it', () => {
    // 2 -> 0 -> 1
    expect(topologicalRanks([[1], [], [0]])).toEqual({ ranks: [1, 2, 0], cycles: [] })
  })

  test('gives the nodes of a cycle one place, and lists them in order', () => {
    // 0 -> 2 -> 1 -> 2, 1 -> 3
    expect(topologicalRanks([[2], [2, 3], [1], []])).toEqual({ ranks: [0, 1, 1, 2], cycles: [[1, 2]] })
  })

  test('keeps independent nodes in the order in which they are numbered, however they are connected', () => {
    expect(topologicalRanks([[], [], []]).ranks).toEqual([0, 1, 2])
    // 0 -> 3, 1 -> 3, 2 -> 3, in any order of the edges of a fourth that leads to all.
    expect(topologicalRanks([[3], [3], [3], [], [2, 1, 0]]).ranks).toEqual([1, 2, 3, 4, 0])
    expect(topologicalRanks([[3], [3], [3], [], [0, 2, 1]]).ranks).toEqual([1, 2, 3, 4, 0])
  })

  test('puts what has fewer steps before it first', () => {
    // 0 -> 1 -> 2, and 3 alone
    expect(topologicalRanks([[1], [2], [], []]).ranks).toEqual([0, 2, 3, 1])
  })

  test('finds several cycles, first the one that comes first', () => {
    // (3 <-> 4) -> (0 <-> 1), 2 alone
    expect(topologicalRanks([[1], [0], [], [4, 0], [3]])).toEqual({
      ranks: expect.any(Array),
      cycles: [
        [3, 4],
        [0, 1],
      ],
    })
  })

  test('is not limited by the depth of the graph', () => {
    const depth = 100_000
    const chain = Array.from({ length: depth }, (_, node) => (node + 1 < depth ? [node + 1] : []))
    expect(topologicalRanks(chain).ranks[depth - 1]).toBe(depth - 1)
    const ring = chain.map((edges, node) => (node === depth - 1 ? [0] : edges))
    expect(topologicalRanks(ring).cycles).toEqual([chain.map((_, node) => node)])
  })

  test('agrees with a search for paths', () => {
    const graphs = fc
      .integer({ min: 1, max: 8 })
      .chain((size) => fc.array(fc.uniqueArray(fc.nat(size - 1)), { minLength: size, maxLength: size }))
    fc.assert(
      fc.property(graphs, (successors) => {
        const { ranks, cycles } = topologicalRanks(successors)
        const reaches = successors.map((_, node) => reachable(successors, node))
        successors.forEach((_, a) => {
          successors.forEach((_, b) => {
            if (a === b) return
            const there = reaches[a]?.has(b)
            const back = reaches[b]?.has(a)
            const [rankA, rankB] = [ranks[a] as number, ranks[b] as number]
            if (there && back) expect(rankA).toBe(rankB)
            else if (there) expect(rankA).toBeLessThan(rankB)
            else expect(rankA).not.toBe(rankB)
            expect(cycles.some((cycle) => cycle.includes(a) && cycle.includes(b))).toBe(there && back)
          })
        })
      }),
    )
  })
})

function reachable(successors: readonly (readonly number[])[], start: number): Set<number> {
  const found = new Set<number>()
  const open = [...(successors[start] ?? [])]
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    if (found.has(node)) continue
    found.add(node)
    open.push(...(successors[node] ?? []))
  }
  return found
}
