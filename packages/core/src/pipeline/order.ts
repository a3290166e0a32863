/**
 * The place of every node in an order in which each comes after all that it depends on; the nodes of one cycle share
 * a place. Linear in nodes and edges, and iterative: graphs of any depth.
 *
 * Tarjan's algorithm over the successor lists; components are found in reverse topological order.
 *
 * @param successors for each node, the nodes that its edges lead to
 */
export function topologicalRanks(successors: readonly (readonly number[])[]): {
  ranks: number[]
  cycles: number[][]
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
  return {
    ranks: groupOf.map((group) => groups.length - 1 - group),
    cycles: groups.filter((group) => group.length > 1).reverse(),
  }
}
