import type { Components, WarmUpContext } from '../component/component.ts'
import { OptionError } from '../errors.ts'
import type { Plan, PlannedComponent } from '../graph/plan.ts'
import { checkTimeout, checkWhole } from '../graph/policy.ts'
import type { ReadSnapshot } from '../snapshot/read-snapshot.ts'
import { didYouMean, listNames, unknownKey } from '../text/names.ts'
import { describeValue } from '../text/show.ts'
import type { RunListener } from './events.ts'
import type { RunWarning } from './result.ts'

export interface RunOptions<C extends Components = Components> {
  /** Stops the run: nothing new starts, the signals of running components abort, and it rejects with the signal's reason. */
  readonly signal?: AbortSignal
  /** The longest the run may take, in milliseconds, loading included; then it fails with `RUN_TIMEOUT`. */
  readonly timeoutMs?: number
  /**
   * How many components may run at the same time. A model queues its requests itself.
   *
   * @defaultValue Infinity
   */
  readonly concurrency?: number
  /** Components whose outputs are all kept in the result, also those that a connection consumed. */
  readonly includeOutputsFrom?: readonly (keyof C & string)[]
  /**
   * What is checked against the types of the sockets: the caller's inputs, or also every output of every component and
   * what is joined of several, or nothing, when the inputs were checked elsewhere. That none is unknown or missing is
   * checked in any case, of inputs and of outputs.
   *
   * @defaultValue 'inputs'
   */
  readonly validate?: 'inputs' | 'all' | 'nothing'
  /**
   * Stops the run before a visit of a component (1, the first, when not said otherwise), when it is that one's turn.
   * What is running then may end; the result has the status `paused` and a snapshot for `resume`. A run that never
   * comes there ends as usual, with a warning.
   */
  readonly breakAt?: { readonly component: keyof C & string; readonly visit?: number }
  /**
   * How long components may take to end once the run has to stop, because of its signal, a time limit, a failure or
   * `close`. Then it rejects without those that have not ended, and the process warns of them by name.
   *
   * @defaultValue 5000 milliseconds
   */
  readonly graceMs?: number
  /**
   * How many visits the trace of the result holds: of a longer run the first and the last ones. `omittedVisits` says how
   * many it lacks.
   *
   * @defaultValue 1000
   */
  readonly maxTrace?: number
  /** Called at once with everything that happens. `stream` gives the same as an iterable. */
  readonly onEvent?: RunListener
  /** Called while components load, before the first one runs. */
  readonly onProgress?: WarmUpContext['onProgress']
}

/** What is kept of outputs is in the snapshot. */
export interface ResumeOptions<C extends Components = Components>
  extends Omit<RunOptions<C>, 'includeOutputsFrom'> {
  /** An answer, as JSON, for each of `result.questions`, by its id. */
  readonly answers?: Readonly<Record<string, unknown>>
}

export interface RunSettings {
  readonly runId: string
  readonly signal: AbortSignal | undefined
  /** What the caller allowed for the run, and what loading left of it. */
  readonly timeoutMs: number | undefined
  readonly remainingMs: number | undefined
  readonly concurrency: number
  readonly maxRunsPerComponent: number
  readonly included: ReadonlySet<string>
  readonly validateOutputs: boolean
  readonly graceMs: number
  readonly maxTrace: number
  /** Where the run is to stop, before the visit. */
  readonly breakAt: Breakpoint | undefined
  readonly listener: RunListener | undefined
}

const runOptionNames = {
  signal: true,
  timeoutMs: true,
  concurrency: true,
  includeOutputsFrom: true,
  validate: true,
  breakAt: true,
  graceMs: true,
  maxTrace: true,
  onEvent: true,
  onProgress: true,
} satisfies Record<keyof RunOptions, true>

/** @throws OptionError `PIPELINE_INVALID_OPTION` for a value that is not possible, or an unknown option */
export function checkRunOptions(options: Omit<RunOptions, 'includeOutputsFrom'>): void {
  const { concurrency, timeoutMs, validate, signal, graceMs, maxTrace } = options
  refuseUnknownOptions('The option', options, Object.keys(runOptionNames))
  if (concurrency !== undefined && concurrency !== Number.POSITIVE_INFINITY) {
    checkWhole('concurrency', concurrency, 1)
  }
  if (timeoutMs !== undefined) checkTimeout('timeoutMs', timeoutMs)
  if (graceMs !== undefined) checkGrace(graceMs)
  if (maxTrace !== undefined) checkWhole('maxTrace', maxTrace, 0)
  checkSignal(signal)
  if (validate !== undefined && !['inputs', 'all', 'nothing'].includes(validate)) {
    throw new OptionError(
      'PIPELINE_INVALID_OPTION',
      `validate must be 'inputs', 'all' or 'nothing', not '${String(validate)}'.`,
    )
  }
}

/** @throws OptionError `PIPELINE_INVALID_OPTION` */
export function refuseUnknownOptions(what: string, options: object, known: readonly string[]): void {
  const unknown = Object.keys(options).find((name) => !known.includes(name))
  if (unknown !== undefined) {
    throw new OptionError('PIPELINE_INVALID_OPTION', `${what} ${unknownKey(unknown, known)}`)
  }
}

/** @throws OptionError `PIPELINE_INVALID_OPTION` */
export function checkGrace(graceMs: number): void {
  if (graceMs !== 0) checkTimeout('graceMs, where it is not 0,', graceMs)
}

/** @throws OptionError `PIPELINE_INVALID_OPTION` */
export function checkSignal(signal: unknown): void {
  if (signal === undefined) return
  const { aborted, addEventListener } = Object(signal) as Partial<AbortSignal>
  if (typeof aborted === 'boolean' && typeof addEventListener === 'function') return
  throw new OptionError(
    'PIPELINE_INVALID_OPTION',
    `signal must be an AbortSignal, such as that of new AbortController(), not ${describeValue(signal)}.`,
  )
}

/** @throws OptionError `PIPELINE_INVALID_OPTION` for an unknown component */
export function checkIncluded(plan: Plan, names: readonly string[] = []): ReadonlySet<string> {
  return new Set(names.map((name) => componentOf(plan, 'includeOutputsFrom', name).name))
}

function componentOf(plan: Plan, option: string, name: string): PlannedComponent {
  const component = plan.byName.get(name)
  if (component) return component
  const names = [...plan.byName.keys()]
  throw new OptionError(
    'PIPELINE_INVALID_OPTION',
    `${option} names '${String(name)}', which is not a component. Components: ${listNames(names)}.${didYouMean(String(name), names)}`,
  )
}

/** The visit before which a run is to stop. */
export interface Breakpoint {
  readonly component: PlannedComponent
  readonly visit: number
}

/**
 * Finds the visit that a caller means. In a resumed run it is one that has not started, and not the one at which the
 * snapshot stands: stopping there again would get nowhere.
 *
 * @throws OptionError `PIPELINE_INVALID_OPTION` for an unknown component, or a visit that cannot come any more
 */
export function findBreakpoint(
  plan: Plan,
  { component: name, visit = 1 }: { readonly component: string; readonly visit?: number },
  resumed: ReadSnapshot | undefined,
): Breakpoint {
  const component = componentOf(plan, 'breakAt', name)
  checkWhole('The visit of breakAt', visit, 1)
  if (resumed && !isToCome(resumed, component, visit)) {
    const next = (resumed.snapshot.visits[name] ?? 0) + 1
    throw new OptionError(
      'PIPELINE_INVALID_OPTION',
      `breakAt is visit ${visit} of '${name}', but in the snapshot that one has come already; the next is visit ${next}.`,
    )
  }
  return { component, visit }
}

function isToCome({ snapshot, pending }: ReadSnapshot, component: PlannedComponent, visit: number): boolean {
  const { visits, at } = snapshot
  if (visit > (visits[component.name] ?? 0)) return true
  if (at?.component === component.name && at.visit === visit) return false
  return pending.some((waiting) => waiting.component === component && waiting.visit === visit)
}

/** A run that was to stop at a breakpoint ended without coming there. */
export function notReached({ component: { name, type }, visit }: Breakpoint, visits: number): RunWarning {
  const ran = visits === 0 ? 'did not run' : visits === 1 ? 'ran once' : `ran ${visits} times`
  return {
    code: 'BREAKPOINT_NOT_REACHED',
    component: name,
    message: `The breakpoint before visit ${visit} of '${name}' (${type}) was not reached: it ${ran}.`,
  }
}
