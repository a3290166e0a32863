import type { Slot } from './columns.ts'
import type { ReturnWay } from './return-ways.ts'

/** What a column of nodes keeps free on either side, for the marks at the ports. */
const MARKS = 22
const NARROWEST_GAP = 34
const WIDEST_GAP = 96
/** How much wider a gap is for each pixel that a wire rises or falls in it. */
const PER_RISE = 0.14
/** Between the upright pieces of wires that lead back. */
const LANE = 9

/** From where to where a column reaches; no node and no label is outside of one. */
export interface Extent {
  readonly left: number
  readonly right: number
}

export interface Extents {
  readonly columns: readonly Extent[]
  readonly width: number
  /** Where each wire that leads back turns: after its sender, and before its receiver. */
  readonly turns: ReadonlyMap<number, { readonly out: number; readonly into: number }>
}

/**
 * Places the columns side by side, with room between them for curves and for the turns of wires that lead
 * back.
 */
export function placeColumns(columns: readonly (readonly Slot[])[], returns: readonly ReturnWay[]): Extents {
  const leaving = columns.map((_, column) => nearestFirst(returns, 'source', column))
  const arriving = columns.map((_, column) => nearestFirst(returns, 'target', column))
  const extents: Extent[] = []
  let x = turnRoom(arriving[0])
  columns.forEach((slots, column) => {
    const marks = slots.some((slot) => slot.node !== undefined) ? MARKS : 0
    const width = Math.max(...slots.map((slot) => slot.width)) + 2 * marks
    extents.push({ left: x, right: x + width })
    x += width + turnRoom(leaving[column])
    if (column < columns.length - 1) x += curveRoom(slots) + turnRoom(arriving[column + 1])
  })
  const turns = returns.map((way) => {
    const { source, target, wire } = way
    const out = (extents[source.column] as Extent).right + LANE * (leaving[source.column]?.indexOf(way) ?? 0)
    const into = (extents[target.column] as Extent).left - LANE * (arriving[target.column]?.indexOf(way) ?? 0)
    return [wire, { out, into }] as const
  })
  return { columns: extents, width: x, turns: new Map(turns) }
}

/** Those with the shortest way to their lane turn first: then they do not cross the others. */
function nearestFirst(returns: readonly ReturnWay[], end: 'source' | 'target', column: number): ReturnWay[] {
  const rise = (way: ReturnWay) => Math.abs(way.lane - way[end].y)
  return returns.filter((way) => way[end].column === column).sort((a, b) => rise(a) - rise(b))
}

function turnRoom(turning: readonly ReturnWay[] = []): number {
  return LANE * turning.length
}

function curveRoom(slots: readonly Slot[]): number {
  const rises = slots.flatMap((slot) =>
    slot.toRight.map((link) => Math.abs(slot.y + link.own - link.slot.y - link.other)),
  )
  return Math.min(WIDEST_GAP, Math.round(NARROWEST_GAP + PER_RISE * Math.max(0, ...rises)))
}
