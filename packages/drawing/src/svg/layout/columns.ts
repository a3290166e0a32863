import { layout } from '@dagrejs/dagre'
import { Graph } from '@dagrejs/graphlib'
import type { Point } from '../xml.ts'
import type { Diagram, DiagramNode, DiagramWire } from './diagram.ts'

/** A place in a column: of a node, or of a wire that passes. */
export interface Slot {
  readonly column: number
  /** How many slots of its column are above it. */
  place: number
  readonly node: DiagramNode | undefined
  readonly width: number
  readonly height: number
  readonly toLeft: Link[]
  readonly toRight: Link[]
  /** Its top. */
  y: number
}

/** A piece of a wire between slots of two neighbouring columns. */
export interface Link {
  readonly slot: Slot
  /** Where it starts and ends, measured from the tops of the two slots. */
  readonly own: number
  readonly other: number
}

export interface Columns {
  /** From left to right; the slots of each from top to bottom. */
  readonly columns: readonly Slot[][]
  readonly slotOf: ReadonlyMap<DiagramNode, Slot>
  /** The slots that each wire passes, its two nodes included; of those that lead back only these. */
  readonly passed: ReadonlyMap<DiagramWire, readonly Slot[]>
}

const NODE_GAP = 34
const WIRE_GAP = 16

/** The least distance between a slot and the one below it. */
export function gapBetween(slot: Slot, next: Slot | undefined): number {
  return slot.node !== undefined && next?.node !== undefined ? NODE_GAP : WIRE_GAP
}

/** What dagre reads and writes. Its own declarations do not resolve under `nodenext`: they would all be `any`. */
interface DagreNode {
  readonly width: number
  readonly height: number
  readonly rank?: number
  readonly y?: number
}

interface DagreEdge {
  readonly points?: readonly Point[]
}

type DagreGraph = Graph<object, DagreNode, DagreEdge>

/** Has dagre rank and order the nodes, so that wires lead to the right and few cross. Those that lead back take no part. */
function orderByDagre({ nodes, wires }: Diagram, idOf: (node: DiagramNode) => string): DagreGraph {
  const graph: DagreGraph = new Graph({ multigraph: true })
  graph.setGraph({ rankdir: 'LR', nodesep: 30, edgesep: 14, ranksep: 60 })
  for (const node of nodes) graph.setNode(idOf(node), { width: node.width, height: node.height })
  wires.forEach(({ from, to, back }, index) => {
    if (!back) graph.setEdge(idOf(from.node), idOf(to.node), {}, `${index}`)
  })
  layout(graph)
  return graph
}

/** Makes a column of each rank that dagre gives. One that only wires without a label would pass is left out. */
export function makeColumns(diagram: Diagram): Columns {
  const { nodes, wires } = diagram
  const ids = new Map(nodes.map((node, index) => [node, `${index}`]))
  const idOf = (node: DiagramNode) => ids.get(node) ?? ''
  const graph = orderByDagre(diagram, idOf)
  const rankOf = (node: DiagramNode) => graph.node(idOf(node)).rank ?? 0
  // Labels stand just before the node that the wire leads to, where dagre leaves every second rank free.
  const labelRank = ({ to }: DiagramWire) => rankOf(to.node) - 1
  const kept = new Set(nodes.map(rankOf))
  for (const wire of wires) if (!wire.back && wire.label) kept.add(labelRank(wire))
  const columnOf = new Map([...kept].sort((a, b) => a - b).map((rank, column) => [rank, column]))
  const columns: Slot[][] = [...columnOf].map(() => [])
  /** `y` is the middle, as dagre gives it. */
  const addSlot = (rank: number, node: DiagramNode | undefined, { width, height }: DagreNode, y: number) => {
    const column = columnOf.get(rank)
    if (column === undefined) return []
    const slot = { column, place: 0, node, width, height, toLeft: [], toRight: [], y: y - height / 2 }
    columns[column]?.push(slot)
    return [slot]
  }

  const slotOf = new Map(
    nodes.flatMap((node) =>
      addSlot(rankOf(node), node, node, graph.node(idOf(node)).y ?? 0).map((slot) => [node, slot] as const),
    ),
  )
  const passed = new Map(
    wires.map((wire, index) => {
      const { from, to, label } = wire
      // dagre gives one point for each rank between the two nodes, and one more at each end.
      const { points = [] } = wire.back ? {} : graph.edge(idOf(from.node), idOf(to.node), `${index}`)
      const between = points.slice(1, -1).flatMap(({ y }, step) => {
        const rank = rankOf(from.node) + 1 + step
        const size = label && rank === labelRank(wire) ? label : { width: 0, height: 0 }
        return addSlot(rank, undefined, size, y)
      })
      const slots = [slotOf.get(from.node) as Slot, ...between, slotOf.get(to.node) as Slot]
      if (!wire.back) link(slots, wire)
      return [wire, slots]
    }),
  )
  for (const slots of columns) {
    slots.sort((a, b) => middle(a) - middle(b))
    for (const [place, slot] of slots.entries()) slot.place = place
  }
  return { columns, slotOf, passed }
}

function link(slots: readonly Slot[], { from, to }: DiagramWire): void {
  let left: Slot | undefined
  for (const right of slots) {
    if (left) {
      const leaves = left.node === from.node ? from.y : left.height / 2
      const arrives = right.node === to.node ? to.y : right.height / 2
      left.toRight.push({ slot: right, own: leaves, other: arrives })
      right.toLeft.push({ slot: left, own: arrives, other: leaves })
    }
    left = right
  }
}

export function middle(slot: Slot): number {
  return slot.y + slot.height / 2
}

const ROUNDS = 12

/**
 * Swaps neighbours in a column where that leaves fewer crossings. dagre orders nodes as if all wires met in their
 * middles; this knows the ports.
 */
export function uncross(columns: readonly Slot[][]): void {
  for (let round = 0; round < ROUNDS; round++) {
    let better = false
    for (const slots of columns) {
      for (let place = 1; place < slots.length; place++) {
        const upper = slots[place - 1] as Slot
        const lower = slots[place] as Slot
        if (crossings(upper, lower) <= crossings(lower, upper)) continue
        lower.place = place - 1
        upper.place = place
        slots.splice(place - 1, 2, lower, upper)
        better = true
      }
    }
    if (!better) return
  }
}

/** How many wires of the two cross when `upper` is above `lower`. */
function crossings(upper: Slot, lower: Slot): number {
  return inversions(upper.toLeft, lower.toLeft) + inversions(upper.toRight, lower.toRight)
}

function inversions(upper: readonly Link[], lower: readonly Link[]): number {
  let count = 0
  for (const one of upper) for (const other of lower) if (isBelow(one, other)) count++
  return count
}

function isBelow(one: Link, other: Link): boolean {
  const apart = one.slot.place - other.slot.place
  return apart > 0 || (apart === 0 && one.other > other.other)
}
