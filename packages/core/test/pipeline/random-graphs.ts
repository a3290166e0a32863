import fc from 'fast-check'
import type { Component } from '../../src/component/component.ts'
import type { RunContext } from '../../src/component/run-context.ts'
import { t } from '../../src/component/t.ts'
import { DefinitionError } from '../../src/errors.ts'
import { Pipeline } from '../../src/pipeline/pipeline.ts'
import type { Socket, Sockets } from '../../src/schema/socket.ts'

type Values = Readonly<Record<string, unknown>>

/** How the inputs of a socket meet, with `?` where a component runs without it. */
const socketKinds: Readonly<Record<string, Socket>> = {
  one: t.json(),
  'one?': t.optional(t.json()),
  default: t.json({ default: 7 }),
  list: t.variadic(t.json()),
  'list?': t.variadic(t.json(), { default: [] }),
  first: t.greedy(t.json()),
  join: t.array(t.json()),
  'join?': t.optional(t.union(t.array(t.json()), t.null())),
}

const outputs: Sockets = {
  always: t.json(),
  maybe: t.optional(t.json()),
  list: t.optional(t.array(t.json())),
  listOrNull: t.optional(t.union(t.array(t.json()), t.null())),
}

/** A pipeline as data, so that it can be made as often as one likes. */
export interface GraphSpec {
  /** Per component, its sockets by kind. */
  readonly components: readonly (readonly string[])[]
  /** Those that cannot be made are left out. */
  readonly connections: readonly (readonly [from: number, output: string, to: number, socket: number])[]
  /** Per socket of each component whether the caller gives something that need not be given. */
  readonly given: readonly boolean[]
  readonly included: readonly boolean[]
  readonly named: readonly string[]
}

function spec(arbitraryKinds: fc.Arbitrary<string>, forward: boolean): fc.Arbitrary<GraphSpec> {
  return fc.integer({ min: 1, max: 7 }).chain((size) => {
    const place = fc.nat(size - 1)
    const connection = fc
      .tuple(place, fc.constantFrom(...Object.keys(outputs)), place, fc.nat(2))
      .map(([from, output, to, socket]): GraphSpec['connections'][number] =>
        forward && from > to ? [to, output, from, socket] : [from, output, to, socket],
      )
    return fc.record({
      components: fc.array(fc.array(arbitraryKinds, { minLength: 1, maxLength: 3 }), {
        minLength: size,
        maxLength: size,
      }),
      connections: fc.array(connection, { minLength: size, maxLength: 5 * size }),
      given: fc.array(fc.boolean(), { minLength: 1, maxLength: 5 }),
      included: fc.array(fc.boolean(), { minLength: size, maxLength: size }),
      named: fc.uniqueArray(fc.constantFrom(...Object.keys(outputs)), { maxLength: 2 }),
    })
  })
}

/** Any graph at all: cycles, several values in a greedy socket, components that never run. */
export const anyGraph = spec(fc.constantFrom(...Object.keys(socketKinds)), false)

/** Graphs in which it does not matter what ends first: without cycles, and without a socket that takes what comes first. */
export const timelessGraph = spec(
  fc.constantFrom(...Object.keys(socketKinds).filter((kind) => kind !== 'first')),
  true,
)

export type Bodies = 'sync' | 'async' | 'uneven'

export interface GraphOptions {
  readonly bodies: Bodies
  /** The call that fails, of this component and visit, once. */
  readonly failing?: { readonly component: string; readonly visit: number }
  /** Which visits pause, each once, with a question. */
  readonly pausing?: (component: string, visit: number) => boolean
}

/** The answer that a visit expects when it asks. */
export function answerTo(component: string, visit: number): string {
  return `${component} may go on (${visit})`
}

/** Gives what its inputs and its visit say, and the same for the same: it keeps nothing. */
class Node implements Component {
  static readonly type = 'Node'
  readonly inputs: Sockets
  readonly outputs = outputs
  readonly #turns: number
  readonly #options: GraphOptions
  #failed = false

  constructor(kinds: readonly string[], index: number, options: GraphOptions) {
    this.inputs = Object.fromEntries(kinds.map((kind, socket) => [`s${socket}`, socketKinds[kind] as Socket]))
    this.#turns = options.bodies === 'uneven' ? (index * 7) % 5 : 0
    this.#options = options
  }

  run(inputs: Values, context: RunContext): object | Promise<object> {
    if (this.#options.bodies === 'sync') return this.#outputs(inputs, context)
    return this.#later(inputs, context)
  }

  async #later(inputs: Values, context: RunContext): Promise<object> {
    for (let turn = 0; turn < this.#turns; turn++) await undefined
    return this.#outputs(inputs, context)
  }

  #outputs(inputs: Values, context: RunContext): object {
    const { component, visit, resumed, warn } = context
    const { failing } = this.#options
    if (!this.#failed && failing?.component === component.name && failing.visit === visit) {
      this.#failed = true
      throw new RangeError('once')
    }
    const state = { inputs, visit }
    if (resumed === undefined && this.#options.pausing?.(component.name, visit)) {
      const data = answerTo(component.name, visit)
      return context.pause({ state, questions: [{ id: 'go', kind: 'text', prompt: 'Go on?', data }] })
    }
    if (
      resumed &&
      JSON.stringify(resumed) !== JSON.stringify({ state, answers: { go: answerTo(component.name, visit) } })
    )
      throw new RangeError('This is not what was asked.')
    const seed = hash(JSON.stringify([component.name, visit, inputs]))
    const value = [null, seed % 100, `text ${seed % 10}`, [seed % 5, null], { key: seed % 3 }][seed % 5]
    if (seed & 256) warn('ODD', `Seed ${seed}.`)
    return {
      always: value,
      ...(seed & 16 ? { maybe: seed % 7 } : { maybe: undefined }),
      ...(seed & 32 ? { list: [seed % 3] } : {}),
      ...(seed & 64 ? { listOrNull: seed & 128 ? null : [value] } : {}),
    }
  }
}

function hash(text: string): number {
  let value = 2166136261
  for (let index = 0; index < text.length; index++)
    value = Math.imul(value ^ text.charCodeAt(index), 16777619)
  return value >>> 1
}

export function buildGraph({ components, connections, named }: GraphSpec, options: GraphOptions): Pipeline {
  const pipeline: Pipeline = new Pipeline(
    Object.fromEntries(components.map((kinds, index) => [`c${index}`, new Node(kinds, index, options)])),
    {
      maxRunsPerComponent: 4,
      outputs: Object.fromEntries(named.map((output) => [`my ${output}`, `c0.${output}`])),
    },
  )
  for (const [from, output, to, socket] of connections) {
    try {
      pipeline.connect(`c${from}.${output}`, `c${to}.s${socket}`)
    } catch (error) {
      if (!DefinitionError.isInstance(error)) throw error
    }
  }
  return pipeline
}

/** What a run of the graph is given: all that must be, and some of what may be. */
export function inputsOf(graph: GraphSpec): Record<string, Values> {
  const inputs: Record<string, Record<string, unknown>> = {}
  buildGraph(graph, { bodies: 'sync' })
    .inputs()
    .forEach(({ component, socket, type, mandatory }, index) => {
      if (!mandatory && !graph.given[index % graph.given.length]) return
      inputs[component] = { ...inputs[component], [socket]: type.kind === 'json' ? index : [index, [index]] }
    })
  return inputs
}

export function includedIn({ included }: GraphSpec): string[] {
  return included.flatMap((isIncluded, index) => (isIncluded ? [`c${index}`] : []))
}
