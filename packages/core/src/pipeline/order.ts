/**
 * The place of every node in an order in which each comes after all that it depends on; the nodes of one cycle share
 * a place. Of two that do not depend on each other, the one with fewer steps before it comes first, then the one with
 * the lower number. Iterative: graphs of any depth. Linear in nodes and edges, but for the sorting.
 *
 * @param successors for each node, the nodes that its edges lead to
 */
export function topologicalRanks(successors: readonly (readonly number[])[]): {
  ranks: number[]
  cycles: number[][]
} {
  const { groups, groupOf } = stronglyConnected(successors)
  const levels = levelsOf(groups, groupOf, successors)
  const order = groups
    .map((_, group) => group)
    .sort((a, b) => (levels[a] as number) - (levels[b] as number) || first(groups, a) - first(groups, b))
  const rankOf: number[] = []
  for (const [rank, group] of order.entries()) rankOf[group] = rank
  return {
    ranks: groupOf.map((group) => rankOf[group] as number),
    cycles: order.map((group) => groups[group] as number[]).filter((group) => group.length > 1),
  }
}

function first(groups: readonly (readonly number[])[], group: number): number {
  return groups[group]?.[0] as number
}

/** For each group, the length of the longest way to it. The groups come in reverse topological order. */
function levelsOf(
  groups: readonly (readonly number[])[],
  groupOf: readonly number[],
  successors: readonly (readonly number[])[],
): number[] {
  const levels = new Array<number>(groups.length).fill(0)
  for (let group = groups.length - 1; group >= 0; group--) {
    const next = (levels[group] as number) + 1
    for (const node of groups[group] as readonly number[]) {
      for (const successor of successors[node] as readonly number[]) {
        const target = groupOf[successor] as number
        if (target !== group) levels[target] = Math.max(levels[target] as number, next)
      }
    }
  }
  return levels
}

/** The cycles of a graph and its other nodes, each in a group, last things first: Tarjan's algorithm. */
function stronglyConnected(successors: readonly (readonly number[])[]): {
  groups: number[][]
  groupOf: number[]
} {
  const count = successors.length
  const found = new Array<number>(count).fill(-1)
  const low = new Array<number>(count).fill(0)
  const groupOf = new Array<number>(count).fill(-1)
  const next = new Array<number>(count).fill(0)
  const open: number[] = []
  const groups: number[][] = []
  let clock = 0

  const enter = (node: number, path: number[]) => {
    found[node] = low[node] = clock++
    open.push(node)
    path.push(node)
  }
  const close = (node: number) => {
    const group: number[] = []
    let member: number
    do {
      member = open.pop() as number
      groupOf[member] = groups.length
      group.push(member)
    } while (member !== node)
    groups.push(group.sort((a, b) => a - b))
  }

  for (let root = count - 1; root >= 0; root--) {
    if (found[root] !== -1) continue
    const path: number[] = []
    enter(root, path)
    while (path.length > 0) {
      const node = path[path.length - 1] as number
      const edges = successors[node] as readonly number[]
      const edge = next[node] as number
      if (edge < edges.length) {
        next[node] = edge + 1
        const target = edges[edge] as number
        if (found[target] === -1) enter(target, path)
        else if (groupOf[target] === -1) low[node] = Math.min(low[node] as number, found[target] as number)
        continue
      }
      path.pop()
      const parent = path[path.length - 1]
      if (parent !== undefined) low[parent] = Math.min(low[parent] as number, low[node] as number)
      if (low[node] === found[node]) close(node)
    }
  }
  return { groups, groupOf }
}
