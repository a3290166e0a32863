import { Graph as Graphlib } from '@dagrejs/graphlib'
import type { Component } from '../component/component.ts'
import type { Conversion } from '../component/conversion.ts'
import type { HeldParts } from '../component/holding/held.ts'
import type { SocketPath } from './path.ts'
import type { ComponentPolicy } from './policy.ts'

/** A directed link from an output socket to an input socket. */
export interface Connection {
  readonly sender: SocketPath
  readonly receiver: SocketPath
  /** Present when the types do not fit as they are. */
  readonly conversion?: Conversion
}

export interface GraphNode {
  readonly name: string
  readonly component: Component
  readonly policy: ComponentPolicy
  /** What its parameters held when it was added. */
  readonly held: HeldParts
}

/**
 * The components of one pipeline and the connections between their sockets, both in the order of declaration.
 * Knows names and ends, no types: what may be connected is decided before it gets here.
 */
export class Graph {
  readonly #graph = new Graphlib<undefined, GraphNode, Connection>({ directed: true, multigraph: true })

  add(node: GraphNode): void {
    this.#graph.setNode(idOf(node.name), node)
  }

  /** Removes a component with all its connections. */
  remove(name: string): void {
    this.#graph.removeNode(idOf(name))
  }

  node(name: string): GraphNode | undefined {
    return this.#graph.node(idOf(name)) as GraphNode | undefined
  }

  nodes(): GraphNode[] {
    return this.#graph.nodes().map((id) => this.#graph.node(id) as GraphNode)
  }

  names(): string[] {
    return this.#graph.nodes().map((id) => id.slice(1))
  }

  connect(connection: Connection): void {
    const { sender, receiver } = connection
    this.#graph.setEdge(
      idOf(sender.component),
      idOf(receiver.component),
      connection,
      edgeName(sender, receiver),
    )
  }

  has(sender: SocketPath, receiver: SocketPath): boolean {
    return this.#graph.hasEdge(idOf(sender.component), idOf(receiver.component), edgeName(sender, receiver))
  }

  connections(): Connection[] {
    return this.#graph.edges().map((edge) => this.#graph.edge(edge) as Connection)
  }

  /** The connections that end in this socket. */
  into(receiver: SocketPath): Connection[] {
    return (this.#graph.inEdges(idOf(receiver.component)) ?? [])
      .map((edge) => this.#graph.edge(edge) as Connection)
      .filter((connection) => connection.receiver.socket === receiver.socket)
  }
}

/**
 * graphlib keeps its nodes in plain objects: without a prefix, a component called `constructor` would exist in an
 * empty graph.
 */
function idOf(name: string): string {
  return `:${name}`
}

function edgeName(sender: SocketPath, receiver: SocketPath): string {
  return `${sender.socket}\u0000${receiver.socket}`
}
