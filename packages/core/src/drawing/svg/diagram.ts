/** A rectangle to place, with the heights of its ports measured from its top. */
export interface DiagramNode {
  readonly width: number
  readonly height: number
  readonly inputs: readonly number[]
  readonly outputs: readonly number[]
}

export interface DiagramPort {
  readonly node: number
  readonly port: number
}

/** A link from an output port, on the right of its node, to an input port, on the left of its. */
export interface DiagramWire {
  readonly from: DiagramPort
  readonly to: DiagramPort
  /** It closes a loop: it is drawn from right to left. Without such wires a diagram has no cycle. */
  readonly back: boolean
  readonly label: { readonly width: number; readonly height: number } | undefined
}

/** All lengths in pixels. */
export interface Diagram {
  readonly nodes: readonly DiagramNode[]
  readonly wires: readonly DiagramWire[]
}

export interface Point {
  readonly x: number
  readonly y: number
}

/** Where everything is; x and y from 0. */
export interface Layout {
  readonly width: number
  readonly height: number
  /** The upper left corner of each node. */
  readonly nodes: readonly Point[]
  readonly wires: readonly {
    /** The `d` of an SVG path, from the output port to the input port. */
    readonly path: string
    /** The middle of the label, where there is one. */
    readonly label: Point | undefined
  }[]
}

/** How far below the top of its node a port is. */
export function portHeight(
  { nodes }: Diagram,
  side: 'inputs' | 'outputs',
  { node, port }: DiagramPort,
): number {
  return nodes[node]?.[side][port] as number
}
