import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { InputError, RunError } from '../../src/errors.ts'
import type { Pipeline } from '../../src/pipeline/pipeline.ts'
import { Recorder } from '../fixtures/index.ts'
import { build, inputsFor, type Pace, type RandomGraph, randomGraph } from './random-graph.ts'

interface Told {
  readonly outputs: unknown
  readonly inputs: unknown
}

/** What a run gave and what every visit got; of a run that fails, the error, also where nobody starts a loop. */
async function tell(pipeline: Pipeline, graph: RandomGraph, concurrency: number): Promise<Told> {
  const recorder = new Recorder()
  try {
    const { outputs, warnings } = await pipeline.run(inputsFor(graph), {
      concurrency,
      validate: 'all',
      onEvent: recorder.onEvent,
    })
    return { outputs: [outputs, warnings.map(({ message }) => message).sort()], inputs: recorder.inputs }
  } catch (error) {
    if (!(error instanceof RunError) && !isUnstartedLoop(error)) throw error
    return { outputs: error.code, inputs: recorder.inputs }
  }
}

function isUnstartedLoop(error: unknown): error is InputError {
  return error instanceof InputError && /loop that feeds it begins with it/.test(error.message)
}

const paces = fc.oneof(
  fc.constant<Pace>('sync'),
  fc.array(fc.nat(6), { minLength: 1, maxLength: 20 }).map((turns): Pace => {
    return (name, visit) => turns[(name.charCodeAt(1) * 3 + visit) % turns.length] as number
  }),
)
const concurrencies = fc.constantFrom(1, 2, 3, Number.POSITIVE_INFINITY)

describe('a graph without loops', () => {
  const graphs = randomGraph({ loops: false, greedy: false })

  test('gives the same at any concurrency and pace, to every component and in the end', async () => {
    await fc.assert(
      fc.asyncProperty(graphs, concurrencies, paces, async (graph, concurrency, pace) => {
        const plain = await tell(build(graph, 'sync'), graph, 1)
        expect(await tell(build(graph, pace), graph, concurrency)).toEqual(plain)
      }),
      { numRuns: 300 },
    )
  })

  test('gives the same in whatever order the components are declared', async () => {
    const shuffled = graphs.chain((graph) =>
      fc.tuple(
        fc.constant(graph),
        fc.shuffledSubarray([...graph.nodes], {
          minLength: graph.nodes.length,
          maxLength: graph.nodes.length,
        }),
      ),
    )
    await fc.assert(
      fc.asyncProperty(shuffled, concurrencies, paces, async ([graph, order], concurrency, pace) => {
        const plain = await tell(build(graph, 'sync'), graph, Number.POSITIVE_INFINITY)
        expect(await tell(build(graph, pace, order), graph, concurrency)).toEqual(plain)
      }),
      { numRuns: 300 },
    )
  })

  test('runs every component once at most', async () => {
    await fc.assert(
      fc.asyncProperty(graphs, paces, concurrencies, async (graph, pace, concurrency) => {
        const { inputs } = await tell(build(graph, pace, graph.nodes, 1), graph, concurrency)
        expect(Object.values(inputs as object).every((visits) => visits.length === 1)).toBe(true)
      }),
    )
  })
})

describe('any graph', () => {
  const graphs = randomGraph({ loops: true, greedy: true })

  test('ends, and no component runs more often than it may', async () => {
    const limits = fc.integer({ min: 1, max: 12 })
    await fc.assert(
      fc.asyncProperty(graphs, concurrencies, paces, limits, async (graph, concurrency, pace, limit) => {
        const { inputs } = await tell(build(graph, pace, graph.nodes, limit), graph, concurrency)
        for (const visits of Object.values(inputs as Record<string, unknown[]>)) {
          expect(visits.length).toBeLessThanOrEqual(limit)
        }
      }),
      { numRuns: 300 },
    )
  })

  test('gives the same each time that it runs the same way', async () => {
    await fc.assert(
      fc.asyncProperty(graphs, concurrencies, paces, async (graph, concurrency, pace) => {
        const pipeline = build(graph, pace)
        const first = await tell(pipeline, graph, concurrency)
        expect(await tell(pipeline, graph, concurrency)).toEqual(first)
      }),
      { numRuns: 200 },
    )
  })

  test('does the same in each of many runs at once as in one alone', async () => {
    await fc.assert(
      fc.asyncProperty(graphs, concurrencies, paces, async (graph, concurrency, pace) => {
        const pipeline = build(graph, pace)
        const alone = await tell(pipeline, graph, concurrency)
        const together = await Promise.all([1, 2, 3, 4].map(() => tell(pipeline, graph, concurrency)))
        for (const told of together) expect(told).toEqual(alone)
      }),
      { numRuns: 200 },
    )
  })

  test('leaves nothing that runs or waits when it is aborted at any point', async () => {
    await fc.assert(
      fc.asyncProperty(graphs, concurrencies, paces, fc.nat(30), async (graph, concurrency, pace, turns) => {
        const controller = new AbortController()
        const recorder = new Recorder()
        const reason = { turns }
        const running = build(graph, pace)
          .run(inputsFor(graph), { concurrency, signal: controller.signal, onEvent: recorder.onEvent })
          .catch((error: unknown) => error)
        for (let turn = 0; turn < turns; turn++) await undefined
        controller.abort(reason)
        const outcome = await running
        fc.pre(!isUnstartedLoop(outcome))
        const ended = recorder.events.filter(
          ({ type }) => type === 'componentEnd' || type === 'componentError',
        )
        expect(ended).toHaveLength(recorder.visits.length)
        const end = recorder.events.at(-1)
        expect(end?.type).toBe('runEnd')
        if (end?.type === 'runEnd') expect(end.status === 'aborted').toBe(outcome === reason)
      }),
      { numRuns: 200 },
    )
  })
})
