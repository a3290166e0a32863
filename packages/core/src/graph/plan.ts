import type { Component } from '../component/component.ts'
import { typeOf } from '../component/component.ts'
import type { Conversion } from '../component/conversion.ts'
import type { HeldParts } from '../component/holding/held.ts'
import type { Tool } from '../component/tool.ts'
import type { Toolset } from '../component/toolset.ts'
import { OptionError } from '../errors.ts'
import type { Socket } from '../schema/socket.ts'
import { takesMany } from './connect.ts'
import type { Graph } from './graph.ts'
import type { ResolvedNames } from './names.ts'
import { topologicalOrder } from './order.ts'
import { pathText } from './path.ts'
import type { ComponentPolicy } from './policy.ts'

/** One input socket of a component. */
export interface PlannedSocket {
  /** Its number among all sockets of the plan. */
  readonly index: number
  readonly owner: PlannedComponent
  readonly name: string
  /** `component.socket`. */
  readonly path: string
  readonly socket: Socket
  /**
   * What becomes of several values: `list` for a variadic socket; `first` for a greedy one, which takes one at a time;
   * `join` for an array that several may send to; `one`: a single value, from one sender or the caller.
   */
  readonly gathers: 'one' | 'join' | 'list' | 'first'
  readonly mandatory: boolean
  /** The connections that end here, in the order of their declaration. */
  readonly edges: readonly PlannedEdge[]
}

/** One connection. */
export interface PlannedEdge {
  /** Its number in the order of declaration. */
  readonly index: number
  readonly source: PlannedComponent
  readonly output: string
  readonly target: PlannedComponent
  readonly socket: PlannedSocket
  /** The output that it starts at, as in `prompt.prompt`. */
  readonly from: string
  /** The input that it ends in, as in `llm.messages`. */
  readonly to: string
  /** Present when the types do not fit as they are. */
  readonly conversion: Conversion | undefined
}

export interface PlannedComponent {
  /** Its number in the order of declaration. */
  readonly index: number
  readonly name: string
  readonly type: string
  readonly component: Component
  readonly policy: ComponentPolicy
  /** The components, tools and resources in its parameters. */
  readonly held: HeldParts
  /** What its context says of it; one object for all visits. */
  readonly identity: { readonly name: string; readonly type: string }
  readonly sockets: readonly PlannedSocket[]
  /** Whether a socket of it is greedy. */
  readonly greedy: boolean
  /** How many connections end at this component. */
  readonly arriving: number
  readonly leaving: readonly PlannedEdge[]
  /** The components that `leaving` leads to, each once, in the order of the plan. */
  readonly receivers: readonly PlannedComponent[]
  /** Whether any connection that leaves converts its values. */
  readonly converts: boolean
  readonly outputs: ReadonlySet<string>
  /** The same with their sockets. */
  readonly outputSockets: readonly (readonly [name: string, socket: Socket])[]
  /** Outputs that a connection consumes. The others go to the result. */
  readonly consumed: ReadonlySet<string>
  /** Outputs that the pipeline names, or undefined when there are none. */
  readonly named: readonly { readonly output: string; readonly name: string }[] | undefined
  /** Where the component stands in `Plan.order`. */
  readonly place: number
}

/** A pipeline compiled for running: a run follows references and searches nothing. */
export interface Plan {
  /** In the order of declaration. */
  readonly components: readonly PlannedComponent[]
  readonly byName: ReadonlyMap<string, PlannedComponent>
  readonly edges: readonly PlannedEdge[]
  readonly sockets: readonly PlannedSocket[]
  readonly byPath: ReadonlyMap<string, PlannedSocket>
  /** The sockets that a caller must give a value for: mandatory, and nobody sends to them. */
  readonly required: readonly PlannedSocket[]
  /** The sockets behind the names that the pipeline gives to inputs. */
  readonly namedInputs: ReadonlyMap<string, readonly PlannedSocket[]>
  /** Topologically; the components of one cycle stand side by side in the order of declaration. */
  readonly order: readonly PlannedComponent[]
  /** The components of each cycle. */
  readonly cycles: readonly (readonly PlannedComponent[])[]
  /** Whether any component has something to load. */
  readonly hasWarmUp: boolean
  /** The tools and toolsets in the parameters of the components, each once. */
  readonly tools: readonly (Tool | Toolset)[]
}

/** A component while its connections are added. */
interface ComponentDraft extends PlannedComponent {
  readonly sockets: readonly SocketDraft[]
  arriving: number
  readonly leaving: EdgeDraft[]
  receivers: readonly PlannedComponent[]
  converts: boolean
  readonly consumed: Set<string>
  place: number
}

interface SocketDraft extends PlannedSocket {
  readonly edges: PlannedEdge[]
}

interface EdgeDraft extends PlannedEdge {
  readonly target: ComponentDraft
}

/** Compiles a graph. Linear in components, sockets and connections, but for the sorting. */
export function compilePlan(graph: Graph, names: ResolvedNames): Plan {
  const components = draftComponents(graph, names)
  const byName = new Map(components.map((component) => [component.name, component]))
  const sockets = components.flatMap((component) => component.sockets)
  const byPath = new Map(sockets.map((socket) => [socket.path, socket]))
  const edges = addEdges(graph, byName, byPath)
  const { order, cycles } = topologicalOrder(components, ({ leaving }) => leaving.map(({ target }) => target))
  for (const [place, component] of order.entries()) component.place = place
  for (const component of components) {
    const receivers = new Set(component.leaving.map(({ target }) => target))
    component.receivers = [...receivers].sort((a, b) => a.place - b.place)
  }
  return {
    components,
    byName,
    edges,
    sockets,
    byPath,
    required: sockets.filter(({ mandatory, edges: senders }) => mandatory && senders.length === 0),
    namedInputs: new Map(
      [...names.inputs].map(([name, paths]) => [
        name,
        paths.flatMap((path) => byPath.get(pathText(path)) ?? []),
      ]),
    ),
    order,
    cycles,
    hasWarmUp: components.some(({ component, held }) =>
      [
        component,
        ...held.resources,
        ...held.tools.map(({ tool }) => tool),
        ...held.components.map((one) => one.component),
      ].some((part) => part.warmUp !== undefined),
    ),
    tools: [...new Set(components.flatMap(({ held }) => held.tools.map(({ tool }) => tool)))],
  }
}

function draftComponents(graph: Graph, { outputs }: ResolvedNames): ComponentDraft[] {
  const named = new Map<string, { readonly output: string; readonly name: string }[]>()
  for (const [name, { component, socket }] of outputs) {
    named.set(component, [...(named.get(component) ?? []), { output: socket, name }])
  }
  let count = 0
  return graph.nodes().map(({ name, component, policy, held }, index) => {
    const type = typeOf(component)
    const sockets: SocketDraft[] = []
    const draft: ComponentDraft = {
      index,
      name,
      type,
      component,
      policy,
      held,
      identity: { name, type },
      sockets,
      greedy: Object.values(component.inputs).some(({ receives }) => receives === 'greedy'),
      arriving: 0,
      leaving: [],
      receivers: [],
      converts: false,
      outputs: new Set(Object.keys(component.outputs)),
      outputSockets: Object.entries(component.outputs),
      consumed: new Set(),
      named: named.get(name),
      place: 0,
    }
    for (const [socketName, socket] of Object.entries(component.inputs)) {
      sockets.push({
        index: count++,
        owner: draft,
        name: socketName,
        path: `${name}.${socketName}`,
        socket,
        gathers: gathers(socket),
        mandatory: !socket.optional,
        edges: [],
      })
    }
    return draft
  })
}

function addEdges(
  graph: Graph,
  byName: ReadonlyMap<string, ComponentDraft>,
  byPath: ReadonlyMap<string, SocketDraft>,
): PlannedEdge[] {
  const edges: PlannedEdge[] = []
  for (const { sender, receiver, conversion } of graph.connections()) {
    const source = byName.get(sender.component)
    const target = byName.get(receiver.component)
    const socket = byPath.get(pathText(receiver))
    // They are there: a component leaves the graph with its connections.
    if (source === undefined || target === undefined || socket === undefined) continue
    const edge: EdgeDraft = {
      index: edges.length,
      source,
      output: sender.socket,
      target,
      socket,
      from: pathText(sender),
      to: socket.path,
      conversion,
    }
    edges.push(edge)
    socket.edges.push(edge)
    source.leaving.push(edge)
    source.consumed.add(edge.output)
    source.converts ||= conversion !== undefined
    target.arriving++
  }
  return edges
}

function gathers(socket: Socket): PlannedSocket['gathers'] {
  if (socket.receives === 'variadic') return 'list'
  if (socket.receives === 'greedy') return 'first'
  return takesMany(socket) ? 'join' : 'one'
}

/** Whether a caller may give a value: nobody sends to it, or it takes several values. */
export function isOpen({ edges, gathers }: PlannedSocket): boolean {
  return edges.length === 0 || gathers !== 'one'
}

/** Whether the sender gives this output each time it runs. */
export function isAlwaysGiven({ source, output }: PlannedEdge): boolean {
  return source.component.outputs[output]?.optional === false
}

/** Not a method of `Pipeline`, whose users need no plan; not a private field, so that two copies of this package can meet. */
const key = Symbol.for('millrace.plan')

/** Makes the plan of a pipeline known to `planOf`. `compile` is called each time: a pipeline may change. */
export function providePlan(pipeline: object, compile: () => Plan): void {
  Object.defineProperty(pipeline, key, { value: compile })
}

/**
 * The graph of a pipeline in the form that runs, for packages that draw it or explain it.
 *
 * @throws OptionError `PIPELINE_INVALID_OPTION` for what is not a pipeline
 * @throws DefinitionError when the pipeline names inputs or outputs that do not exist
 */
export function planOf(pipeline: object): Plan {
  const { [key]: compile } = Object(pipeline) as { readonly [key]?: () => Plan }
  if (compile !== undefined) return compile()
  throw new OptionError(
    'PIPELINE_INVALID_OPTION',
    'This is not a pipeline: give one that new Pipeline or loadPipeline made.',
  )
}
