import type { Plan, PlannedComponent, PlannedEdge, PlannedSocket } from '../graph/plan.ts'

/** What a stopped run still had to use. */
export interface Waiting {
  readonly inputs: readonly { readonly socket: PlannedSocket; readonly value: unknown }[]
  /** No values: the sender ran and gave nothing. */
  readonly arrived: readonly { readonly edge: PlannedEdge; readonly values: readonly unknown[] }[]
}

export type Readiness = 'blocked' | 'ready' | 'eager' | 'deferred'

/** A counter for each component, or each socket, of a plan, by its index. */
class Counters {
  readonly #counts: Uint32Array

  constructor(length: number) {
    this.#counts = new Uint32Array(length)
  }

  of(index: number): number {
    return this.#counts[index] ?? 0
  }

  set(index: number, count: number): void {
    this.#counts[index] = count
  }

  add(index: number, count: number): void {
    this.#counts[index] = (this.#counts[index] ?? 0) + count
  }
}

/** Several values that one sender sent to one joining or greedy socket before it was read. */
class Queue {
  readonly values: unknown[]
  constructor(...values: unknown[]) {
    this.values = values
  }
}

/** Came over a connection whose sender ran and gave no value. */
const NO_VALUE = Symbol('no value')
const NO_EDGES: readonly PlannedEdge[] = []

/**
 * What has arrived where, in one run, and who can run because of it. Each step of a run costs as much as it touches:
 * counters are kept beside the values.
 */
export class RunState {
  readonly #plan: Plan
  /** The caller's values, by socket. */
  readonly #inputs: unknown[]
  /** What came over each connection since the receiver last ran: nothing yet, `NO_VALUE`, a value, or a `Queue`. */
  readonly #arrived: unknown[]
  /** Of a socket: its connections with a value, plus one for a value of the caller's. */
  readonly #filled: Counters
  /** Of a component: how often it has been started. */
  readonly #visits: Counters
  /** Of a component: its connections over which something came since it last ran, be it that no value comes. */
  readonly #arrivals: Counters
  /** Of a component: its connections with a value. */
  readonly #triggers: Counters
  /** Of a component: the caller's values that it was given. */
  readonly #given: Counters

  constructor(plan: Plan) {
    this.#plan = plan
    this.#inputs = new Array(plan.sockets.length)
    this.#arrived = new Array(plan.edges.length)
    this.#filled = new Counters(plan.sockets.length)
    this.#visits = new Counters(plan.components.length)
    this.#arrivals = new Counters(plan.components.length)
    this.#triggers = new Counters(plan.components.length)
    this.#given = new Counters(plan.components.length)
  }

  /** What is waiting in the sockets, to be given to `restore` later. */
  waiting(): Waiting {
    return {
      inputs: this.#plan.sockets.flatMap((socket) => {
        const value = this.#inputs[socket.index]
        return value === undefined ? [] : [{ socket, value }]
      }),
      arrived: this.#plan.edges.flatMap((edge) => {
        const value = this.#arrived[edge.index]
        return value === undefined ? [] : [{ edge, values: valuesOf(value) }]
      }),
    }
  }

  /** Puts back what `waiting` gave, and the visits of each component, into a state that nothing has happened to. */
  restore({ inputs, arrived }: Waiting, visits: (component: PlannedComponent) => number): void {
    for (const component of this.#plan.components) this.#visits.set(component.index, visits(component))
    for (const { socket, value } of inputs) this.giveInput(socket, value)
    for (const { edge, values } of arrived) {
      if (values.length === 0) this.sendNothing(edge)
      for (const value of values) this.send(edge, value)
    }
  }

  /** A value of the caller's. */
  giveInput(socket: PlannedSocket, value: unknown): void {
    this.#inputs[socket.index] = value
    this.#filled.add(socket.index, 1)
    this.#given.add(socket.owner.index, 1)
  }

  /** A sender gave a value. Of two that meet, a socket for one value has the newer, the others keep both. */
  send(edge: PlannedEdge, value: unknown): void {
    const { index, target, socket } = edge
    const before = this.#arrived[index]
    if (before === undefined) this.#arrivals.add(target.index, 1)
    if (before === undefined || before === NO_VALUE) {
      this.#arrived[index] = value
      this.#triggers.add(target.index, 1)
      this.#filled.add(socket.index, 1)
    } else if (socket.gathers === 'one') this.#arrived[index] = value
    else if (before instanceof Queue) before.values.push(value)
    else this.#arrived[index] = new Queue(before, value)
  }

  /** A sender ran and gave nothing here. A value that is still waiting stays. */
  sendNothing(edge: PlannedEdge): void {
    if (this.#arrived[edge.index] !== undefined) return
    this.#arrived[edge.index] = NO_VALUE
    this.#arrivals.add(edge.target.index, 1)
  }

  visits(component: PlannedComponent): number {
    return this.#visits.of(component.index)
  }

  /** Whether the component has a value from a sender that it did not run with, or a caller's and never ran. */
  hasUnread(component: PlannedComponent): boolean {
    return (
      this.#triggers.of(component.index) > 0 ||
      (this.visits(component) === 0 && this.#given.of(component.index) > 0)
    )
  }

  /** Whether this sender has run since the receiver last did, with or without a value. */
  hasArrived({ index }: PlannedEdge): boolean {
    return this.#arrived[index] !== undefined
  }

  isFilled(socket: PlannedSocket): boolean {
    return this.#filled.of(socket.index) > 0
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
    if (this.#triggers.of(component.index) > 0) return true
    return this.visits(component) === 0 && (this.#given.of(component.index) > 0 || component.arriving === 0)
  }

  /** Some component that sends to it has not run since it last ran itself. */
  awaitsSender(component: PlannedComponent): boolean {
    return this.#arrivals.of(component.index) < component.arriving
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
    if (this.#triggers.of(component.index) === 0) return NO_EDGES
    const triggers: PlannedEdge[] = []
    for (const socket of component.sockets) {
      const { edges, gathers } = socket
      if (gathers === 'first' && this.#inputs[socket.index] !== undefined) continue
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
   * visits. A greedy socket gives one value, the caller's too, and keeps the others: there is one visit for each.
   */
  take(component: PlannedComponent): Record<string, unknown> {
    this.#visits.add(component.index, 1)
    const inputs: Record<string, unknown> = {}
    for (const socket of component.sockets) {
      const taken = this.#take(socket)
      const value = taken === undefined ? socket.socket.default : taken
      if (value !== undefined) inputs[socket.name] = value
    }
    return Object.freeze(inputs)
  }

  #take(socket: PlannedSocket): unknown {
    switch (socket.gathers) {
      case 'one': {
        const edge = socket.edges[0]
        return edge === undefined ? this.#inputs[socket.index] : this.#takeFrom(edge)
      }
      case 'first':
        return this.#takeFirst(socket)
      case 'list': {
        const values = this.#takeAll(socket)
        return values.length === 0 ? undefined : Object.freeze(values)
      }
      case 'join':
        return join(this.#takeAll(socket))
    }
  }

  /** The caller's value, then those of the senders in the order in which they were connected. */
  #takeAll(socket: PlannedSocket): unknown[] {
    const input = this.#inputs[socket.index]
    const values: unknown[] = input === undefined ? [] : [input]
    for (const edge of socket.edges) {
      const value = this.#takeFrom(edge)
      if (value instanceof Queue) for (const one of value.values) values.push(one)
      else if (value !== undefined) values.push(value)
    }
    return values
  }

  /** One value, in the order of `#takeAll`. Marks of senders that gave nothing are used up, too. */
  #takeFirst(socket: PlannedSocket): readonly unknown[] | undefined {
    let first = this.#inputs[socket.index]
    if (first !== undefined) {
      this.#inputs[socket.index] = undefined
      this.#filled.add(socket.index, -1)
    }
    for (const edge of socket.edges) {
      if (first !== undefined && this.#hasValue(edge)) continue
      const arrived = this.#arrived[edge.index]
      if (arrived instanceof Queue && arrived.values.length > 1) first = arrived.values.shift()
      else {
        const value = this.#takeFrom(edge)
        if (value !== undefined) first = value instanceof Queue ? value.values[0] : value
      }
    }
    return first === undefined ? undefined : Object.freeze([first])
  }

  /** Uses up what came over a connection: the value, the `Queue` of values, or undefined when none came. */
  #takeFrom(edge: PlannedEdge): unknown {
    const value = this.#arrived[edge.index]
    if (value === undefined) return undefined
    this.#arrived[edge.index] = undefined
    this.#arrivals.add(edge.target.index, -1)
    if (value === NO_VALUE) return undefined
    this.#triggers.add(edge.target.index, -1)
    this.#filled.add(edge.socket.index, -1)
    return value
  }

  #hasValue({ index }: PlannedEdge): boolean {
    const value = this.#arrived[index]
    return value !== undefined && value !== NO_VALUE
  }
}

function valuesOf(arrived: unknown): readonly unknown[] {
  if (arrived === NO_VALUE) return []
  return arrived instanceof Queue ? arrived.values : [arrived]
}

/** Arrays from several senders become one, one level deep. `null`, where the type allows it, adds nothing. */
function join(values: readonly unknown[]): unknown {
  if (values.length < 2) return values[0]
  const arrays = values.filter((value) => value !== null)
  return arrays.length === 0 ? null : Object.freeze(arrays.flat(1))
}
