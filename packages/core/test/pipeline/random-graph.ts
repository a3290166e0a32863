import fc from 'fast-check'
import type { Component } from '../../src/component/component.ts'
import type { RunContext } from '../../src/component/run-context.ts'
import { t } from '../../src/component/t.ts'
import { Pipeline } from '../../src/pipeline/pipeline.ts'
import type { Sockets } from '../../src/schema/socket.ts'

/** One component of a random pipeline. */
export interface RandomNode {
  readonly name: string
  /** Its first input: what it does with several values, and whether it needs one. */
  readonly input: 'one' | 'maybe' | 'join' | 'list' | 'greedy'
  /** The value that the caller gives it, when it does. */
  readonly given: number | undefined
  /** It leaves out the output whose number is the remainder of its sum by this. */
  readonly leavesOut: number
  /** After so many visits it gives nothing more. */
  readonly quiet: number
}

export interface RandomConnection {
  readonly from: string
  readonly output: 0 | 1
  readonly to: string
  readonly input: 'main' | 'extra'
}

export interface RandomGraph {
  readonly nodes: readonly RandomNode[]
  readonly connections: readonly RandomConnection[]
}

/** How long the bodies take, in turns of the event queue; 'sync' ones return at once. */
export type Pace = 'sync' | ((name: string, visit: number) => number)

const mains = {
  one: t.integer(),
  maybe: t.optional(t.integer()),
  join: t.array(t.integer()),
  list: t.variadic(t.integer()),
  greedy: t.greedy(t.integer()),
}

/** Adds up what it gets, in a way that shows the order of the values, and sends the sum on. */
class Mixer implements Component {
  static readonly type = 'Mixer'
  readonly inputs: Sockets
  readonly outputs: Sockets = { out0: t.optional(t.integer()), out1: t.optional(t.integer()) }
  readonly #node: RandomNode
  readonly #pace: Pace

  constructor(node: RandomNode, pace: Pace) {
    this.#node = node
    this.#pace = pace
    this.inputs = { main: mains[node.input], extra: t.variadic(t.integer(), { default: [] }) }
  }

  run(
    inputs: Readonly<Record<string, number | readonly number[]>>,
    { visit }: RunContext,
  ): object | Promise<object> {
    const outputs = this.#mix(inputs, visit)
    return this.#pace === 'sync' ? outputs : wait(this.#pace(this.#node.name, visit)).then(() => outputs)
  }

  #mix({ main, extra }: Readonly<Record<string, number | readonly number[]>>, visit: number): object {
    const { name, leavesOut, quiet } = this.#node
    const sum = [name.length, visit, main ?? 0, -1, extra ?? []]
      .flat()
      .reduce((mixed, value) => (mixed * 31 + value) % 9973, 7)
    if (visit > quiet) return {}
    return {
      ...(sum % leavesOut === 0 ? {} : { out0: sum }),
      ...(sum % leavesOut === 1 ? {} : { out1: sum }),
    }
  }
}

async function wait(turns: number): Promise<void> {
  for (let turn = 0; turn < turns; turn++) await undefined
}

/** Builds the pipeline; `order` says in which order the components are declared. */
export function build(
  graph: RandomGraph,
  pace: Pace,
  order = graph.nodes,
  maxRunsPerComponent = 100,
): Pipeline {
  const pipeline: Pipeline = new Pipeline({}, { maxRunsPerComponent })
  for (const node of order) pipeline.add(node.name, new Mixer(node, pace))
  for (const { from, output, to, input } of graph.connections)
    pipeline.connect(`${from}.out${output}`, `${to}.${input}`)
  return pipeline
}

export function inputsFor({ nodes }: RandomGraph): Record<string, Record<string, unknown>> {
  const given = nodes.filter((node) => node.given !== undefined)
  return Object.fromEntries(
    given.map(({ name, input, given: value }) => [name, { main: input === 'join' ? [value] : value }]),
  )
}

/** A random graph; without loops, connections lead only to later components. */
export function randomGraph(options: {
  readonly loops: boolean
  readonly greedy: boolean
}): fc.Arbitrary<RandomGraph> {
  return fc.integer({ min: 2, max: 9 }).chain((size) => {
    const kinds: RandomNode['input'][] = [
      'one',
      'maybe',
      'join',
      'list',
      ...(options.greedy ? (['greedy'] as const) : []),
    ]
    const nodes = fc.tuple(
      ...Array.from({ length: size }, (_, index) =>
        fc.record({
          name: fc.constant(`n${index}`),
          input: fc.constantFrom(...kinds),
          given: fc.option(fc.nat(50), { nil: undefined }),
          leavesOut: fc.integer({ min: 2, max: 5 }),
          quiet: fc.integer({ min: 1, max: 6 }),
        }),
      ),
    )
    const connection = fc.record({
      from: fc.nat(size - 1),
      output: fc.constantFrom(0 as const, 1 as const),
      to: fc.nat(size - 1),
      input: fc.constantFrom('main' as const, 'extra' as const),
    })
    return fc
      .tuple(nodes, fc.array(connection, { minLength: size, maxLength: size * 3, size: 'max' }))
      .map(([made, drawn]) => possible(made, drawn, options.loops))
  })
}

interface Drawn {
  readonly from: number
  readonly output: 0 | 1
  readonly to: number
  readonly input: 'main' | 'extra'
}

/** Leaves out the connections that a pipeline would refuse, and gives a value to every input that nobody feeds. */
function possible(nodes: readonly RandomNode[], drawn: readonly Drawn[], loops: boolean): RandomGraph {
  const connections: RandomConnection[] = []
  const taken = new Set<string>()
  for (const { from, output, to, input } of drawn) {
    const [a, b] = loops || from < to ? [from, to] : [to, from]
    const target = nodes[b] as RandomNode
    const single = input === 'main' && (target.input === 'one' || target.input === 'maybe')
    if (a === b || (single && taken.has(target.name))) continue
    if (single) taken.add(target.name)
    connections.push({ from: (nodes[a] as RandomNode).name, output, to: target.name, input })
  }
  return {
    connections,
    nodes: nodes.map((node) => {
      const fed = connections.some(({ to, input }) => to === node.name && input === 'main')
      const takesOne = node.input === 'one' || node.input === 'maybe'
      if (fed) return takesOne ? { ...node, given: undefined } : node
      return node.input === 'maybe' ? node : { ...node, given: node.given ?? 1 }
    }),
  }
}
