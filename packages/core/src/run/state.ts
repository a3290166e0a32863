import type { Plan, PlannedComponent, PlannedEdge, PlannedSocket } from '../graph/plan.ts'

/** What a stopped run still had to use. */
export interface Waiting {
  readonly inputs: readonly { readonly socket: PlannedSocket; readonly value: unknown }[]
  /** No values: the sender ran and gave nothing. */
  readonly arrived: readonly { readonly edge: PlannedEdge; readonly values: readonly unknown[] }[]
}

export type Readiness = 'blocked' | 'ready' | 'eager' | 'deferred'

interface ComponentState {
  /** How often it has been started. */
  visits: number
  /** Over how many of its connections nothing came since it last ran. */
  awaited: number
  /** Over how many of its connections a value came that it has not taken. */
  triggers: number
  /** The caller gave it an input. */
  hasInput: boolean
}

interface SocketState {
  /** The caller's value. */
  input: unknown
  /** How many of its connections have a value, plus one for the caller's. */
  filled: number
}

const NO_VALUES: unknown[] = []
const NO_EDGES: readonly PlannedEdge[] = []

/**
 * What has arrived where, in one run, and who can run because of it. Each step of a run costs as much as it touches:
 * counters are kept beside the values, and records are made when something happens to what they are of.
 */
export class RunState {
  readonly #plan: Plan
  readonly #components: (ComponentState | undefined)[]
  readonly #sockets: (SocketState | undefined)[]
  /** By connection, what came since the receiver last ran: no values where the sender ran and gave none. */
  readonly #arrived: (unknown[] | undefined)[]

  constructor(plan: Plan) {
    this.#plan = plan
    this.#components = new Array(plan.components.length)
    this.#sockets = new Array(plan.sockets.length)
    this.#arrived = new Array(plan.edges.length)
  }

  #of({ index, arriving }: PlannedComponent): ComponentState {
    this.#components[index] ??= { visits: 0, awaited: arriving, triggers: 0, hasInput: false }
    return this.#components[index]
  }

  #at({ index }: PlannedSocket): SocketState {
    this.#sockets[index] ??= { input: undefined, filled: 0 }
    return this.#sockets[index]
  }

  /** What is waiting in the sockets, to be given to `restore` later. */
  waiting(): Waiting {
    return {
      inputs: this.#plan.sockets.flatMap((socket) => {
        const value = this.#input(socket)
        return value === undefined ? [] : [{ socket, value }]
      }),
      arrived: this.#plan.edges.flatMap((edge) => {
        const values = this.#arrived[edge.index]
        return values === undefined ? [] : [{ edge, values }]
      }),
    }
  }

  /** Puts back what `waiting` gave, and the visits of each component, into a state that nothing has happened to. */
  restore({ inputs, arrived }: Waiting, visits: (component: PlannedComponent) => number): void {
    for (const component of this.#plan.components) this.#of(component).visits = visits(component)
    for (const { socket, value } of inputs) this.giveInput(socket, value)
    for (const { edge, values } of arrived) {
      if (values.length === 0) this.sendNothing(edge)
      for (const value of values) this.send(edge, value)
    }
  }

  /** A value of the caller's. */
  giveInput(socket: PlannedSocket, value: unknown): void {
    const state = this.#at(socket)
    state.input = value
    state.filled++
    this.#of(socket.owner).hasInput = true
  }

  /** A sender gave a value. Of two that meet, a socket for one value has the newer, the others keep both. */
  send(edge: PlannedEdge, value: unknown): void {
    const { target, socket } = edge
    const before = this.#arrived[edge.index]
    if (before !== undefined && before.length > 0) {
      if (socket.gathers === 'one') before[0] = value
      else before.push(value)
      return
    }
    const state = this.#of(target)
    if (before === undefined) state.awaited--
    state.triggers++
    this.#at(socket).filled++
    this.#arrived[edge.index] = [value]
  }

  /** A sender ran and gave nothing here. A value that is still waiting stays. */
  sendNothing(edge: PlannedEdge): void {
    if (this.#arrived[edge.index] !== undefined) return
    this.#arrived[edge.index] = NO_VALUES
    this.#of(edge.target).awaited--
  }

  visits(component: PlannedComponent): number {
    return this.#of(component).visits
  }

  /** Whether the component has a value from a sender that it did not run with, or a caller's and never ran. */
  hasUnread(component: PlannedComponent): boolean {
    const { triggers, visits, hasInput } = this.#of(component)
    return triggers > 0 || (visits === 0 && hasInput)
  }

  /** Whether this sender has run since the receiver last did, with or without a value. */
  hasArrived({ index }: PlannedEdge): boolean {
    return this.#arrived[index] !== undefined
  }

  isFilled(socket: PlannedSocket): boolean {
    return this.#at(socket).filled > 0
  }

  /** Whether the component can run, and whether it may at once: the rules of docs/running.md. */
  readiness(component: PlannedComponent): Readiness {
    if (!this.hasMandatory(component) || !this.isTriggered(component)) return 'blocked'
    if (component.greedy && this.isEager(component)) return 'eager'
    return this.awaitsSender(component) ? 'deferred' : 'ready'
  }

  /** Every input that must have a value has one. */
  hasMandatory({ sockets }: PlannedComponent): boolean {
    for (const socket of sockets) if (socket.mandatory && !this.isFilled(socket)) return false
    return true
  }

  /** A value came from another component; before the first visit also: the caller's, or it has no senders. */
  isTriggered(component: PlannedComponent): boolean {
    const { triggers, visits, hasInput } = this.#of(component)
    return triggers > 0 || (visits === 0 && (hasInput || component.arriving === 0))
  }

  /** Some component that sends to it has not run since it last ran itself. */
  awaitsSender(component: PlannedComponent): boolean {
    return this.#of(component).awaited > 0
  }

  /** A greedy input has a value, and so has every other one that is mandatory or connected. */
  isEager({ sockets }: PlannedComponent): boolean {
    return (
      sockets.some((socket) => socket.gathers === 'first' && this.isFilled(socket)) &&
      sockets.every(
        (socket) =>
          socket.gathers === 'first' ||
          this.isFilled(socket) ||
          !(socket.mandatory || socket.edges.length > 0),
      )
    )
  }

  /** The connections over which a value has come that the next visit takes. */
  triggersOf(component: PlannedComponent): readonly PlannedEdge[] {
    if (this.#of(component).triggers === 0) return NO_EDGES
    const triggers: PlannedEdge[] = []
    for (const socket of component.sockets) {
      const { edges, gathers } = socket
      if (gathers === 'first' && this.#input(socket) !== undefined) continue
      for (const edge of edges) {
        if (!this.#hasValue(edge)) continue
        triggers.push(edge)
        if (gathers === 'first') break
      }
    }
    return triggers
  }

  /**
   * Takes the inputs of the next visit. The senders' values and marks are used up; the caller's stay for later
   * visits. A greedy socket gives one value, the caller's too, and keeps the others: each makes a visit of its own.
   */
  take(component: PlannedComponent): Record<string, unknown> {
    this.#of(component).visits++
    const inputs: Record<string, unknown> = {}
    for (const socket of component.sockets) {
      const taken = this.#take(socket)
      const value = taken === undefined ? socket.socket.default : taken
      if (value !== undefined) inputs[socket.name] = value
    }
    return inputs
  }

  #take(socket: PlannedSocket): unknown {
    switch (socket.gathers) {
      case 'one': {
        const edge = socket.edges[0]
        return edge === undefined ? this.#input(socket) : this.#takeFrom(edge)[0]
      }
      case 'first':
        return this.#takeFirst(socket)
      case 'list': {
        const values = this.#takeAll(socket)
        return values.length === 0 ? undefined : values
      }
      case 'join':
        return join(this.#takeAll(socket))
    }
  }

  /** The caller's value, then those of the senders in the order in which they were connected. */
  #takeAll(socket: PlannedSocket): unknown[] {
    const input = this.#input(socket)
    const values: unknown[] = input === undefined ? [] : [input]
    for (const edge of socket.edges) {
      for (const value of this.#takeFrom(edge)) values.push(value)
    }
    return values
  }

  /** One value, in the order of `#takeAll`. Marks of senders that gave nothing are used up, too. */
  #takeFirst(socket: PlannedSocket): unknown[] | undefined {
    const state = this.#at(socket)
    let first = state.input
    if (first !== undefined) {
      state.input = undefined
      state.filled--
    }
    for (const edge of socket.edges) {
      const values = this.#arrived[edge.index]
      if (values === undefined || (values.length > 0 && first !== undefined)) continue
      const value = values.length > 1 ? values.shift() : this.#takeFrom(edge)[0]
      if (value !== undefined) first = value
    }
    return first === undefined ? undefined : [first]
  }

  /** All that came over a connection, which is then to send again. */
  #takeFrom(edge: PlannedEdge): readonly unknown[] {
    const values = this.#arrived[edge.index]
    if (values === undefined) return NO_VALUES
    this.#arrived[edge.index] = undefined
    const state = this.#of(edge.target)
    state.awaited++
    if (values.length === 0) return values
    state.triggers--
    this.#at(edge.socket).filled--
    return values
  }

  #hasValue({ index }: PlannedEdge): boolean {
    const values = this.#arrived[index]
    return values !== undefined && values.length > 0
  }

  #input({ index }: PlannedSocket): unknown {
    return this.#sockets[index]?.input
  }
}

/** Arrays from several senders become one, one level deep. `null`, where the type allows it, adds nothing. */
function join(values: readonly unknown[]): unknown {
  if (values.length < 2) return values[0]
  const arrays = values.filter((value) => value !== null)
  return arrays.length === 0 ? null : arrays.flat(1)
}
