import { alignSlots } from './align.ts'
import { type Columns, makeColumns, type Slot } from './columns.ts'
import { type Diagram, type DiagramWire, type Layout, type Point, portHeight } from './diagram.ts'
import { type Extent, type Extents, placeColumns } from './extents.ts'
import { roundedPath, smoothPath } from './path.ts'
import { findReturnWays, type ReturnWay } from './return-ways.ts'
import { uncross } from './uncross.ts'

const CORNER = 10

type Route = Layout['wires'][number]

/** Places the nodes of a diagram that hangs together in columns, and finds the ways of its wires. */
export function layOut(diagram: Diagram): Layout {
  const columns = makeColumns(diagram)
  const slots = columns.columns
  uncross(slots)
  alignSlots(slots)
  const returns = moveBelowTop(findReturnWays(diagram, columns), columns)
  const extents = placeColumns(slots, returns)
  const corners = columns.nodes.map((slot): Point => {
    const { left, right } = extents.columns[slot.column] as Extent
    return { x: Math.round((left + right - slot.width) / 2), y: slot.y }
  })
  const returning = new Map(returns.map((way) => [way.wire, way]))
  const wires = diagram.wires.map((wire, index) => {
    const ends = endsOf(diagram, wire, corners)
    const way = returning.get(index)
    return way
      ? returnRoute(ends, way, extents, wire.label !== undefined)
      : forwardRoute(ends, columns.ways[index] as readonly Slot[], extents)
  })
  const bottoms = [
    ...slots.flat().map((slot) => slot.y + slot.height),
    ...returns.map((way) => way.lane + CORNER),
  ]
  return { width: extents.width, height: Math.max(...bottoms), nodes: corners, wires }
}

/** Lanes above all nodes push everything down. */
function moveBelowTop(returns: readonly ReturnWay[], { columns }: Columns): ReturnWay[] {
  const down = -Math.min(0, ...returns.map((way) => way.lane - CORNER))
  for (const slots of columns) for (const slot of slots) slot.y += down
  return returns.map((way) => ({
    ...way,
    source: { ...way.source, y: way.source.y + down },
    target: { ...way.target, y: way.target.y + down },
    lane: way.lane + down,
  }))
}

interface Ends {
  readonly start: Point
  readonly end: Point
}

function endsOf(diagram: Diagram, { from, to }: DiagramWire, corners: readonly Point[]): Ends {
  const sender = corners[from.node] as Point
  const receiver = corners[to.node] as Point
  return {
    start: {
      x: sender.x + (diagram.nodes[from.node]?.width as number),
      y: sender.y + portHeight(diagram, 'outputs', from),
    },
    end: { x: receiver.x, y: receiver.y + portHeight(diagram, 'inputs', to) },
  }
}

/** Level within the columns, where the nodes are, and curved between them. */
function forwardRoute({ start, end }: Ends, way: readonly Slot[], { columns }: Extents): Route {
  const stretches = way.map((slot, step) => {
    const { left, right } = columns[slot.column] as Extent
    if (step === 0) return { y: start.y, from: start.x, to: right }
    if (step === way.length - 1) return { y: end.y, from: left, to: end.x }
    return { y: slot.y + slot.height / 2, from: left, to: right }
  })
  const labelled = way.findIndex((slot) => slot.node === undefined && slot.width > 0)
  const place = stretches[labelled]
  return {
    path: smoothPath(stretches),
    label: place && { x: (place.from + place.to) / 2, y: place.y },
  }
}

function returnRoute({ start, end }: Ends, way: ReturnWay, { turns }: Extents, labelled: boolean): Route {
  const { out, into } = turns.get(way.wire) as { out: number; into: number }
  const corners = [
    { x: out, y: start.y },
    { x: out, y: way.lane },
    { x: into, y: way.lane },
    { x: into, y: end.y },
  ]
  return {
    path: roundedPath([start, ...corners, end], CORNER),
    label: labelled ? { x: (out + into) / 2, y: way.lane } : undefined,
  }
}
