import { gapBetween, type Link, type Slot } from './columns.ts'
import { settle } from './settle.ts'
import { straighten } from './straighten.ts'

const SWEEPS = 16
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
  straighten(columns)
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
