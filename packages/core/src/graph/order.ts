/** What is put in order: numbered in the order of declaration. */
interface Numbered {
  readonly index: number
}

/** The nodes of one cycle, or one node that is in none. */
interface Group<Node> {
  /** In the order of declaration. */
  readonly members: readonly Node[]
  /** The index of the first member. */
  readonly first: number
  /** The length of the longest path to it. */
  level: number
}

/**
 * Orders nodes so that each comes after all that lead to it; the nodes of one cycle stand side by side, as they were
 * declared. Of two that do not depend on each other, the one with fewer steps before it comes first, then the one that
 * was declared first. Iterative, which graphlib's algorithms are not: graphs of any depth. Linear in nodes and edges,
 * but for the sorting.
 */
export function topologicalOrder<Node extends Numbered>(
  nodes: Iterable<Node>,
  successorsOf: (node: Node) => Iterable<Node>,
): { readonly order: readonly Node[]; readonly cycles: readonly (readonly Node[])[] } {
  const groups = stronglyConnected(nodes, successorsOf)
  const groupOf = new Map(groups.flatMap((group) => group.members.map((member) => [member, group] as const)))
  for (const group of [...groups].reverse()) {
    for (const successor of group.members.flatMap((member) => [...successorsOf(member)])) {
      const next = groupOf.get(successor)
      if (next && next !== group) next.level = Math.max(next.level, group.level + 1)
    }
  }
  groups.sort((a, b) => a.level - b.level || a.first - b.first)
  return {
    order: groups.flatMap(({ members }) => members),
    cycles: groups.map(({ members }) => members).filter(({ length }) => length > 1),
  }
}

/** A node that Tarjan's algorithm has come to. */
interface Visited<Node> {
  readonly node: Node
  readonly found: number
  readonly successors: Iterator<Node>
  /** The earliest found node that is known to be in one cycle with it. */
  low: number
  /** Its group is not complete yet. */
  isOpen: boolean
}

/** The groups of a graph in reverse topological order: Tarjan's algorithm. */
function stronglyConnected<Node extends Numbered>(
  nodes: Iterable<Node>,
  successorsOf: (node: Node) => Iterable<Node>,
): Group<Node>[] {
  const visited = new Map<Node, Visited<Node>>()
  const open: Visited<Node>[] = []
  const groups: Group<Node>[] = []

  function enter(node: Node): Visited<Node> {
    const found = visited.size
    const here = { node, found, low: found, isOpen: true, successors: successorsOf(node)[Symbol.iterator]() }
    visited.set(node, here)
    open.push(here)
    return here
  }
  function close(here: Visited<Node>): void {
    const group = open.splice(open.lastIndexOf(here))
    for (const member of group) member.isOpen = false
    const members = group.map(({ node }) => node).sort((a, b) => a.index - b.index)
    groups.push({ members, first: members[0]?.index ?? 0, level: 0 })
  }

  for (const root of nodes) {
    const path = visited.has(root) ? [] : [enter(root)]
    for (let here = path.at(-1); here !== undefined; here = path.at(-1)) {
      const { done, value } = here.successors.next()
      if (!done) {
        const next = visited.get(value)
        if (next === undefined) path.push(enter(value))
        else if (next.isOpen) here.low = Math.min(here.low, next.found)
        continue
      }
      path.pop()
      const parent = path.at(-1)
      if (parent !== undefined) parent.low = Math.min(parent.low, here.low)
      if (here.low === here.found) close(here)
    }
  }
  return groups
}
