import { coordinate, type Point, pair } from '../xml.ts'
import { alignSlots } from './align.ts'
import { makeColumns, middle, type Slot, uncross } from './columns.ts'
import type { Diagram, DiagramNode, DiagramWire, Layout, Route } from './diagram.ts'
import { endOf, findReturnRoutes, type ReturnRoute, startOf } from './return-routes.ts'

/** The radius of the corners of wires that lead back. */
const CORNER = 10

/** Places the nodes of a diagram that hangs together in columns, and finds the routes of its wires. */
export function layOut(diagram: Diagram): Layout {
  const made = makeColumns(diagram)
  const { columns, slotOf, passed } = made
  uncross(columns)
  alignSlots(columns)
  const returns = findReturnRoutes(diagram, made)
  moveBelowTop(columns, returns)
  const { extents, width } = placeColumns(columns, returns)
  const corners = new Map<DiagramNode, Point>(
    [...slotOf].map(([node, slot]) => {
      const { left, right } = extents[slot.column] as Extent
      return [node, { x: Math.round((left + right - slot.width) / 2), y: slot.y }]
    }),
  )
  const turns = turnsOf(returns, extents)
  const routes = new Map<DiagramWire, Route>(
    diagram.wires.map((wire) => {
      const ends = endsOf(wire, corners)
      const turn = turns.get(wire)
      return [
        wire,
        turn ? returnRoute(ends, turn, wire) : forwardRoute(ends, passed.get(wire) ?? [], extents),
      ]
    }),
  )
  const bottoms = [
    ...columns.flat().map((slot) => slot.y + slot.height),
    ...returns.map(({ lane }) => lane + CORNER),
  ]
  return { width, height: Math.max(...bottoms), corners, routes }
}

/** Lanes above all nodes push everything down. */
function moveBelowTop(columns: readonly (readonly Slot[])[], returns: readonly ReturnRoute[]): void {
  const down = -Math.min(0, ...returns.map(({ lane }) => lane - CORNER))
  for (const slot of columns.flat()) slot.y += down
  for (const route of returns) route.lane += down
}

/** What a column of nodes keeps free on either side, for the marks at the ports. */
const MARKS = 22
const NARROWEST_GAP = 34
const WIDEST_GAP = 96
/** How much wider a gap is for each pixel that a wire rises or falls in it. */
const PER_RISE = 0.14
/** Between the upright pieces of wires that lead back. */
const LANE = 9

/** From where to where a column reaches; no node and no label is outside of one. */
interface Extent {
  readonly left: number
  readonly right: number
}

/** Places the columns side by side, with room between them for curves and for the turns of wires that lead back. */
function placeColumns(
  columns: readonly (readonly Slot[])[],
  returns: readonly ReturnRoute[],
): { readonly extents: readonly Extent[]; readonly width: number } {
  const turnRoom = (end: 'source' | 'target', column: number) =>
    LANE * returns.filter((route) => route[end].column === column).length
  const extents: Extent[] = []
  let x = turnRoom('target', 0)
  for (const [column, slots] of columns.entries()) {
    const marks = slots.some(({ node }) => node !== undefined) ? MARKS : 0
    const width = Math.max(...slots.map((slot) => slot.width)) + 2 * marks
    extents.push({ left: x, right: x + width })
    x += width + turnRoom('source', column)
    if (column < columns.length - 1) x += curveRoom(slots) + turnRoom('target', column + 1)
  }
  return { extents, width: x }
}

function curveRoom(slots: readonly Slot[]): number {
  const rises = slots.flatMap((slot) =>
    slot.toRight.map((link) => Math.abs(slot.y + link.own - link.slot.y - link.other)),
  )
  return Math.min(WIDEST_GAP, Math.round(NARROWEST_GAP + PER_RISE * Math.max(0, ...rises)))
}

/** Where a wire that leads back turns: after its sender, and before its receiver. */
interface Turn {
  readonly out: number
  readonly into: number
  readonly lane: number
}

/** Those with the shortest way to their lane turn first: then they do not cross the others. */
function turnsOf(
  returns: readonly ReturnRoute[],
  extents: readonly Extent[],
): ReadonlyMap<DiagramWire, Turn> {
  const nearer = (route: ReturnRoute, end: 'source' | 'target', heightOf: (route: ReturnRoute) => number) => {
    const rise = (other: ReturnRoute) => Math.abs(other.lane - heightOf(other))
    return returns
      .filter((other) => other[end].column === route[end].column)
      .sort((a, b) => rise(a) - rise(b))
      .indexOf(route)
  }
  return new Map(
    returns.map((route) => {
      const { right } = extents[route.source.column] as Extent
      const { left } = extents[route.target.column] as Extent
      const out = right + LANE * nearer(route, 'source', startOf)
      const into = left - LANE * nearer(route, 'target', endOf)
      return [route.wire, { out, into, lane: route.lane }]
    }),
  )
}

interface Ends {
  readonly start: Point
  readonly end: Point
}

function endsOf({ from, to }: DiagramWire, corners: ReadonlyMap<DiagramNode, Point>): Ends {
  const sender = corners.get(from.node) as Point
  const receiver = corners.get(to.node) as Point
  return {
    start: { x: sender.x + from.node.width, y: sender.y + from.y },
    end: { x: receiver.x, y: receiver.y + to.y },
  }
}

/** Level within the columns, where the nodes are, and curved between them. */
function forwardRoute({ start, end }: Ends, slots: readonly Slot[], extents: readonly Extent[]): Route {
  const stretches = slots.map((slot, step) => {
    const { left, right } = extents[slot.column] as Extent
    if (step === 0) return { y: start.y, from: start.x, to: right }
    if (step === slots.length - 1) return { y: end.y, from: left, to: end.x }
    return { y: middle(slot), from: left, to: right }
  })
  const place = stretches[slots.findIndex((slot) => slot.node === undefined && slot.width > 0)]
  return { path: smoothPath(stretches), label: place && { x: (place.from + place.to) / 2, y: place.y } }
}

function returnRoute({ start, end }: Ends, { out, into, lane }: Turn, { label }: DiagramWire): Route {
  const corners = [
    { x: out, y: start.y },
    { x: out, y: lane },
    { x: into, y: lane },
    { x: into, y: end.y },
  ]
  return {
    path: roundedPath([start, ...corners, end]),
    label: label && { x: (out + into) / 2, y: lane },
  }
}

interface Stretch {
  readonly y: number
  readonly from: number
  readonly to: number
}

/** The `d` of a path that leads level from stretch to stretch, and in a curve between two of different height. */
function smoothPath(stretches: readonly Stretch[]): string {
  let path = ''
  let before: Stretch | undefined
  for (const { y, from, to } of stretches) {
    if (!before) path = `M${pair({ x: from, y })}`
    else if (y === before.y) path += `H${coordinate(from)}`
    else {
      const bend = (before.to + from) / 2
      path += `C${[
        { x: bend, y: before.y },
        { x: bend, y },
        { x: from, y },
      ]
        .map(pair)
        .join(' ')}`
    }
    if (to > from) path += `H${coordinate(to)}`
    before = { y, from, to }
  }
  return path
}

/** The `d` of a path along points, all of whose pieces are level or upright, with round corners. */
function roundedPath(points: readonly Point[]): string {
  const [start, ...rest] = points as readonly [Point, ...Point[]]
  let path = `M${pair(start)}`
  let before = start
  for (const [index, corner] of rest.entries()) {
    const after = rest[index + 1]
    if (after) {
      const turn = Math.min(CORNER, length(before, corner) / 2, length(corner, after) / 2)
      path += `L${pair(towards(corner, before, turn))}Q${pair(corner)} ${pair(towards(corner, after, turn))}`
    } else path += `L${pair(corner)}`
    before = corner
  }
  return path
}

function length(a: Point, b: Point): number {
  return Math.abs(a.x - b.x) + Math.abs(a.y - b.y)
}

function towards(from: Point, to: Point, distance: number): Point {
  return {
    x: from.x + Math.sign(to.x - from.x) * distance,
    y: from.y + Math.sign(to.y - from.y) * distance,
  }
}
