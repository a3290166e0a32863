import { gapBetween, type Link, type Slot } from './columns.ts'

const ROUNDS = 3
/** How far something moves at most to make one wire level. */
const NEAR = 24

/** Takes out small bends: nothing changes its place in its column or moves far. */
export function straighten(columns: readonly (readonly Slot[])[]): void {
  const rooms = roomsOf(columns)
  for (let round = 0; round < ROUNDS; round++) {
    levelWires(columns, rooms)
    snapNodes(columns, rooms)
  }
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

/**
 * Makes the pieces of each wire between its nodes level, as many in a row as their neighbours leave room for
 * that.
 */
function levelWires(columns: readonly (readonly Slot[])[], rooms: ReadonlyMap<Slot, Room>): void {
  for (const first of columns.flat()) {
    if (first.node !== undefined || first.toLeft[0]?.slot.node === undefined) continue
    let [from, to] = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY]
    let run: Slot[] = []
    for (const slot of piecesFrom(first)) {
      const [high, low] = [highest(slot, rooms), lowest(slot, rooms)]
      if (high > to || low < from) {
        level(run, from, to)
        ;[run, from, to] = [[], high, low]
      }
      run.push(slot)
      ;[from, to] = [Math.max(from, high), Math.min(to, low)]
    }
    level(run, from, to)
  }
}

function level(run: readonly Slot[], from: number, to: number): void {
  const y = levelOf(run, from, to)
  for (const slot of run) slot.y = y - slot.height / 2
}

/** That of the port at one end, the less busy one first, if it is near; or else of most pieces. */
function levelOf(run: readonly Slot[], from: number, to: number): number {
  const middles = run.map((slot) => slot.y + slot.height / 2).sort((a, b) => a - b)
  const most = Math.min(to, Math.max(from, middles[Math.floor(middles.length / 2)] as number))
  const ends = [run.at(-1)?.toRight[0], run[0]?.toLeft[0]]
    .filter((link) => link !== undefined)
    .map((link, end) => ({
      y: link.slot.y + link.other,
      shared: sharing(link, end === 0 ? 'toLeft' : 'toRight'),
    }))
    .sort((one, other) => one.shared - other.shared)
    .map(({ y }) => y)
  return ends.find((end) => end >= from && end <= to && Math.abs(end - most) <= NEAR) ?? most
}

/** How many wires meet in the port that a link leads to. */
function sharing({ slot, other }: Link, side: 'toLeft' | 'toRight'): number {
  return slot[side].filter((link) => link.own === other).length
}

/** The places of one wire between its two nodes. */
function piecesFrom(first: Slot): Slot[] {
  const run = [first]
  for (let next = first.toRight[0]?.slot; next && next.node === undefined; next = next.toRight[0]?.slot)
    run.push(next)
  return run
}

/** Moves a node by a little, where that makes a wire level that comes to it. */
function snapNodes(columns: readonly (readonly Slot[])[], rooms: ReadonlyMap<Slot, Room>): void {
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
