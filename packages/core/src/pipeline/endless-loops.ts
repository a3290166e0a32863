import { topologicalRanks } from './order.ts'
import type { Plan, PlannedComponent, PlannedEdge, PlannedSocket } from './plan.ts'
import { isAlwaysGiven } from './reachable.ts'

/**
 * The loops that cannot end once all of their components have run: whatever they send, each gets all it needs for
 * another visit. Component indexes by loop. Linear in the plan.
 *
 * They are what is left after taking away, again and again, a component that may go without: with a mandatory input
 * for which none of the others always sends something, or without any input for which one does. Of those that are
 * left, none can be the first to have run for the last time.
 */
export function endlessLoops(plan: Plan, running: ReadonlySet<number>): number[][] {
  const inLoop = new Set(plan.cycles.flat().filter((index) => running.has(index)))
  if (inLoop.size === 0) return []
  const edges = plan.edges.filter(
    (edge) => inLoop.has(edge.source) && inLoop.has(edge.target) && isAlwaysGiven(plan, edge),
  )
  const left = refedBy(plan, inLoop, edges)
  const successors: number[][] = plan.components.map(() => [])
  for (const { source, target } of edges) {
    if (left.has(source) && left.has(target)) successors[source]?.push(target)
  }
  return topologicalRanks(successors).cycles
}

/** Whether each visit needs a new value from a sender: the caller's stays, but a greedy socket uses it up too. */
function isUsedUp({ mandatory, edges, gathers }: PlannedSocket): boolean {
  return mandatory && (edges.length > 0 || gathers === 'first')
}

/** The largest part of the components of which each has all it needs from edges that start in the part. */
function refedBy(plan: Plan, components: ReadonlySet<number>, edges: readonly PlannedEdge[]): Set<number> {
  const left = new Set(components)
  const bySocket = new Uint32Array(plan.sockets.length)
  const byTarget = new Uint32Array(plan.components.length)
  const leaving = new Map<number, PlannedEdge[]>([...components].map((index) => [index, []]))
  for (const edge of edges) {
    ;(bySocket[edge.socket] as number)++
    ;(byTarget[edge.target] as number)++
    leaving.get(edge.source)?.push(edge)
  }
  const isStarved = (index: number) =>
    byTarget[index] === 0 ||
    (plan.components[index] as PlannedComponent).sockets.some(
      (socket) => isUsedUp(socket) && bySocket[socket.index] === 0,
    )
  const gone = [...components].filter(isStarved)
  for (const index of gone) left.delete(index)
  for (let next = gone.pop(); next !== undefined; next = gone.pop()) {
    for (const edge of leaving.get(next) ?? []) {
      ;(bySocket[edge.socket] as number)--
      ;(byTarget[edge.target] as number)--
      const { target } = edge
      const isLast =
        byTarget[target] === 0 || (bySocket[edge.socket] === 0 && plan.sockets[edge.socket]?.mandatory)
      if (!isLast || !left.delete(target)) continue
      gone.push(target)
    }
  }
  return left
}
