import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { InputError, MillraceError, RunError } from '../../src/errors.ts'
import { Pipeline } from '../../src/pipeline/pipeline.ts'
import type { RunResult } from '../../src/run/result.ts'
import type { RunOptions } from '../../src/run/run-options.ts'
import { questionsOf, type Snapshot } from '../../src/snapshot/snapshot.ts'
import { Recorder } from '../fixtures/index.ts'
import {
  anyGraph,
  type Bodies,
  buildGraph,
  type GraphOptions,
  type GraphSpec,
  includedIn,
  inputsOf,
  timelessGraph,
} from '../pipeline/random-graphs.ts'

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
  readonly snapshot?: unknown
}

async function ending(run: (onEvent: Recorder['onEvent']) => Promise<RunResult>): Promise<Ending> {
  const recorder = new Recorder()
  const ended = () =>
    recorder.visits
      .filter(({ outputs }) => outputs !== undefined)
      .map(({ component, visit, inputs }) => ({ component, visit, inputs }))
  try {
    const { outputs, named, warnings, snapshot } = await run(recorder.onEvent)
    return { outcome: { outputs, named, warnings }, visits: ended(), snapshot }
  } catch (error) {
    if (!MillraceError.isInstance(error)) throw error
    const { code, message } = error
    const { snapshot } = error as RunError
    return { outcome: { code, message }, visits: ended(), error, snapshot }
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
  #pipeline(options: Omit<GraphOptions, 'bodies'> = {}): Pipeline {
    return buildGraph(this.#graph, { bodies: this.#mode.bodies, ...options })
  }

  run({ breakAt, failing }: { breakAt?: Visit | undefined; failing?: Visit } = {}): Promise<Ending> {
    const options = { concurrency: this.#mode.concurrency, includeOutputsFrom: includedIn(this.#graph) }
    return ending((onEvent) =>
      this.#pipeline(failing && { failing }).run(inputsOf(this.#graph), {
        ...options,
        ...(breakAt ? { breakAt } : {}),
        onEvent,
      }),
    )
  }

  /** Goes on, in a new pipeline, from the snapshot after it was written to a file. */
  resume({ snapshot }: Ending, breakAt?: Visit): Promise<Ending> {
    const read: unknown = JSON.parse(JSON.stringify(snapshot))
    expect(read).toEqual(snapshot)
    const { concurrency } = this.#mode
    return ending((onEvent) =>
      this.#pipeline().resume(read, { concurrency, ...(breakAt ? { breakAt } : {}), onEvent }),
    )
  }
}

/** Runs to the end, in a new pipeline from a file after each pause. Counts the pauses. */
async function runWithPauses(
  make: () => Pipeline,
  inputs: Readonly<Record<string, unknown>>,
  options: RunOptions,
): Promise<{ readonly ending: Ending; readonly visits: readonly Visit[]; readonly pauses: number }> {
  let last = await ending((onEvent) => make().run(inputs, { ...options, onEvent }))
  const visits = [...last.visits]
  let pauses = 0
  while (last.error === undefined && last.snapshot !== undefined) {
    pauses++
    const { includeOutputsFrom: _, ...others } = options
    const read: unknown = JSON.parse(JSON.stringify(last.snapshot))
    const answers = Object.fromEntries(questionsOf(read as Snapshot).map(({ id, data }) => [id, data]))
    last = await ending((onEvent) => make().resume(read, { ...others, answers, onEvent }))
    visits.push(...last.visits)
  }
  return { ending: last, visits, pauses }
}

/** The graph inside a pipeline inside a pipeline, with all its inputs and outputs. */
function nested(inner: Pipeline): Pipeline {
  const sub = (pipeline: Pipeline) =>
    new Pipeline({
      sub: pipeline.asComponent({
        inputs: Object.fromEntries(
          pipeline.inputs().map(({ component, socket }, index) => [`in${index}`, [`${component}.${socket}`]]),
        ),
        outputs: Object.fromEntries(
          pipeline.outputs().map(({ component, socket }, index) => [`${component}.${socket}`, `out${index}`]),
        ) as never,
      }),
    }) as unknown as Pipeline
  return sub(sub(inner))
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
          expect(first.snapshot).toMatchObject({ reason: 'breakpoint' })
          expect(first.visits).toEqual(whole.visits.slice(0, index))
          const second = await runs.resume(first)
          expect(second).toMatchObject({ outcome: whole.outcome, visits: whole.visits.slice(index) })
        }
      }),
      { numRuns: 40 },
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
          expect(step.snapshot).toMatchObject({ reason: 'breakpoint' })
          expect(step.visits).toEqual([whole.visits[index]])
        }
        step = await runs.resume(step)
        expect(step).toMatchObject({ outcome: whole.outcome, visits: whole.visits.slice(-1) })
      }),
      { numRuns: 40 },
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
      { numRuns: 40 },
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
      { numRuns: 80 },
    )
  })
})

describe('a graph whose components pause at random', () => {
  /** About a third of the visits pause, others with each graph. */
  const pausingBy = (salt: number) => (component: string, visit: number) =>
    (component.charCodeAt(1) * 7 + visit * 5 + salt) % 3 === 0
  let pauses = 0

  test.each(exact)(
    'gives what it gives without pauses, at concurrency $concurrency with $bodies components',
    async ({ concurrency, bodies }) => {
      await fc.assert(
        fc.asyncProperty(anyGraph, fc.nat(20), async (graph, salt) => {
          const whole = await new Runs(graph, { concurrency, bodies }).run()
          const make = () => buildGraph(graph, { bodies, pausing: pausingBy(salt) })
          const options = { concurrency, includeOutputsFrom: includedIn(graph) }
          const paused = await runWithPauses(make, inputsOf(graph), options)
          expect(paused.ending.outcome).toEqual(whole.outcome)
          expect(paused.visits).toEqual(whole.visits)
          pauses += paused.pauses
        }),
        { numRuns: 60 },
      )
    },
  )

  test('gives what it gives without pauses, with everything at once', async () => {
    await fc.assert(
      fc.asyncProperty(timelessGraph, fc.nat(20), async (graph, salt) => {
        const mode: Mode = { concurrency: Number.POSITIVE_INFINITY, bodies: 'uneven' }
        const whole = await new Runs(graph, mode).run()
        const make = () => buildGraph(graph, { bodies: 'uneven', pausing: pausingBy(salt) })
        const options = { includeOutputsFrom: includedIn(graph) }
        const paused = await runWithPauses(make, inputsOf(graph), options)
        expect(paused.ending.outcome).toEqual(whole.outcome)
        expect(byName(paused.visits)).toEqual(byName(whole.visits))
        pauses += paused.pauses
      }),
      { numRuns: 80 },
    )
  })

  test('gives what it gives without pauses, two pipelines deep', async () => {
    let inside = 0
    await fc.assert(
      fc.asyncProperty(anyGraph, fc.nat(20), async (graph, salt) => {
        const make = (pausing: GraphOptions['pausing']) => () =>
          nested(buildGraph(graph, pausing ? { bodies: 'sync', pausing } : { bodies: 'sync' }))
        const given = inputsOf(graph)
        const sub = Object.fromEntries(
          buildGraph(graph, { bodies: 'sync' })
            .inputs()
            .map(({ component, socket }, index) => [`in${index}`, given[component]?.[socket]]),
        )
        const inputs = {
          sub: Object.fromEntries(Object.entries(sub).filter(([, value]) => value !== undefined)),
        }
        const whole = await runWithPauses(make(undefined), inputs, {})
        const paused = await runWithPauses(make(pausingBy(salt)), inputs, {})
        expect(paused.ending.outcome).toEqual(whole.ending.outcome)
        pauses += paused.pauses
        inside += paused.pauses
      }),
      { numRuns: 40 },
    )
    expect(inside).toBeGreaterThan(20)
    expect(pauses).toBeGreaterThan(200)
  })
})

/** The value with something else at one of the places in it. */
function changed(value: unknown, [key, ...others]: readonly number[], replacement: unknown): unknown {
  if (key === undefined || typeof value !== 'object' || value === null) return replacement
  const entries = Object.entries(value)
  const at = key % (entries.length + 1)
  const [name, old] = entries[at] ?? ['__proto__', undefined]
  const all: [string, unknown][] = [...entries]
  all[at] = [name, changed(old, others, replacement)]
  return Array.isArray(value) ? all.map(([, item]) => item) : Object.fromEntries(all)
}

describe('a snapshot in which anything was changed', () => {
  test('is resumed or refused, and nothing else happens', async () => {
    const codes = new Set<string>()
    const path = fc.array(fc.nat(1000), { minLength: 1, maxLength: 6 })
    const replacement = fc.oneof(
      fc.jsonValue(),
      fc.constantFrom('c0', 'c0.always', 'c1.s0', '__proto__', 0, 1, 2, 5),
    )
    await fc.assert(
      fc.asyncProperty(anyGraph, fc.nat(), path, replacement, async (graph, at, place, value) => {
        const runs = new Runs(graph, { concurrency: 1, bodies: 'sync' })
        const { visits } = await runs.run()
        const breakAt = visits[at % visits.length]
        if (breakAt === undefined) return
        const { snapshot } = await runs.run({ breakAt })
        const given = changed(snapshot, place, value)
        const { outcome, error } = await ending(() => buildGraph(graph, { bodies: 'sync' }).resume(given))
        const { code } = { code: 'none', ...(outcome as { readonly code?: string }) }
        if (error !== undefined)
          expect(error).toBeInstanceOf(code === 'INPUT_SNAPSHOT' ? InputError : RunError)
        codes.add(code)
      }),
      { numRuns: 500 },
    )
    expect([...codes].filter((code) => !/^RUN_(BLOCKED|MAX_VISITS)$/.test(code)).sort()).toEqual([
      'INPUT_SNAPSHOT',
      'none',
    ])
  })
})
