import type { Component } from '../component/component.ts'
import { typeOf } from '../component/component.ts'
import type { Socket } from '../schema/socket.ts'
import { takesMany } from './connect.ts'
import type { Connection, Graph } from './graph.ts'
import type { ResolvedNames } from './names.ts'
import { topologicalRanks } from './order.ts'
import type { ComponentPolicy } from './policy.ts'

/** One input socket, numbered over the whole pipeline. */
export interface PlannedSocket {
  readonly index: number
  readonly owner: number
  readonly name: string
  readonly socket: Socket
  /** `list`: variadic; `first`: greedy; `join`: an array that several may send to; `one`: a single value. */
  readonly gathers: 'one' | 'join' | 'list' | 'first'
  readonly mandatory: boolean
  /** The socket is called like a property that every object has. */
  readonly inheritedName: boolean
  /** The connections that end here, in the order of their declaration. */
  readonly edges: readonly number[]
}

/** One connection, numbered over the whole pipeline in the order of declaration. */
export interface PlannedEdge {
  readonly index: number
  readonly source: number
  readonly output: string
  /** The output is called like a property that every object has: only an own property is a value. */
  readonly inheritedName: boolean
  readonly target: number
  readonly socket: number
  readonly convert: ((value: unknown) => unknown) | undefined
  readonly connection: Connection
}

/** The output that a connection starts at, as in `prompt.prompt`. */
export function senderOf({ connection: { sender } }: PlannedEdge): string {
  return `${sender.component}.${sender.socket}`
}

/** The input that a connection ends in, as in `llm.messages`. */
export function receiverOf({ connection: { receiver } }: PlannedEdge): string {
  return `${receiver.component}.${receiver.socket}`
}

export interface PlannedComponent {
  readonly index: number
  readonly name: string
  readonly type: string
  readonly component: Component
  readonly policy: ComponentPolicy
  readonly identity: { readonly name: string; readonly type: string }
  readonly sockets: readonly PlannedSocket[]
  readonly greedy: boolean
  /** Connections that end at this component. */
  readonly arriving: number
  readonly leaving: readonly PlannedEdge[]
  /** The components that `leaving` leads to, each once, in topological order. */
  readonly receivers: readonly number[]
  /** Whether any connection that leaves converts its values. */
  readonly converts: boolean
  readonly outputs: ReadonlySet<string>
  /** Outputs that a connection consumes. The others go to the result. */
  readonly consumed: ReadonlySet<string>
  /** Outputs for which the pipeline has a name of its own, or undefined when there are none. */
  readonly named: readonly { readonly output: string; readonly name: string }[] | undefined
  /** Where the component stands in `Plan.order`. */
  readonly place: number
}

/** A pipeline compiled for running: what a run looks up is here by number, so that its loop searches nothing. */
export interface Plan {
  readonly components: readonly PlannedComponent[]
  readonly byName: ReadonlyMap<string, PlannedComponent>
  readonly edges: readonly PlannedEdge[]
  readonly sockets: readonly PlannedSocket[]
  /** The sockets behind the input names that the pipeline gives itself. */
  readonly namedInputs: ReadonlyMap<string, readonly PlannedSocket[]>
  /** Component indexes, topologically; those of one cycle side by side in the order of declaration. */
  readonly order: readonly number[]
  /** The components of each cycle. */
  readonly cycles: readonly (readonly number[])[]
  /** Whether any component has something to load. */
  readonly warms: boolean
}

/** Compiles a graph. Linear in components, sockets and connections. */
export function compilePlan(graph: Graph, names: ResolvedNames): Plan {
  const nodes = graph.nodes()
  const indexes = new Map(nodes.map((node, index) => [node.name, index]))
  const connections = graph.connections()

  const successors: number[][] = nodes.map(() => [])
  const ending: Map<string, number[]>[] = nodes.map(() => new Map())
  connections.forEach(({ sender, receiver }, edge) => {
    const source = indexes.get(sender.component) as number
    const target = indexes.get(receiver.component) as number
    ;(successors[source] as number[]).push(target)
    const perSocket = ending[target] as Map<string, number[]>
    const list = perSocket.get(receiver.socket)
    if (list) list.push(edge)
    else perSocket.set(receiver.socket, [edge])
  })
  const { ranks, cycles } = topologicalRanks(successors)

  const sockets: PlannedSocket[] = []
  const socketIndex: Map<string, number>[] = nodes.map(() => new Map())
  const owned = nodes.map(({ component }, owner) =>
    Object.entries(component.inputs).map(([name, socket]): PlannedSocket => {
      const planned: PlannedSocket = {
        index: sockets.length,
        owner,
        name,
        socket,
        gathers: gathers(socket),
        mandatory: !socket.optional,
        inheritedName: name in Object.prototype,
        edges: ending[owner]?.get(name) ?? [],
      }
      sockets.push(planned)
      socketIndex[owner]?.set(name, planned.index)
      return planned
    }),
  )

  const leaving: PlannedEdge[][] = nodes.map(() => [])
  const edges = connections.map((connection, index): PlannedEdge => {
    const source = indexes.get(connection.sender.component) as number
    const target = indexes.get(connection.receiver.component) as number
    const edge: PlannedEdge = {
      index,
      source,
      output: connection.sender.socket,
      inheritedName: connection.sender.socket in Object.prototype,
      target,
      socket: socketIndex[target]?.get(connection.receiver.socket) as number,
      convert: connection.conversion?.convert,
      connection,
    }
    leaving[source]?.push(edge)
    return edge
  })

  const named = new Map<string, { output: string; name: string }[]>()
  for (const [publicName, { component, socket }] of names.outputs) {
    named.set(component, [...(named.get(component) ?? []), { output: socket, name: publicName }])
  }

  const order = nodes
    .map((_, index) => index)
    .sort((a, b) => (ranks[a] as number) - (ranks[b] as number) || a - b)
  const places: number[] = []
  for (const [place, index] of order.entries()) places[index] = place
  const byPlace = (a: number, b: number) => (places[a] as number) - (places[b] as number)
  const components = nodes.map(({ name, component, policy }, index): PlannedComponent => {
    const type = typeOf(component)
    const own = owned[index] as PlannedSocket[]
    const out = leaving[index] as PlannedEdge[]
    return {
      index,
      name,
      type,
      component,
      policy,
      identity: { name, type },
      sockets: own,
      greedy: own.some((socket) => socket.gathers === 'first'),
      arriving: own.reduce((sum, socket) => sum + socket.edges.length, 0),
      leaving: out,
      receivers: [...new Set(out.map((edge) => edge.target))].sort(byPlace),
      converts: out.some((edge) => edge.convert !== undefined),
      outputs: new Set(Object.keys(component.outputs)),
      consumed: new Set(out.map((edge) => edge.output)),
      named: named.get(name),
      place: places[index] as number,
    }
  })
  return {
    components,
    byName: new Map(components.map((planned) => [planned.name, planned])),
    edges,
    sockets,
    namedInputs: new Map(
      [...names.inputs].map(([publicName, paths]) => [
        publicName,
        paths.map((path) => {
          const owner = indexes.get(path.component) as number
          return sockets[socketIndex[owner]?.get(path.socket) as number] as PlannedSocket
        }),
      ]),
    ),
    order,
    cycles,
    warms: nodes.some(({ component }) => component.warmUp !== undefined),
  }
}

function gathers(socket: Socket): PlannedSocket['gathers'] {
  if (socket.receives === 'variadic') return 'list'
  if (socket.receives === 'greedy') return 'first'
  return takesMany(socket) ? 'join' : 'one'
}
