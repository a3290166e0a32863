import type { Components, WarmUpContext } from '../component/component.ts'
import { RunError } from '../errors.ts'
import type { Plan } from '../graph/plan.ts'
import type { ReadSnapshot } from '../snapshot/read-snapshot.ts'
import type { CallerInputs } from './inputs.ts'
import { Loading } from './loading.ts'
import type { RunResult } from './result.ts'
import { Run } from './run.ts'
import { checkIncluded, findBreakpoint, type RunOptions } from './run-options.ts'
import { GRACE_MS, isInside } from './stopping.ts'
import { LONGEST_TRACE } from './trace.ts'

/** What the runs of one pipeline have in common. */
interface RunnablePipeline {
  readonly options: { readonly maxRunsPerComponent?: number }
  warmUp(context: WarmUpContext & { readonly graceMs: number }): Promise<void>
}

/** What a run begins with: the caller's values, or a snapshot. */
export interface Beginning {
  readonly values: CallerInputs
  readonly read?: ReadSnapshot
}

/** The runs of one pipeline that are going on, those included that still load. */
export class OngoingRuns {
  readonly #pipeline: RunnablePipeline
  readonly #ongoing = new Set<Run | Loading>()

  constructor(pipeline: RunnablePipeline) {
    this.#pipeline = pipeline
  }

  /** Loads what the components need, then runs them. */
  async start<C extends Components>(
    plan: Plan,
    { values, read }: Beginning,
    options: RunOptions<C>,
  ): Promise<RunResult<C>> {
    const { signal, timeoutMs, onProgress, graceMs = GRACE_MS } = options
    const included = checkIncluded(plan, options.includeOutputsFrom)
    const breakAt = options.breakAt && findBreakpoint(plan, options.breakAt, read)
    const start = performance.now()
    if (plan.hasWarmUp) {
      const loading = new Loading(signal, timeoutMs)
      this.#ongoing.add(loading)
      try {
        await this.#pipeline.warmUp({
          signal: loading.signal,
          graceMs,
          ...(onProgress ? { onProgress } : {}),
        })
        loading.signal.throwIfAborted()
      } finally {
        loading.end()
        this.#ongoing.delete(loading)
      }
    }
    // No await between the end of loading and here: `stop` must find one or the other.
    const run = new Run(plan, values, {
      runId: crypto.randomUUID(),
      signal,
      timeoutMs,
      remainingMs: timeoutMs === undefined ? undefined : timeLeft(timeoutMs, start),
      concurrency: options.concurrency ?? Number.POSITIVE_INFINITY,
      maxRunsPerComponent: this.#pipeline.options.maxRunsPerComponent ?? 100,
      included,
      validateOutputs: options.validate === 'all',
      graceMs,
      maxTrace: options.maxTrace ?? LONGEST_TRACE,
      breakAt,
      listener: options.onEvent,
    })
    if (read) run.restore(read)
    this.#ongoing.add(run)
    try {
      // What the types of the components say of the result, the plan does not know.
      return (await run.start()) as unknown as RunResult<C>
    } finally {
      this.#ongoing.delete(run)
    }
  }

  /**
   * Stops all; they reject with `RUN_CLOSED`. Resolves when they have.
   *
   * @throws RunError `RUN_CLOSE_INSIDE` when a component calls it that one of them is calling
   */
  async stop(): Promise<void> {
    const ongoing = [...this.#ongoing]
    if (ongoing.some((run) => run instanceof Run && isInside(run))) throw closedInside()
    for (const run of ongoing) {
      run.abort(new RunError('RUN_CLOSED', 'The pipeline was closed during the run.'))
    }
    await Promise.all(ongoing.map((run) => run.settled()))
  }
}

function closedInside(): RunError {
  return new RunError(
    'RUN_CLOSE_INSIDE',
    'A component cannot close the pipeline that is running it: it would wait for its own end. Throw to stop the run, and close where the run was started.',
  )
}

/** Rounded up, since a timer rounds down: a limit is never shorter than was allowed. */
function timeLeft(timeoutMs: number, start: number): number {
  return Math.ceil(Math.max(0, timeoutMs - (performance.now() - start)))
}
