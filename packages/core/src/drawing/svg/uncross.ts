import type { Link, Slot } from './columns.ts'

const ROUNDS = 12

/**
 * Swaps neighbours in a column where that leaves fewer crossings. dagre orders nodes as if all wires met in
 * their middles; this knows the ports.
 */
export function uncross(columns: readonly Slot[][]): void {
  const place = new Map<Slot, number>()
  for (const slots of columns) for (const [index, slot] of slots.entries()) place.set(slot, index)
  for (let round = 0; round < ROUNDS; round++) {
    let better = false
    for (const slots of columns) if (swapNeighbours(slots, place)) better = true
    if (!better) return
  }
}

function swapNeighbours(slots: Slot[], place: Map<Slot, number>): boolean {
  let better = false
  for (let index = 1; index < slots.length; index++) {
    const upper = slots[index - 1] as Slot
    const lower = slots[index] as Slot
    if (crossings(upper, lower, place) <= crossings(lower, upper, place)) continue
    slots[index - 1] = lower
    slots[index] = upper
    place.set(lower, index - 1).set(upper, index)
    better = true
  }
  return better
}

/** How many wires of the two cross when `upper` is above `lower`. */
function crossings(upper: Slot, lower: Slot, place: ReadonlyMap<Slot, number>): number {
  return inversions(upper.toLeft, lower.toLeft, place) + inversions(upper.toRight, lower.toRight, place)
}

function inversions(
  upper: readonly Link[],
  lower: readonly Link[],
  place: ReadonlyMap<Slot, number>,
): number {
  let count = 0
  for (const one of upper) for (const other of lower) if (isBelow(one, other, place)) count++
  return count
}

function isBelow(one: Link, other: Link, place: ReadonlyMap<Slot, number>): boolean {
  const apart = (place.get(one.slot) as number) - (place.get(other.slot) as number)
  return apart > 0 || (apart === 0 && one.other > other.other)
}
