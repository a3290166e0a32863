import type { Plan, PlannedComponent, PlannedSocket } from '../graph/plan.ts'
import { typeName } from '../schema/socket-type.ts'
import { findBackEdges, layersOf } from './back-edges.ts'
import { printable } from './printable.ts'
import type { ComponentRun } from './run-overlay.ts'

/** What all formats draw. Every text in it is printable: on one line, without control characters. */
export interface Picture {
  /** In the order of declaration. */
  readonly boxes: readonly Box[]
  /** In the order of declaration. */
  readonly wires: readonly Wire[]
  /** Box indexes: each after all that send to it, loops aside. */
  readonly order: readonly number[]
  /** The boxes of each loop. */
  readonly loops: readonly (readonly number[])[]
  /** The inputs that the pipeline has names of its own for. */
  readonly entrances: readonly { readonly name: string; readonly to: readonly PortPlace[] }[]
  /** The outputs that the pipeline has names of its own for. */
  readonly exits: readonly { readonly name: string; readonly from: PortPlace }[]
}

/** A port by the index of its box, and its index among the inputs or outputs of that. */
export interface PortPlace {
  readonly box: number
  readonly port: number
}

/** One component. A component that holds a pipeline is one box like the others. */
export interface Box {
  readonly index: number
  readonly name: string
  readonly type: string
  readonly inputs: readonly InputPort[]
  readonly outputs: readonly OutputPort[]
  /** 0 for what no other component sends to. */
  readonly layer: number
  /** Absent when no trace is drawn. */
  readonly run: ComponentRun | undefined
}

export interface InputPort {
  readonly name: string
  readonly type: string
  readonly gathers: 'one' | 'join' | 'variadic' | 'greedy'
  readonly optional: boolean
  /** The default value as JSON. */
  readonly fallback: string | undefined
  readonly description: string | undefined
  /** Those that end here, in the order in which their values are joined. */
  readonly wires: readonly number[]
}

export interface OutputPort {
  readonly name: string
  readonly type: string
  readonly description: string | undefined
  readonly wires: readonly number[]
}

export interface Wire {
  readonly index: number
  readonly from: PortPlace
  readonly to: PortPlace
  /** The name of the conversion that values go through. */
  readonly conversion: string | undefined
  /** It leads back to an earlier box: it closes a loop. */
  readonly back: boolean
  /** A trace is drawn, and nothing went along here. */
  readonly idle: boolean
}

/** Makes a picture of a pipeline, with what a run did with its components where that is given. Linear. */
export function makePicture(plan: Plan, runs?: readonly ComponentRun[]): Picture {
  const back = findBackEdges(plan)
  const layers = layersOf(plan, back)
  const outputPlaces = plan.components.map(
    ({ outputs }) => new Map([...outputs].map((name, port) => [name, port])),
  )
  const outputAt = (box: number, name: string): PortPlace => ({
    box,
    port: outputPlaces[box]?.get(name) as number,
  })
  const boxes = plan.components.map((component) =>
    boxOf(component, layers[component.index] as number, runs?.[component.index]),
  )
  const wires = plan.edges.map(
    (edge): Wire => ({
      index: edge.index,
      from: outputAt(edge.source.index, edge.output),
      to: inputPlace(edge.socket),
      conversion: edge.conversion?.name,
      back: back.has(edge.index),
      idle: runs !== undefined && runs[edge.source.index]?.sent.has(edge.output) !== true,
    }),
  )
  const byLayer = (a: number, b: number) => (layers[a] as number) - (layers[b] as number) || a - b
  return {
    boxes,
    wires,
    order: plan.components.map(({ index }) => index).sort(byLayer),
    loops: plan.cycles.map((cycle) => cycle.map(({ index }) => index)),
    entrances: [...plan.namedInputs].map(([name, sockets]) => ({
      name: printable(name),
      to: sockets.map(inputPlace),
    })),
    exits: plan.components.flatMap(({ index, named = [] }) =>
      named.map(({ output, name }) => ({ name: printable(name), from: outputAt(index, output) })),
    ),
  }
}

function inputPlace(socket: PlannedSocket): PortPlace {
  return { box: socket.owner.index, port: socket.owner.sockets.indexOf(socket) }
}

function boxOf(component: PlannedComponent, layer: number, run: ComponentRun | undefined): Box {
  const leaving = new Map<string, number[]>()
  for (const { output, index } of component.leaving) {
    const known = leaving.get(output)
    if (known) known.push(index)
    else leaving.set(output, [index])
  }
  return {
    index: component.index,
    name: component.name,
    type: printable(component.type),
    inputs: component.sockets.map(inputOf),
    outputs: Object.entries(component.component.outputs).map(([name, socket]) => ({
      name: printable(name),
      type: printable(typeName(socket.type)),
      description: described(socket.description),
      wires: leaving.get(name) ?? [],
    })),
    layer,
    run,
  }
}

const gatherings = { one: 'one', join: 'join', list: 'variadic', first: 'greedy' } as const

function inputOf({ name, socket, gathers, edges }: PlannedSocket): InputPort {
  return {
    name: printable(name),
    type: printable(typeName(socket.type)),
    gathers: gatherings[gathers],
    optional: socket.optional,
    fallback: socket.default === undefined ? undefined : printable(jsonOf(socket.default)),
    description: described(socket.description),
    wires: edges.map(({ index }) => index),
  }
}

function described(description: string | undefined): string | undefined {
  return description === undefined ? undefined : printable(description)
}

/** A default is any value: a custom type's may hold itself. */
function jsonOf(value: unknown): string {
  try {
    return JSON.stringify(value) ?? `(${typeof value})`
  } catch {
    return '(not JSON)'
  }
}
