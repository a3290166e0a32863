import type { Columns, Slot } from './columns.ts'
import type { Diagram, DiagramWire } from './diagram.ts'

/** How a wire that leads back runs: out on the right of its sender, left along a lane, in on the left of its receiver. */
export interface ReturnRoute {
  readonly wire: DiagramWire
  readonly source: Slot
  readonly target: Slot
  /** The height of the lane. */
  lane: number
}

const CLEARANCE = 13
const LANE_GAP = 12

interface Blocked {
  readonly from: number
  readonly to: number
}

/**
 * Finds a level lane for each wire that leads back: through a gap between the nodes and wires of all columns on its way,
 * or above or below them all; the nearest.
 */
export function findReturnRoutes({ wires }: Diagram, { columns, slotOf }: Columns): ReturnRoute[] {
  const routes: ReturnRoute[] = []
  const returning = wires
    .filter(({ back }) => back)
    .map((wire): ReturnRoute => {
      const source = slotOf.get(wire.from.node) as Slot
      const target = slotOf.get(wire.to.node) as Slot
      return { wire, source, target, lane: 0 }
    })
  for (const route of returning.sort(innerFirst)) {
    const { wire, source, target } = route
    const passed = columns.slice(target.column, source.column + 1).flat()
    const blocked = passed.map(({ y, height, node }) =>
      around(y, y + height, node === undefined ? LANE_GAP : CLEARANCE),
    )
    for (const other of routes) {
      const apart = other.target.column > source.column || target.column > other.source.column
      if (!apart)
        blocked.push(around(other.lane, other.lane, LANE_GAP + Math.max(room(wire), room(other.wire))))
    }
    route.lane = nearestFree(blocked, startOf(route), endOf(route))
    routes.push(route)
  }
  return routes
}

/** The height of the output port. */
export function startOf({ source, wire }: ReturnRoute): number {
  return source.y + wire.from.y
}

/** The height of the input port. */
export function endOf({ target, wire }: ReturnRoute): number {
  return target.y + wire.to.y
}

/** What a label needs above and below the lane. */
function room({ label }: DiagramWire): number {
  return (label?.height ?? 0) / 2
}

/** Short routes lie within long ones; most lanes are below, where the lowest ends are the nearest. */
function innerFirst(a: ReturnRoute, b: ReturnRoute): number {
  const length = ({ source, target }: ReturnRoute) => source.column - target.column
  const height = (route: ReturnRoute) => startOf(route) + endOf(route)
  return length(a) - length(b) || height(b) - height(a)
}

function around(from: number, to: number, distance: number): Blocked {
  return { from: from - distance, to: to + distance }
}

/**
 * The free height with the shortest way up and down from `a` to `b`; the lower one of two. Both are at nodes, so the
 * edge of a gap is always nearer than its inside.
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
