import { InputError, type Pipeline, type SocketType } from '@millrace/core'
import { didYouMean, listNames } from '@millrace/core/component'
import { isCode } from '../output/socket-lines.ts'

type Plan = ReturnType<Pipeline['compiled']>
type PlannedSocket = Plan['sockets'][number]
type PlannedComponent = Plan['components'][number]

/** A socket that the caller may give a value for. */
export interface OpenInput {
  readonly component: string
  readonly socket: string
  /** `component.socket`. */
  readonly path: string
  /** What to call it on a command line: the name that the pipeline gives it, or its path. */
  readonly name: string
  readonly type: SocketType
  /** Whether the run cannot start without a value from the caller. */
  readonly mandatory: boolean
  readonly default: unknown
  readonly description: string | undefined
}

/** The inputs of a pipeline, and which of them a name on the command line means. */
export class OpenInputs {
  readonly all: readonly OpenInput[]
  readonly components: readonly string[]
  readonly #plan: Plan
  readonly #inputs: ReadonlyMap<PlannedSocket, OpenInput>

  constructor(pipeline: Pipeline) {
    this.components = pipeline.names()
    this.#plan = pipeline.compiled()
    const { sockets } = this.#plan
    this.#inputs = new Map(sockets.filter(isOpen).map((planned) => [planned, this.#describe(planned)]))
    this.all = [...this.#inputs.values()]
  }

  /**
   * The sockets behind a name: one that the pipeline gives itself, `component.socket`, or the name of a socket, which
   * means every open one that is called so.
   *
   * @throws InputError `INPUT_UNKNOWN`, `INPUT_OCCUPIED`
   */
  find(name: string): readonly OpenInput[] {
    const { namedInputs, byName, sockets } = this.#plan
    const own = namedInputs.get(name)
    if (own !== undefined) return own.map((planned) => this.#open(planned))
    const dot = name.indexOf('.')
    const component = byName.get(name.slice(0, Math.max(0, dot)))
    if (component !== undefined) return [this.#socketOf(component, name.slice(dot + 1))]
    const called = sockets.filter((planned) => planned.name === name)
    // Where senders join in an array, a name alone does not add to what they send.
    const open = called.filter(
      (planned) => isOpen(planned) && !(planned.gathers === 'join' && planned.edges.length > 0),
    )
    const [first] = called
    if (open.length === 0 && first !== undefined) throw this.#occupied(first)
    if (open.length === 0) throw this.#unknown(name)
    return open.map((planned) => this.#open(planned))
  }

  #socketOf({ name, type, sockets }: PlannedComponent, socket: string): OpenInput {
    const planned = sockets.find((candidate) => candidate.name === socket)
    if (planned !== undefined) return this.#open(planned)
    const names = sockets.filter(isOpen).map((candidate) => candidate.name)
    throw new InputError(
      'INPUT_UNKNOWN',
      `'${name}' (${type}) has no input '${socket}'. Its open inputs: ${listNames(names)}.${didYouMean(socket, names)}`,
    )
  }

  #open(planned: PlannedSocket): OpenInput {
    const input = this.#inputs.get(planned)
    if (input === undefined) throw this.#occupied(planned)
    return input
  }

  #describe(planned: PlannedSocket): OpenInput {
    const { default: fallback, description, type } = planned.socket
    const component = this.#plan.components[planned.owner]?.name ?? ''
    const path = this.#pathOf(planned)
    const [own] = [...this.#plan.namedInputs].find(([, sockets]) => sockets.includes(planned)) ?? []
    return {
      component,
      socket: planned.name,
      path,
      name: own ?? path,
      type,
      mandatory: planned.mandatory && planned.edges.length === 0,
      default: fallback,
      description,
    }
  }

  #pathOf({ owner, name }: PlannedSocket): string {
    return `${this.#plan.components[owner]?.name}.${name}`
  }

  #occupied(planned: PlannedSocket): InputError {
    const sender = this.#plan.edges[planned.edges[0] ?? -1]?.connection.sender
    return new InputError(
      'INPUT_OCCUPIED',
      `'${this.#pathOf(planned)}' already gets its value from '${sender?.component}.${sender?.socket}'. Leave the input out, or remove the connection from the file.`,
    )
  }

  #unknown(name: string): InputError {
    const writable = this.all.filter(({ type }) => !isCode(type))
    const names = [...this.#plan.namedInputs.keys(), ...writable.map(({ path }) => path)]
    if (this.components.includes(name)) {
      const paths = writable.filter(({ component }) => component === name).map(({ path }) => path)
      return new InputError(
        'INPUT_UNKNOWN',
        `'${name}' is a component, not an input. Its open inputs: ${listNames(paths)}.`,
      )
    }
    const near = didYouMean(name, [...names, ...writable.map(({ socket }) => socket)])
    return new InputError(
      'INPUT_UNKNOWN',
      `The pipeline has no open input '${name}'. Open inputs: ${listNames(names)}.${near}`,
    )
  }
}

function isOpen({ edges, gathers }: PlannedSocket): boolean {
  return edges.length === 0 || gathers !== 'one'
}
