import type { Plan, PlannedComponent, PlannedEdge, PlannedSocket } from './plan.ts'

const NOTHING_YET = 0
const NO_VALUE = 1
const VALUE = 2
const NO_EDGES: readonly PlannedEdge[] = []

/** What a stopped run still had to use. */
export interface Waiting {
  readonly inputs: readonly { readonly socket: PlannedSocket; readonly value: unknown }[]
  /** No values: the sender ran and gave nothing. */
  readonly arrived: readonly { readonly edge: PlannedEdge; readonly values: readonly unknown[] }[]
}

/** Several values that one sender sent to one joining or greedy socket before it was read. */
class Several {
  readonly values: unknown[]
  constructor(...values: unknown[]) {
    this.values = values
  }
}

export type Readiness = 'blocked' | 'ready' | 'eager' | 'deferred'

/**
 * What has arrived where, in one run: per connection a value or the mark that its sender ran and gave nothing, per
 * socket the caller's value, per component the visits. Counters are kept beside them, so that readiness is a look-up.
 */
export class RunState {
  readonly #plan: Plan
  readonly #arrived: Uint8Array
  readonly #values: unknown[]
  readonly #callers: unknown[]
  /** Per socket: connections with a value, plus one for a caller's value. */
  readonly #filled: Uint32Array
  /** Per component: mandatory sockets with no value at all. */
  readonly #unfilled: Uint32Array
  /** Per component: connections over which nothing came since it last ran. */
  readonly #awaited: Uint32Array
  /** Per component: values from senders, which trigger a run. */
  readonly #triggers: Uint32Array
  readonly #visits: Uint32Array
  readonly #hasCaller: Uint8Array

  constructor(plan: Plan) {
    const count = plan.components.length
    this.#plan = plan
    this.#arrived = new Uint8Array(plan.edges.length)
    this.#values = new Array(plan.edges.length)
    this.#callers = new Array(plan.sockets.length)
    this.#filled = new Uint32Array(plan.sockets.length)
    this.#unfilled = new Uint32Array(count)
    this.#awaited = new Uint32Array(count)
    this.#triggers = new Uint32Array(count)
    this.#visits = new Uint32Array(count)
    this.#hasCaller = new Uint8Array(count)
    for (let index = 0; index < count; index++) {
      const component = plan.components[index] as PlannedComponent
      this.#awaited[index] = component.arriving
      let unfilled = 0
      for (const socket of component.sockets) if (socket.mandatory) unfilled++
      this.#unfilled[index] = unfilled
    }
  }

  /** What is waiting in the sockets, to be given to `restore` later. */
  waiting(): Waiting {
    return {
      inputs: this.#plan.sockets.flatMap((socket) => {
        const value = this.#callers[socket.index]
        return value === undefined ? [] : [{ socket, value }]
      }),
      arrived: this.#plan.edges.flatMap((edge) => {
        const state = this.#arrived[edge.index]
        if (state === NOTHING_YET) return []
        const value = this.#values[edge.index]
        if (state === NO_VALUE) return [{ edge, values: [] }]
        return [{ edge, values: value instanceof Several ? value.values : [value] }]
      }),
    }
  }

  /** Puts back what `waiting` gave, and the visits of each component, into a state that nothing has happened to. */
  restore({ inputs, arrived }: Waiting, visits: (component: PlannedComponent) => number): void {
    for (const component of this.#plan.components) this.#visits[component.index] = visits(component)
    for (const { socket, value } of inputs) this.giveByCaller(socket, value)
    for (const { edge, values } of arrived) {
      if (values.length === 0) this.sendNothing(edge)
      for (const value of values) this.send(edge, value)
    }
  }

  /** How often the component has been started. */
  visits(component: PlannedComponent): number {
    return this.#visits[component.index] as number
  }

  /** Whether the component has a value from a sender that it did not run with, or a caller's and never ran. */
  hasUnread(component: PlannedComponent): boolean {
    const { index } = component
    return (
      (this.#triggers[index] as number) > 0 || (this.#visits[index] === 0 && this.#hasCaller[index] === 1)
    )
  }

  /** Whether this sender has run since the receiver last did, with or without a value. */
  hasArrived(edge: PlannedEdge): boolean {
    return this.#arrived[edge.index] !== NOTHING_YET
  }

  isFilled(socket: PlannedSocket): boolean {
    return (this.#filled[socket.index] as number) > 0
  }

  giveByCaller(socket: PlannedSocket, value: unknown): void {
    this.#callers[socket.index] = value
    this.#hasCaller[socket.owner] = 1
    this.#fill(socket)
  }

  send(edge: PlannedEdge, value: unknown): void {
    const socket = this.#plan.sockets[edge.socket] as PlannedSocket
    const before = this.#arrived[edge.index]
    if (before === NOTHING_YET) (this.#awaited[edge.target] as number)--
    if (before === VALUE) {
      this.#sendAgain(edge, socket, value)
      return
    }
    this.#arrived[edge.index] = VALUE
    this.#values[edge.index] = value
    ;(this.#triggers[edge.target] as number)++
    this.#fill(socket)
  }

  /** A sender ran and gave nothing here. A value that is still waiting stays. */
  sendNothing(edge: PlannedEdge): void {
    if (this.#arrived[edge.index] !== NOTHING_YET) return
    this.#arrived[edge.index] = NO_VALUE
    ;(this.#awaited[edge.target] as number)--
  }

  /** A second value before the first was read: a socket for one value has the newer, the others keep both. */
  #sendAgain(edge: PlannedEdge, socket: PlannedSocket, value: unknown): void {
    const waiting = this.#values[edge.index]
    if (socket.gathers === 'one') this.#values[edge.index] = value
    else if (waiting instanceof Several) waiting.values.push(value)
    else this.#values[edge.index] = new Several(waiting, value)
  }

  #fill(socket: PlannedSocket): void {
    if (this.#filled[socket.index] === 0 && socket.mandatory) (this.#unfilled[socket.owner] as number)--
    ;(this.#filled[socket.index] as number)++
  }

  #empty(socket: PlannedSocket): void {
    ;(this.#filled[socket.index] as number)--
    if (this.#filled[socket.index] === 0 && socket.mandatory) (this.#unfilled[socket.owner] as number)++
  }

  /**
   * Whether the component can run: all mandatory sockets are filled, and it has a trigger (a value from a sender, or
   * on its first visit the caller's input or no senders at all). And if so, whether it may at once.
   */
  readiness(component: PlannedComponent): Readiness {
    const index = component.index
    if ((this.#unfilled[index] as number) > 0) return 'blocked'
    const triggered =
      (this.#triggers[index] as number) > 0 ||
      (this.#visits[index] === 0 && (this.#hasCaller[index] === 1 || component.arriving === 0))
    if (!triggered) return 'blocked'
    if (component.greedy && this.#isEager(component)) return 'eager'
    return this.#awaited[index] === 0 ? 'ready' : 'deferred'
  }

  /** A greedy socket has a value, and every other socket that somebody feeds has one too. */
  #isEager(component: PlannedComponent): boolean {
    let greedy = false
    for (const socket of component.sockets) {
      const filled = this.isFilled(socket)
      if (socket.gathers === 'first') greedy ||= filled
      else if (!filled && (socket.mandatory || socket.edges.length > 0)) return false
    }
    return greedy
  }

  /** The connections over which a value has come that the next visit takes. */
  triggersOf(component: PlannedComponent): readonly PlannedEdge[] {
    if (this.#triggers[component.index] === 0) return NO_EDGES
    const triggers: PlannedEdge[] = []
    for (const { edges, gathers, index } of component.sockets) {
      if (gathers === 'first' && this.#callers[index] !== undefined) continue
      for (const edge of edges) {
        if (this.#arrived[edge] !== VALUE) continue
        triggers.push(this.#plan.edges[edge] as PlannedEdge)
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
    ;(this.#visits[component.index] as number)++
    const inputs: Record<string, unknown> = {}
    for (const socket of component.sockets) {
      const value = this.#read(socket)
      if (value !== undefined) inputs[socket.name] = value
      else if (socket.socket.default !== undefined) inputs[socket.name] = socket.socket.default
      else if (socket.inheritedName) inputs[socket.name] = undefined
    }
    return inputs
  }

  #read(socket: PlannedSocket): unknown {
    switch (socket.gathers) {
      case 'one': {
        const edge = socket.edges[0]
        return edge === undefined ? this.#callers[socket.index] : this.#takeFrom(edge, socket)
      }
      case 'first':
        return this.#takeFirst(socket)
      case 'list':
        return this.#takeAll(socket)
      case 'join':
        return join(this.#takeAll(socket))
    }
  }

  /** The caller's value, then those of the senders in the order in which they were connected. */
  #takeAll(socket: PlannedSocket): unknown[] | undefined {
    const values: unknown[] = []
    const caller = this.#callers[socket.index]
    if (caller !== undefined) values.push(caller)
    for (const edge of socket.edges) {
      const value = this.#takeFrom(edge, socket)
      if (value instanceof Several) values.push(...value.values)
      else if (value !== undefined) values.push(value)
    }
    return values.length === 0 ? undefined : values
  }

  /** One value, in the order of `#takeAll`. All marks are used up. */
  #takeFirst(socket: PlannedSocket): unknown[] | undefined {
    let first = this.#callers[socket.index]
    if (first !== undefined) {
      this.#callers[socket.index] = undefined
      this.#empty(socket)
    }
    for (const edge of socket.edges) {
      if (first !== undefined && this.#arrived[edge] === VALUE) continue
      const waiting = this.#values[edge]
      if (waiting instanceof Several && waiting.values.length > 1) first = waiting.values.shift()
      else {
        const value = this.#takeFrom(edge, socket)
        if (value !== undefined) first = value instanceof Several ? value.values[0] : value
      }
    }
    return first === undefined ? undefined : [first]
  }

  #takeFrom(edge: number, socket: PlannedSocket): unknown {
    const state = this.#arrived[edge]
    if (state === NOTHING_YET) return undefined
    this.#arrived[edge] = NOTHING_YET
    ;(this.#awaited[socket.owner] as number)++
    if (state === NO_VALUE) return undefined
    const value = this.#values[edge]
    this.#values[edge] = undefined
    ;(this.#triggers[socket.owner] as number)--
    this.#empty(socket)
    return value
  }
}

/** Arrays from several senders become one, one level deep. `null`, where the type allows it, adds nothing. */
function join(values: readonly unknown[] | undefined): unknown {
  if (values === undefined || values.length === 1) return values?.[0]
  const arrays = values.filter((value) => value !== null)
  return arrays.length === 0 ? null : arrays.flat(1)
}
