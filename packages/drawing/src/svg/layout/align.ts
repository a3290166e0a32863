import { gapBetween, type Link, middle, type Slot } from './columns.ts'

const SWEEPS = 16
/** A wire is drawn straight where it passes, rather than where it meets a node. */
const STRAIGHT = 8
/** The weight of a slot without wires on one side: it stays where it is if nothing else wants the place. */
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
    levelWires(columns)
    snapNodes(columns)
  }
  const top = Math.min(...columns.flat().map((slot) => slot.y))
  // Whole pixels keep lines sharp; nothing comes closer, because all heights are whole.
  for (const slot of columns.flat()) slot.y = Math.round(slot.y - top)
}

function arrange(slots: readonly Slot[], linksOf: (slot: Slot) => readonly Link[]): void {
  const row = slots.map((slot, place) => {
    const pulls = linksOf(slot).map((link) => ({
      at: link.slot.y + link.other - link.own,
      weight: link.slot.node === undefined && slot.node === undefined ? STRAIGHT : 1,
    }))
    const weight = pulls.reduce((sum, pull) => sum + pull.weight, 0)
    return {
      desired: pulls.length > 0 ? medianOf(pulls) : slot.y,
      weight: weight || IDLE,
      room: slot.height + gapBetween(slot, slots[place + 1]),
    }
  })
  for (const [place, y] of settle(row).entries()) (slots[place] as Slot).y = y
}

/** Half of the weight is on either side of it. */
function medianOf(pulls: { readonly at: number; readonly weight: number }[]): number {
  const half = pulls.reduce((sum, { weight }) => sum + weight, 0) / 2
  const sorted = pulls.toSorted((a, b) => a.at - b.at)
  let sum = 0
  for (const [index, { at, weight }] of sorted.entries()) {
    sum += weight
    if (sum > half) return at
    if (sum === half) return (at + (sorted[index + 1]?.at ?? at)) / 2
  }
  return 0
}

interface Placed {
  /** Where it would like to start. */
  readonly desired: number
  /** How much that matters. */
  readonly weight: number
  /** The least distance between its start and that of the next one. */
  readonly room: number
}

/**
 * The positions of things in a row, in their order and no closer than they must be, as near to where they would like to
 * be as that allows: the least sum of weighted squares. Linear (pool adjacent violators).
 */
export function settle(row: readonly Placed[]): number[] {
  const pools: { readonly weight: number; readonly sum: number; readonly members: readonly Placed[] }[] = []
  const mean = ({ sum, weight }: (typeof pools)[number]) => sum / weight
  let before = 0
  for (const placed of row) {
    let pool = { weight: placed.weight, sum: placed.weight * (placed.desired - before), members: [placed] }
    before += placed.room
    for (let last = pools.at(-1); last && mean(last) > mean(pool); last = pools.at(-1)) {
      pools.pop()
      const members = [...last.members, ...pool.members]
      pool = { weight: last.weight + pool.weight, sum: last.sum + pool.sum, members }
    }
    pools.push(pool)
  }
  let offset = 0
  return pools.flatMap((pool) =>
    pool.members.map(({ room }) => {
      const position = mean(pool) + offset
      offset += room
      return position
    }),
  )
}

const ROUNDS = 3
/** How far something moves at most to make one wire level. */
const NEAR = 24

/** Makes the pieces of each wire between its nodes level, as many in a row as their neighbours leave room for that. */
function levelWires(columns: readonly (readonly Slot[])[]): void {
  for (const first of columns.flat()) {
    if (first.node !== undefined || first.toLeft[0]?.slot.node === undefined) continue
    let run: Slot[] = []
    let room: Room = { from: Number.NEGATIVE_INFINITY, to: Number.POSITIVE_INFINITY }
    for (let slot: Slot | undefined = first; slot && slot.node === undefined; slot = slot.toRight[0]?.slot) {
      const own = roomOf(slot, columns)
      if (own.from > room.to || own.to < room.from) {
        level(run, room)
        run = []
        room = own
      }
      run.push(slot)
      room = { from: Math.max(room.from, own.from), to: Math.min(room.to, own.to) }
    }
    level(run, room)
  }
}

function level(run: readonly Slot[], room: Room): void {
  const y = levelOf(run, room)
  for (const slot of run) slot.y = y - slot.height / 2
}

/** That of the port at one end, the less busy one first, if it is near; or else of most pieces. */
function levelOf(run: readonly Slot[], { from, to }: Room): number {
  const middles = run.map(middle).sort((a, b) => a - b)
  const most = Math.min(to, Math.max(from, middles[Math.floor(middles.length / 2)] as number))
  const ends = [
    ...(run.at(-1)?.toRight ?? []).map((link) => ({ link, sharing: sharing(link, 'toLeft') })),
    ...(run[0]?.toLeft ?? []).map((link) => ({ link, sharing: sharing(link, 'toRight') })),
  ]
  const near = ends
    .sort((one, other) => one.sharing - other.sharing)
    .map(({ link }) => link.slot.y + link.other)
    .find((y) => y >= from && y <= to && Math.abs(y - most) <= NEAR)
  return near ?? most
}

/** How many wires meet in the port that a link leads to. */
function sharing({ slot, other }: Link, side: 'toLeft' | 'toRight'): number {
  return slot[side].filter((link) => link.own === other).length
}

/** Moves a node by a little, where that makes a wire level that comes to it. */
function snapNodes(columns: readonly (readonly Slot[])[]): void {
  for (const slot of columns.flat()) {
    if (slot.node === undefined) continue
    const offsets = slot.toLeft.map((link) => link.slot.y + link.other - link.own - slot.y)
    const least = offsets.sort((a, b) => Math.abs(a) - Math.abs(b))[0] ?? 0
    const moved = middle(slot) + least
    const { from, to } = roomOf(slot, columns)
    if (Math.abs(least) <= NEAR && moved >= from && moved <= to) slot.y += least
  }
}

/** Where the middle of a slot can be. */
interface Room {
  readonly from: number
  readonly to: number
}

/** The room between the neighbours of a slot. */
function roomOf(slot: Slot, columns: readonly (readonly Slot[])[]): Room {
  const column = columns[slot.column]
  const [above, below] = [column?.[slot.place - 1], column?.[slot.place + 1]]
  return {
    from: above
      ? above.y + above.height + gapBetween(above, slot) + slot.height / 2
      : Number.NEGATIVE_INFINITY,
    to: below ? below.y - gapBetween(slot, below) - slot.height / 2 : Number.POSITIVE_INFINITY,
  }
}
