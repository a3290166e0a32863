import { alg, Graph } from '@dagrejs/graphlib'
import type { Point } from '../xml.ts'

interface Size {
  readonly width: number
  readonly height: number
}

/** A rectangle to place. */
export type DiagramNode = Size

/** An end of a wire, measured from the top of its node. */
export interface DiagramPort {
  readonly node: DiagramNode
  readonly y: number
}

/** A link from an output port, on the right of its node, to an input port, on the left of its. */
export interface DiagramWire {
  readonly from: DiagramPort
  readonly to: DiagramPort
  /** It closes a loop: it is drawn from right to left. Without such wires a diagram has no cycle. */
  readonly back: boolean
  readonly label: Size | undefined
}

/** All lengths in pixels. */
export interface Diagram<Node = DiagramNode, Wire = DiagramWire> {
  readonly nodes: readonly Node[]
  readonly wires: readonly Wire[]
}

/** Where everything is; x and y from 0. */
export interface Layout extends Size {
  /** The upper left corner of each node. */
  readonly corners: ReadonlyMap<DiagramNode, Point>
  readonly routes: ReadonlyMap<DiagramWire, Route>
}

export interface Route {
  /** The `d` of an SVG path, from the output port to the input port. */
  readonly path: string
  /** The middle of the label, where there is one. */
  readonly label: Point | undefined
}

/** Divides a diagram into the parts that no wire connects, in the order of their first nodes. */
export function groupsOf<Node extends DiagramNode, Wire extends DiagramWire>({
  nodes,
  wires,
}: Diagram<Node, Wire>): Diagram<Node, Wire>[] {
  const ids = new Map<DiagramNode, string>(nodes.map((node, index) => [node, `${index}`]))
  const idOf = (node: DiagramNode) => ids.get(node) ?? ''
  const graph = new Graph({ directed: false })
  for (const id of ids.values()) graph.setNode(id)
  for (const { from, to } of wires) graph.setEdge(idOf(from.node), idOf(to.node))
  return alg.components(graph).map((members) => {
    const inside = new Set(members)
    return {
      nodes: nodes.filter((node) => inside.has(idOf(node))),
      wires: wires.filter(({ from }) => inside.has(idOf(from.node))),
    }
  })
}

/** How much wider than high the whole is to be. */
const PROPORTION = 1.8

/** Places rectangles on shelves, in their order, within about the proportions of a screen. */
export function packShelves(sizes: readonly Size[], gap: number): Size & { readonly corners: Point[] } {
  const area = sizes.reduce((sum, { width, height }) => sum + (width + gap) * (height + gap), 0)
  const limit = Math.max(Math.sqrt(area * PROPORTION), ...sizes.map(({ width }) => width))
  const corners: Point[] = []
  let [x, y, shelf, widest] = [0, 0, 0, 0]
  for (const { width, height } of sizes) {
    if (x > 0 && x + width > limit) {
      x = 0
      y += shelf + gap
      shelf = 0
    }
    corners.push({ x, y })
    widest = Math.max(widest, x + width)
    x += width + gap
    shelf = Math.max(shelf, height)
  }
  return { corners, width: widest, height: y + shelf }
}
