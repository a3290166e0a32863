import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { BreakpointReached, type RunError } from '../../src/errors.ts'
import type { Pipeline } from '../../src/pipeline/pipeline.ts'
import type { RunResult } from '../../src/pipeline/result.ts'
import { Recorder } from '../../src/testing/index.ts'
import {
  anyGraph,
  type Bodies,
  buildGraph,
  type GraphOptions,
  type GraphSpec,
  includedIn,
  inputsOf,
  timelessGraph,
} from './random-graphs.ts'

type Visit = Pick<Recorder['visits'][number], 'component' | 'visit' | 'inputs'>

interface Mode {
  readonly concurrency: number
  readonly bodies: Bodies
}

/** What a run led to, and the visits that ended in it. */
interface Ending {
  readonly outcome: unknown
  readonly visits: readonly Visit[]
  readonly error?: unknown
}

async function ending(run: (onEvent: Recorder['onEvent']) => Promise<RunResult>): Promise<Ending> {
  const recorder = new Recorder()
  const ended = () =>
    recorder.visits
      .filter(({ outputs }) => outputs !== undefined)
      .map(({ component, visit, inputs }) => ({ component, visit, inputs }))
  try {
    const { outputs, named, warnings } = await run(recorder.onEvent)
    return { outcome: { outputs, named, warnings }, visits: ended() }
  } catch (error) {
    const { code, message } = error as RunError
    return { outcome: { code, message }, visits: ended(), error }
  }
}

class Runs {
  readonly #graph: GraphSpec
  readonly #mode: Mode

  constructor(graph: GraphSpec, mode: Mode) {
    this.#graph = graph
    this.#mode = mode
  }

  /** A new pipeline each time. */
  #pipeline(failing?: GraphOptions['failing']): Pipeline {
    const { bodies } = this.#mode
    return buildGraph(this.#graph, failing ? { bodies, failing } : { bodies })
  }

  run({ breakAt, failing }: { breakAt?: Visit | undefined; failing?: Visit } = {}): Promise<Ending> {
    const options = { concurrency: this.#mode.concurrency, includeOutputsFrom: includedIn(this.#graph) }
    return ending((onEvent) =>
      this.#pipeline(failing).run(inputsOf(this.#graph), {
        ...options,
        ...(breakAt ? { breakAt } : {}),
        onEvent,
      }),
    )
  }

  /** Goes on, in a new pipeline, from what is left of the error after it was written to a file. */
  resume({ error }: Ending, breakAt?: Visit): Promise<Ending> {
    const { snapshot } = error as RunError | BreakpointReached
    const read: unknown = JSON.parse(JSON.stringify(snapshot))
    expect(read).toEqual(snapshot)
    const { concurrency } = this.#mode
    return ending((onEvent) =>
      this.#pipeline().resume(read, { concurrency, ...(breakAt ? { breakAt } : {}), onEvent }),
    )
  }
}

function byName(visits: readonly Visit[]): string[] {
  return visits.map((visit) => JSON.stringify(visit)).sort()
}

const exact: Mode[] = [
  { concurrency: 1, bodies: 'sync' },
  { concurrency: 1, bodies: 'async' },
  { concurrency: Number.POSITIVE_INFINITY, bodies: 'sync' },
]

describe.each(exact)('any graph at concurrency $concurrency with $bodies components', (mode) => {
  test('goes on from each breakpoint as if it had not stopped', async () => {
    await fc.assert(
      fc.asyncProperty(anyGraph, async (graph) => {
        const runs = new Runs(graph, mode)
        const whole = await runs.run()
        for (const [index, breakAt] of whole.visits.entries()) {
          const first = await runs.run({ breakAt })
          expect(first.error).toBeInstanceOf(BreakpointReached)
          expect(first.visits).toEqual(whole.visits.slice(0, index))
          const second = await runs.resume(first)
          expect(second).toMatchObject({ outcome: whole.outcome, visits: whole.visits.slice(index) })
        }
      }),
      { numRuns: 60 },
    )
  })

  test('goes on step by step', async () => {
    await fc.assert(
      fc.asyncProperty(anyGraph, async (graph) => {
        const runs = new Runs(graph, mode)
        const whole = await runs.run()
        const [start, ...others] = whole.visits
        if (start === undefined) return
        let step = await runs.run({ breakAt: start })
        for (const [index, breakAt] of others.entries()) {
          step = await runs.resume(step, breakAt)
          expect(step.error).toBeInstanceOf(BreakpointReached)
          expect(step.visits).toEqual([whole.visits[index]])
        }
        step = await runs.resume(step)
        expect(step).toMatchObject({ outcome: whole.outcome, visits: whole.visits.slice(-1) })
      }),
      { numRuns: 60 },
    )
  })

  test('goes on after the failure of each visit', async () => {
    await fc.assert(
      fc.asyncProperty(anyGraph, async (graph) => {
        const runs = new Runs(graph, mode)
        const whole = await runs.run()
        for (const [index, failing] of whole.visits.entries()) {
          const first = await runs.run({ failing })
          expect(first.outcome).toMatchObject({ code: 'RUN_COMPONENT_FAILED' })
          expect(first.visits).toEqual(whole.visits.slice(0, index))
          const second = await runs.resume(first)
          expect(second).toMatchObject({ outcome: whole.outcome, visits: whole.visits.slice(index) })
        }
      }),
      { numRuns: 60 },
    )
  })
})

describe('a graph in which it does not matter what ends first, with everything at once', () => {
  const mode: Mode = { concurrency: Number.POSITIVE_INFINITY, bodies: 'uneven' }

  test.each(['breakAt', 'failing'] as const)('goes on after %s of each visit', async (how) => {
    await fc.assert(
      fc.asyncProperty(timelessGraph, async (graph) => {
        const runs = new Runs(graph, mode)
        const whole = await runs.run()
        for (const visit of whole.visits) {
          const first = await runs.run({ [how]: visit })
          const second = await runs.resume(first)
          expect(second.outcome).toEqual(whole.outcome)
          expect(byName([...first.visits, ...second.visits])).toEqual(byName(whole.visits))
        }
      }),
      { numRuns: 100 },
    )
  })
})
