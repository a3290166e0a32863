import type { Socket } from '@millrace/core'
import {
  onOneLine,
  type Plan,
  type PlannedComponent,
  type PlannedSocket,
  typeName,
  typeOf,
} from '@millrace/core/component'
import { findBackEdges, layersOf } from './back-edges.ts'
import type { ComponentRun } from './run-overlay.ts'

/** What all formats draw. Every text in it stands on one line and has no control characters. */
export interface Picture {
  /** In the order of declaration. */
  readonly boxes: readonly Box[]
  /** In the order of declaration. */
  readonly wires: readonly Wire[]
  /** Each box after all that send to it; connections that close a loop do not count. */
  readonly order: readonly Box[]
  /** The boxes of each loop. */
  readonly loops: readonly (readonly Box[])[]
  /** The names that the pipeline gives to inputs. */
  readonly inputs: readonly { readonly name: string; readonly to: readonly InputPort[] }[]
  /** The names that the pipeline gives to outputs. */
  readonly outputs: readonly { readonly name: string; readonly from: OutputPort }[]
}

/** One component. A component that holds a pipeline is one box like the others. */
export interface Box {
  /** Its number in the order of declaration. */
  readonly index: number
  readonly name: string
  readonly type: string
  /** The components in its parameters: where it has them, and their types. */
  readonly holds: readonly { readonly name: string; readonly type: string }[]
  readonly inputs: readonly InputPort[]
  readonly outputs: readonly OutputPort[]
  /** 0 for what no other component sends to. */
  readonly layer: number
  /** Absent when no trace is drawn. */
  readonly run: ComponentRun | undefined
}

interface Port {
  readonly box: Box
  /** Its number among the inputs or the outputs of its box. */
  readonly index: number
  readonly name: string
  readonly type: string
  readonly description: string | undefined
  /** In the order of declaration, in which several values are joined. */
  readonly wires: Wire[]
  /** The names that the pipeline gives to it. */
  readonly publicNames: string[]
}

export interface InputPort extends Port {
  readonly receives: 'one' | 'variadic' | 'greedy'
  readonly gathers: PlannedSocket['gathers']
  readonly optional: boolean
  /** The default value as JSON. */
  readonly fallback: string | undefined
}

export type OutputPort = Port

export interface Wire {
  readonly from: OutputPort
  readonly to: InputPort
  /** The name of the conversion that values go through. */
  readonly conversion: string | undefined
  /** It leads back to an earlier box: it closes a loop. */
  readonly back: boolean
  /** A trace is drawn, and nothing went along here. */
  readonly idle: boolean
}

/** Makes a picture of a pipeline, with what a run did with its components where that is given. Linear. */
export function makePicture(plan: Plan, runs?: ReadonlyMap<PlannedComponent, ComponentRun>): Picture {
  const back = findBackEdges(plan)
  const layers = layersOf(plan, back)
  const ports: Ports = { inputs: new Map(), outputs: new Map() }
  const boxOf = new Map(
    plan.components.map((component) => [
      component,
      makeBox(component, layers.get(component) ?? 0, runs?.get(component), ports),
    ]),
  )
  const boxes = [...boxOf.values()]
  const wires = plan.edges.map((edge) => {
    const wire: Wire = {
      from: ports.outputs.get(edge.from) as OutputPort,
      to: ports.inputs.get(edge.to) as InputPort,
      conversion: edge.conversion?.name,
      back: back.has(edge),
      idle: runs !== undefined && runs.get(edge.source)?.sent.has(edge.output) !== true,
    }
    wire.from.wires.push(wire)
    wire.to.wires.push(wire)
    return wire
  })
  return {
    boxes,
    wires,
    order: boxes.toSorted((a, b) => a.layer - b.layer || a.index - b.index),
    loops: plan.cycles.map((cycle) => cycle.map((component) => boxOf.get(component) as Box)),
    inputs: [...plan.namedInputs].map(([name, sockets]) => ({
      name: onOneLine(name),
      to: sockets.map(({ path }) => withName(ports.inputs.get(path) as InputPort, name)),
    })),
    outputs: plan.components.flatMap((component) =>
      (component.named ?? []).map(({ output, name }) => ({
        name: onOneLine(name),
        from: withName(ports.outputs.get(`${component.name}.${output}`) as OutputPort, name),
      })),
    ),
  }
}

/** By the paths of the sockets, such as `llm.replies`. */
interface Ports {
  readonly inputs: Map<string, InputPort>
  readonly outputs: Map<string, OutputPort>
}

function withName<P extends Port>(port: P, name: string): P {
  port.publicNames.push(onOneLine(name))
  return port
}

function makeBox(
  { index, name, type, component, sockets, held }: PlannedComponent,
  layer: number,
  run: ComponentRun | undefined,
  ports: Ports,
): Box {
  const inputs: InputPort[] = []
  const outputs: OutputPort[] = []
  const holds = held.components.map((one) => ({
    name: onOneLine(one.name),
    type: onOneLine(typeOf(one.component)),
  }))
  const box: Box = { index, name, type: onOneLine(type), holds, inputs, outputs, layer, run }
  for (const { name: socketName, path, socket, gathers } of sockets) {
    const { receives, optional } = socket
    const fallback = socket.default === undefined ? undefined : onOneLine(jsonOf(socket.default))
    const port = {
      ...makePort(box, inputs.length, socketName, socket),
      receives,
      gathers,
      optional,
      fallback,
    }
    inputs.push(port)
    ports.inputs.set(path, port)
  }
  for (const [socketName, socket] of Object.entries(component.outputs)) {
    const port = makePort(box, outputs.length, socketName, socket)
    outputs.push(port)
    ports.outputs.set(`${name}.${socketName}`, port)
  }
  return box
}

/** The type of a box with those of what it holds: `FallbackChatGenerator (LlamaCppChatGenerator, OpenAIChatGenerator)`. */
export function wholeType({ type, holds }: Box): string {
  return holds.length === 0 ? type : `${type} (${holds.map((one) => one.type).join(', ')})`
}

function makePort(box: Box, index: number, name: string, { type, description }: Socket): Port {
  return {
    box,
    index,
    name: onOneLine(name),
    type: onOneLine(typeName(type)),
    description: description === undefined ? undefined : onOneLine(description),
    wires: [],
    publicNames: [],
  }
}

/** A default is any value: a custom type's may contain itself. */
function jsonOf(value: unknown): string {
  try {
    return JSON.stringify(value) ?? `(${typeof value})`
  } catch {
    return '(not JSON)'
  }
}
