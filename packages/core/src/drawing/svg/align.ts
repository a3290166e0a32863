import type { Link, Slot } from './columns.ts'
import { settle } from './settle.ts'

const SWEEPS = 16
const ROUNDS = 3
/** How far something moves at most to make one wire level. */
const NEAR = 24
const NODE_GAP = 34
const WIRE_GAP = 16
/** A wire is drawn straight where it passes, rather than where it meets a node. */
const STRAIGHT = 8
/** What a slot without wires on one side gives for staying where it is. */
const IDLE = 0.05

/** Moves the slots of each column up and down, in their order, until most wires are level. */
export function alignSlots(columns: readonly (readonly Slot[])[]): void {
  for (const slots of columns) arrange(slots, () => [])
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    if (sweep % 2 === 0) for (const slots of columns) arrange(slots, (slot) => slot.toLeft)
    else for (const slots of columns.toReversed()) arrange(slots, (slot) => slot.toRight)
  }
  for (const slots of columns) arrange(slots, (slot) => [...slot.toLeft, ...slot.toRight])
  for (let round = 0; round < ROUNDS; round++) {
    const rooms = roomsOf(columns)
    straighten(columns, rooms)
    snap(columns, rooms)
  }
  const top = Math.min(...columns.flat().map((slot) => slot.y))
  // Whole pixels keep lines sharp; nothing comes closer, because all heights are whole.
  for (const slots of columns) for (const slot of slots) slot.y = Math.round(slot.y - top)
}

function arrange(slots: readonly Slot[], linksOf: (slot: Slot) => readonly Link[]): void {
  const row = slots.map((slot, index) => {
    const links = linksOf(slot)
    const pulls = links.map((link) => ({
      at: link.slot.y + link.other - link.own,
      weight: link.slot.node === undefined && slot.node === undefined ? STRAIGHT : 1,
    }))
    const weight = pulls.reduce((sum, pull) => sum + pull.weight, 0)
    return {
      desired: pulls.length > 0 ? medianOf(pulls) : slot.y,
      weight: weight || IDLE,
      room: slot.height + gapBetween(slot, slots[index + 1]),
    }
  })
  settle(row).forEach((y, index) => {
    ;(slots[index] as Slot).y = y
  })
}

function gapBetween(slot: Slot, next: Slot | undefined): number {
  return slot.node !== undefined && next?.node !== undefined ? NODE_GAP : WIRE_GAP
}

/** Half of the weight is on either side of it. */
function medianOf(pulls: { readonly at: number; readonly weight: number }[]): number {
  const sorted = pulls.toSorted((a, b) => a.at - b.at)
  const half = sorted.reduce((sum, { weight }) => sum + weight, 0) / 2
  let sum = 0
  for (let index = 0; index < sorted.length; index++) {
    const { at, weight } = sorted[index] as (typeof sorted)[number]
    sum += weight
    if (sum > half) return at
    if (sum === half) return (at + (sorted[index + 1]?.at ?? at)) / 2
  }
  return 0
}

interface Room {
  readonly above: Slot | undefined
  readonly below: Slot | undefined
}

function roomsOf(columns: readonly (readonly Slot[])[]): ReadonlyMap<Slot, Room> {
  const rooms = new Map<Slot, Room>()
  for (const slots of columns) {
    for (const [index, slot] of slots.entries()) {
      rooms.set(slot, { above: slots[index - 1], below: slots[index + 1] })
    }
  }
  return rooms
}

/** Makes the pieces of a wire between two nodes level, where the neighbours of all of them leave room for that. */
function straighten(columns: readonly (readonly Slot[])[], rooms: ReadonlyMap<Slot, Room>): void {
  for (const first of columns.flat()) {
    if (first.node !== undefined || first.toLeft[0]?.slot.node === undefined) continue
    const run = runFrom(first)
    const from = Math.max(...run.map((slot) => highest(slot, rooms)))
    const to = Math.min(...run.map((slot) => lowest(slot, rooms)))
    if (from > to) continue
    const level = levelOf(run, from, to)
    for (const slot of run) slot.y = level - slot.height / 2
  }
}

/** That of the port at one end, if it is near, or else of most pieces. */
function levelOf(run: readonly Slot[], from: number, to: number): number {
  const middles = run.map((slot) => slot.y + slot.height / 2).sort((a, b) => a - b)
  const most = Math.min(to, Math.max(from, middles[Math.floor(middles.length / 2)] as number))
  const ends = [run.at(-1)?.toRight[0], run[0]?.toLeft[0]].map((link) =>
    link ? link.slot.y + link.other : most,
  )
  return ends.find((end) => end >= from && end <= to && Math.abs(end - most) <= NEAR) ?? most
}

/** The places of one wire between its two nodes. */
function runFrom(first: Slot): Slot[] {
  const run = [first]
  for (let next = first.toRight[0]?.slot; next && next.node === undefined; next = next.toRight[0]?.slot)
    run.push(next)
  return run
}

/** Moves a node by a little, where that makes a wire level that comes to it. */
function snap(columns: readonly (readonly Slot[])[], rooms: ReadonlyMap<Slot, Room>): void {
  for (const slot of columns.flat()) {
    if (slot.node === undefined) continue
    const offsets = slot.toLeft.map((link) => link.slot.y + link.other - link.own - slot.y)
    const least = offsets.sort((a, b) => Math.abs(a) - Math.abs(b))[0] ?? 0
    const middle = slot.y + slot.height / 2 + least
    if (Math.abs(least) <= NEAR && middle >= highest(slot, rooms) && middle <= lowest(slot, rooms))
      slot.y += least
  }
}

/** The highest that the middle of a slot can be. */
function highest(slot: Slot, rooms: ReadonlyMap<Slot, Room>): number {
  const above = rooms.get(slot)?.above
  if (!above) return Number.NEGATIVE_INFINITY
  return above.y + above.height + gapBetween(above, slot) + slot.height / 2
}

/** The lowest that the middle of a slot can be. */
function lowest(slot: Slot, rooms: ReadonlyMap<Slot, Room>): number {
  const below = rooms.get(slot)?.below
  if (!below) return Number.POSITIVE_INFINITY
  return below.y - gapBetween(slot, below) - slot.height / 2
}
