import { layout } from '@dagrejs/dagre'
import { Graph } from '@dagrejs/graphlib'
import type { Diagram, DiagramNode, DiagramWire, Point } from './diagram.ts'

/** A place in a column: of a node, or of a wire that passes. */
export interface Slot {
  readonly column: number
  readonly node: number | undefined
  readonly wire: number | undefined
  readonly width: number
  readonly height: number
  readonly toLeft: readonly Link[]
  readonly toRight: readonly Link[]
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
  readonly columns: Slot[][]
  /** The slot of each node. */
  readonly nodes: readonly Slot[]
  /** The slots each wire passes, its two nodes included; empty for those that lead back. */
  readonly ways: readonly (readonly Slot[])[]
}

const NODE_GAP = 34
const WIRE_GAP = 16

/** The least distance between a slot and the one below it. */
export function gapBetween(slot: Slot, next: Slot | undefined): number {
  return slot.node !== undefined && next?.node !== undefined ? NODE_GAP : WIRE_GAP
}

/**
 * What dagre reads and writes. Its own declarations do not resolve under `nodenext`: they would all be
 * `any`.
 */
interface DagreNode {
  readonly width: number
  readonly height: number
  readonly rank?: number
  readonly y?: number
}

interface DagreEdge {
  readonly points?: readonly Point[]
}

type MutableSlot = Slot & { readonly toLeft: Link[]; readonly toRight: Link[] }

/**
 * Has dagre divide the nodes into columns and order them, so that wires lead to the right and few cross.
 * Wires that lead back take no part. A column that only wires without a label would pass is left out.
 */
export function makeColumns({ nodes, wires }: Diagram): Columns {
  const graph = new Graph<object, DagreNode, DagreEdge>({ multigraph: true })
  graph.setGraph({ rankdir: 'LR', nodesep: 30, edgesep: 14, ranksep: 60 })
  nodes.forEach(({ width, height }, index) => {
    graph.setNode(`${index}`, { width, height })
  })
  wires.forEach(({ from, to, back }, index) => {
    if (!back) graph.setEdge(`${from.node}`, `${to.node}`, {}, `${index}`)
  })
  layout(graph)

  const ranks = nodes.map((_, index) => graph.node(`${index}`).rank ?? 0)
  const kept = new Set(ranks)
  for (const { to, back, label } of wires) if (!back && label) kept.add(labelRank(ranks, to.node))
  const columnOf = new Map([...kept].sort((a, b) => a - b).map((rank, column) => [rank, column]))

  const nodeSlots = nodes.map((node, index) => {
    const column = columnOf.get(ranks[index] as number) as number
    const { y = 0 } = graph.node(`${index}`)
    return newSlot({ column, node: index, wire: undefined, width: node.width, height: node.height, y })
  })
  const ways = wires.map(({ from, to, back, label }, index) => {
    if (back) return []
    const { points = [] } = graph.edge(`${from.node}`, `${to.node}`, `${index}`)
    // dagre gives one point for each rank between the two nodes, and one more at each end.
    const passing = points.slice(1, -1).flatMap(({ y }, step) => {
      const rank = (ranks[from.node] as number) + 1 + step
      const column = columnOf.get(rank)
      if (column === undefined) return []
      const size = label && rank === labelRank(ranks, to.node) ? label : { width: 0, height: 0 }
      return [newSlot({ ...size, column, node: undefined, wire: index, y })]
    })
    return [nodeSlots[from.node] as MutableSlot, ...passing, nodeSlots[to.node] as MutableSlot]
  })
  ways.forEach((way, index) => {
    linkUp(way, nodes, wires[index] as DiagramWire)
  })

  const columns: Slot[][] = [...columnOf].map(() => [])
  for (const slot of new Set<Slot>([...nodeSlots, ...ways.flat()])) columns[slot.column]?.push(slot)
  for (const slots of columns) slots.sort((a, b) => middle(a) - middle(b))
  return { columns, nodes: nodeSlots, ways }
}

/** Labels stand just before the node that the wire leads to, where dagre leaves every second rank free. */
function labelRank(ranks: readonly number[], target: number): number {
  return (ranks[target] as number) - 1
}

/** @param place with the middle as `y`, as dagre gives it */
function newSlot(place: Omit<Slot, 'toLeft' | 'toRight'>): MutableSlot {
  return { ...place, y: place.y - place.height / 2, toLeft: [], toRight: [] }
}

function linkUp(way: readonly MutableSlot[], nodes: readonly DiagramNode[], { from, to }: DiagramWire): void {
  for (let step = 1; step < way.length; step++) {
    const left = way[step - 1] as MutableSlot
    const right = way[step] as MutableSlot
    const leaves = step === 1 ? (nodes[from.node]?.outputs[from.port] as number) : left.height / 2
    const arrives = step === way.length - 1 ? (nodes[to.node]?.inputs[to.port] as number) : right.height / 2
    left.toRight.push({ slot: right, own: leaves, other: arrives })
    right.toLeft.push({ slot: left, own: arrives, other: leaves })
  }
}

function middle(slot: Slot): number {
  return slot.y + slot.height / 2
}
