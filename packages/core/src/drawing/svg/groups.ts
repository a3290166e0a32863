import type { Diagram, DiagramWire } from './diagram.ts'

/** A part of a diagram that hangs together, with the indexes that its nodes and wires have in the whole. */
export interface Group {
  readonly diagram: Diagram
  readonly nodes: readonly number[]
  readonly wires: readonly number[]
}

/** Divides a diagram into the parts that no wire connects, in the order of their first nodes. */
export function groupsOf({ nodes, wires }: Diagram): Group[] {
  const leader = nodes.map((_, node) => node)
  const leaderOf = (node: number): number => {
    let at = node
    while (leader[at] !== at) {
      leader[at] = leader[leader[at] as number] as number
      at = leader[at] as number
    }
    return at
  }
  for (const { from, to } of wires) {
    const [a, b] = [leaderOf(from.node), leaderOf(to.node)]
    leader[Math.max(a, b)] = Math.min(a, b)
  }
  const members = new Map<number, { nodes: number[]; wires: number[] }>()
  nodes.forEach((_, node) => {
    const first = leaderOf(node)
    if (first === node) members.set(node, { nodes: [], wires: [] })
    members.get(first)?.nodes.push(node)
  })
  wires.forEach(({ from }, wire) => {
    members.get(leaderOf(from.node))?.wires.push(wire)
  })
  return [...members.values()].map((group) => {
    const inside = new Map(group.nodes.map((node, index) => [node, index]))
    const local = (port: DiagramWire['from']) => ({ ...port, node: inside.get(port.node) as number })
    return {
      ...group,
      diagram: {
        nodes: group.nodes.map((node) => nodes[node] as Diagram['nodes'][number]),
        wires: group.wires.map((index) => {
          const wire = wires[index] as DiagramWire
          return { ...wire, from: local(wire.from), to: local(wire.to) }
        }),
      },
    }
  })
}
