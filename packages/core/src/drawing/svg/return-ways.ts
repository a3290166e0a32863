import type { Columns, Slot } from './columns.ts'
import { type Diagram, type DiagramWire, portHeight } from './diagram.ts'

/**
 * How a wire that leads back runs: out on the right of its sender, left along a lane, in on the left of its
 * receiver.
 */
export interface ReturnWay extends Ends {
  readonly wire: number
  /** Where the lane is. */
  readonly lane: number
  /** What a label needs above and below the lane. */
  readonly room: number
}

interface Ends {
  readonly source: End
  readonly target: End
}

interface End {
  readonly column: number
  readonly y: number
}

const CLEARANCE = 13
const LANE_GAP = 12

interface Blocked {
  readonly from: number
  readonly to: number
}

/**
 * Finds a level lane for each wire that leads back: through a gap between the nodes and wires of all columns
 * on its way, or above or below them all; the nearest.
 */
export function findReturnWays(diagram: Diagram, { columns, nodes }: Columns): ReturnWay[] {
  const ways: ReturnWay[] = []
  const endsOf = ({ from, to }: DiagramWire) => ({
    source: endAt(nodes[from.node] as Slot, portHeight(diagram, 'outputs', from)),
    target: endAt(nodes[to.node] as Slot, portHeight(diagram, 'inputs', to)),
  })
  const returning = diagram.wires
    .map((wire, index) => ({ ...endsOf(wire), wire: index, label: wire.label, back: wire.back }))
    .filter((wire) => wire.back)
    .sort(innerFirst)
  for (const { wire, source, target, label } of returning) {
    const room = (label?.height ?? 0) / 2
    const passed = columns.slice(target.column, source.column + 1).flat()
    const blocked = passed.map(({ y, height, node }) =>
      around(y, y + height, node === undefined ? LANE_GAP : CLEARANCE),
    )
    for (const { lane, room: others, source: first, target: last } of ways) {
      const apart = last.column > source.column || target.column > first.column
      if (!apart) blocked.push(around(lane, lane, LANE_GAP + Math.max(room, others)))
    }
    ways.push({ wire, source, target, room, lane: nearestFree(blocked, source.y, target.y) })
  }
  return ways
}

/** Short ways lie within long ones; most lanes are below, where the lowest ends are the nearest. */
function innerFirst(a: Ends, b: Ends): number {
  const length = (ends: Ends) => ends.source.column - ends.target.column
  const height = (ends: Ends) => ends.source.y + ends.target.y
  return length(a) - length(b) || height(b) - height(a)
}

function endAt({ column, y }: Slot, height: number): End {
  return { column, y: y + height }
}

function around(from: number, to: number, distance: number): Blocked {
  return { from: from - distance, to: to + distance }
}

/**
 * The free height with the shortest way up and down from `a` to `b`; the lower one of two. Both are at
 * nodes, so the edge of a gap is always nearer than its inside.
 */
function nearestFree(blocked: readonly Blocked[], a: number, b: number): number {
  const free: number[] = []
  let reached = Number.NEGATIVE_INFINITY
  for (const { from, to } of blocked.toSorted((one, other) => one.from - other.from)) {
    if (from >= reached) free.push(reached, from)
    reached = Math.max(reached, to)
  }
  const cost = (y: number) => Math.abs(y - a) + Math.abs(y - b)
  const [, ...gaps] = [...free, reached]
  return gaps.reduce((best, y) => (cost(y) <= cost(best) ? y : best), reached)
}
