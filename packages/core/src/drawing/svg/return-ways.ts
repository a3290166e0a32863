import type { Columns, Slot } from './columns.ts'
import { type Diagram, portHeight } from './diagram.ts'

/** How a wire that leads back runs: out on the right of its sender, left along a lane, in on the left of its receiver. */
export interface ReturnWay {
  readonly wire: number
  readonly source: { readonly column: number; readonly y: number }
  readonly target: { readonly column: number; readonly y: number }
  /** The height of the lane. */
  readonly lane: number
}

const CLEARANCE = 13
const LANE_GAP = 12

interface Blocked {
  readonly from: number
  readonly to: number
}

/**
 * Finds a level lane for each wire that leads back: through a gap between the nodes and wires of all columns on its
 * way, or above or below them all; the nearest.
 */
export function findReturnWays(diagram: Diagram, { columns, nodes }: Columns): ReturnWay[] {
  const ways: ReturnWay[] = []
  diagram.wires.forEach(({ from, to, back, label }, wire) => {
    if (!back) return
    const source = endAt(nodes[from.node] as Slot, portHeight(diagram, 'outputs', from))
    const target = endAt(nodes[to.node] as Slot, portHeight(diagram, 'inputs', to))
    const room = (label?.height ?? 0) / 2
    const passed = columns.slice(target.column, source.column + 1).flat()
    const blocked = passed.map(({ y, height, node }) =>
      around(y, y + height, node === undefined ? LANE_GAP : CLEARANCE),
    )
    for (const { lane, source: first, target: last } of ways) {
      const apart = last.column > source.column || target.column > first.column
      if (!apart) blocked.push(around(lane, lane, LANE_GAP + room))
    }
    ways.push({ wire, source, target, lane: nearestFree(blocked, source.y, target.y) })
  })
  return ways
}

function endAt({ column, y }: Slot, height: number) {
  return { column, y: y + height }
}

function around(from: number, to: number, distance: number): Blocked {
  return { from: from - distance, to: to + distance }
}

/** The free height with the shortest way up and down from `a` to `b`; the lower one of two. */
function nearestFree(blocked: readonly Blocked[], a: number, b: number): number {
  const sorted = [...blocked].sort((one, other) => one.from - other.from)
  const free: number[] = [a, b]
  let reached = Number.NEGATIVE_INFINITY
  for (const { from, to } of sorted) {
    if (from >= reached) free.push(reached, from)
    reached = Math.max(reached, to)
  }
  free.push(reached)
  const ways = free
    .filter((y) => Number.isFinite(y) && sorted.every(({ from, to }) => y <= from || y >= to))
    .map((y) => ({ y: Math.round(y), cost: Math.abs(y - a) + Math.abs(y - b) }))
  return ways.sort((one, other) => one.cost - other.cost || other.y - one.y)[0]?.y ?? a
}
