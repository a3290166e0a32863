import type { Components } from '../component/component.ts'
import type { Question } from '../component/pause.ts'
import { RunError } from '../errors.ts'
import { parsePath, type RunOutputs, type Sent } from '../graph/path.ts'
import type { Plan, PlannedComponent } from '../graph/plan.ts'
import type { ValueOf } from '../schema/socket.ts'
import { questionsOf, type runWarning, type Snapshot } from '../snapshot/snapshot.ts'
import { didYouMean, listNames } from '../text/names.ts'
import { type KeptVisits, traceOf, type Visit, type VisitTrace } from './trace.ts'

/**
 * Something that a run did not stop for, but that its caller should know. `code`:
 * `NEVER_RAN`, `DID_NOT_RUN_AGAIN`: a component got a value, but never all that it needs, or not once more.
 * `BREAKPOINT_NOT_REACHED`: the component of `breakAt` did not run that often.
 * `WARNINGS_OMITTED`: there were more warnings than are kept.
 * `SNAPSHOT_INCOMPLETE`: the run is paused, and a value that a component waits with is not JSON: it cannot be resumed.
 * Any other: a component said so with `context.warn`, such as `REPLY_CUT`.
 * `OUTPUT_NOT_RESTORED`: the run was resumed, and an output from before is not JSON, so the snapshot lacks it.
 */
export type RunWarning = ValueOf<typeof runWarning>

/** What a run gives, by component and by the names of the pipeline. */
export type RunOutcome = Pick<ResultBuilder, 'outputs' | 'named' | 'warnings'>

/** Whether a run came to its end, or pauses: at its breakpoint, or because a component did. */
type Ending =
  | { readonly status: 'completed'; readonly snapshot: undefined; readonly questions: readonly Question[] }
  | {
      readonly status: 'paused'
      /** The run as it stands, as JSON, for `pipeline.resume`. */
      readonly snapshot: Snapshot
      /** What `resume` must be given an answer to, by id: the path to the component that asks, and its own id. */
      readonly questions: readonly Question[]
    }

/** What a run gave. Of a run that is `paused`, what it gave so far. */
export type RunResult<C extends Components = Components> = Result<C> & Ending

interface EndedRun {
  readonly plan: Plan
  readonly runId: string
  readonly given: RunOutcome
  readonly visits: KeptVisits
  /** Whether it had begun from a snapshot. */
  readonly resumed: boolean
  /** Of a run that pauses. */
  readonly snapshot: Snapshot | undefined
}

export function resultOf(run: EndedRun): RunResult {
  return new Result(run) as RunResult
}

class Result<const C extends Components = Components> {
  readonly status: Ending['status']
  readonly snapshot: Ending['snapshot']
  readonly questions: Ending['questions']
  readonly runId: string
  /**
   * By component and socket: what no connection consumed, and everything of the components in `includeOutputsFrom`.
   * Where a component ran several times, its last outputs.
   */
  readonly outputs: RunOutputs<C>
  /** The outputs that the pipeline names, by these names; only what is there. */
  readonly named: Readonly<Record<string, unknown>>
  readonly warnings: readonly RunWarning[]
  readonly #plan: Plan
  /** How many visits the trace lacks between the first and the last ones, because the run was longer than `maxTrace`. */
  readonly omittedVisits: number
  readonly #visits: readonly Visit[]
  readonly #resumed: boolean

  constructor({ plan, runId, given, visits, resumed, snapshot }: EndedRun) {
    this.status = snapshot === undefined ? 'completed' : 'paused'
    this.snapshot = snapshot
    this.questions = snapshot === undefined ? [] : questionsOf(snapshot)
    this.#plan = plan
    this.#resumed = resumed
    this.runId = runId
    this.outputs = given.outputs as RunOutputs<C>
    this.named = given.named
    this.warnings = given.warnings
    this.#visits = visits.all()
    this.omittedVisits = visits.omitted
  }

  /**
   * Every visit of every component, in the order in which they started; large values shortened. Of a run with more than
   * `maxTrace` visits the first and the last ones, of one that was resumed those since then.
   */
  get trace(): VisitTrace[] {
    return traceOf(this.#visits)
  }

  /**
   * One output, as in `result.get('llm.replies')`.
   *
   * @throws RunError `RUN_NO_OUTPUT` when the component gave no such value, saying why
   */
  get<
    const P extends { [N in keyof C & string]: `${N}.${keyof C[N]['outputs'] & string}` }[keyof C & string],
  >(path: P): Sent<C, P> {
    const { component, socket } = parsePath(path)
    const outputs = this.outputs as Record<string, Record<string, unknown>>
    const given = Object.hasOwn(outputs, component) ? outputs[component] : undefined
    if (given !== undefined && Object.hasOwn(given, socket)) return given[socket] as Sent<C, P>
    throw new RunError('RUN_NO_OUTPUT', this.#whyMissing(component, socket), { component })
  }

  #whyMissing(name: string, socket: string): string {
    const planned = this.#plan.byName.get(name)
    const path = `'${name}.${socket}'`
    if (!planned) {
      const known = [...this.#plan.byName.keys()]
      return `There is no ${path}: the components are ${listNames(known)}.${didYouMean(name, known)}`
    }
    if (!planned.outputs.has(socket)) {
      return `There is no ${path}: the outputs of '${name}' are ${listNames(planned.outputs)}.${didYouMean(socket, planned.outputs)}`
    }
    const visits = this.#visits.filter((visit) => visit.component === planned)
    const last = visits.at(-1)
    if (this.snapshot !== undefined && !isGiven(last?.outputs, socket)) {
      return `${path} has no value yet: the run is paused${pausedAt(this.snapshot)}. Go on with pipeline.resume(result.snapshot${this.questions.length === 0 ? '' : ', { answers }'}).`
    }
    if (last === undefined) {
      const since = this.#resumed ? ' after the run was resumed' : ''
      return `${path} has no value: '${name}' did not run${since}.`
    }
    if (isGiven(last.outputs, socket)) {
      return `${path} went along a connection. Pass includeOutputsFrom: ['${name}'] to run to keep it.`
    }
    return visits.some(({ outputs }) => isGiven(outputs, socket))
      ? `${path} has no value: '${name}' ran ${visits.length} times, and the last time, which counts, gave none.`
      : `${path} has no value: '${name}' ran and gave none.`
  }
}

function pausedAt({ reason, at }: Snapshot): string {
  if (at === undefined) return ''
  return reason === 'pause' ? ` by '${at.component}'` : ` before visit ${at.visit} of '${at.component}'`
}

type Values = Record<string, unknown>

/** A component in a long loop may warn of something else each time. */
const MOST_WARNINGS = 1000

/** The outputs and warnings of a run so far. */
export class ResultBuilder {
  /** By message: in a loop the same thing happens again and again, and is said once. */
  readonly #warnings = new Map<string, RunWarning>()
  /** What is not kept. */
  #unkept: { readonly component: string; readonly count: number } | undefined
  readonly #plan: Plan
  readonly #included: ReadonlySet<string>
  readonly #outputs: Record<string, Values> = {}
  readonly #named: Values = {}

  constructor(plan: Plan, included: ReadonlySet<string>) {
    this.#plan = plan
    this.#included = included
  }

  /** Goes on from what a run gave before it was stopped. */
  restore(given: RunOutcome): void {
    Object.assign(this.#outputs, given.outputs)
    Object.assign(this.#named, given.named)
    for (const warning of given.warnings) this.warn(warning)
  }

  /**
   * Keeps what no connection consumes. Outputs of a later visit replace those of an earlier one, as a whole, unless
   * there are none.
   */
  keep(component: PlannedComponent, outputs: Values): void {
    const { name: owner, named } = component
    const all = this.#included.has(owner)
    let kept: Values | undefined
    for (const name in outputs) {
      if (!all && component.consumed.has(name)) continue
      kept ??= {}
      kept[name] = outputs[name]
    }
    if (kept !== undefined) this.#outputs[owner] = kept
    else if (all && !Object.hasOwn(this.#outputs, owner)) this.#outputs[owner] = {}
    if (named !== undefined) this.#keepNamed(named, outputs)
  }

  #keepNamed(named: NonNullable<PlannedComponent['named']>, outputs: Values): void {
    if (!named.some(({ output }) => isGiven(outputs, output))) return
    for (const { output, name } of named) {
      if (isGiven(outputs, output)) this.#named[name] = outputs[output]
      else delete this.#named[name]
    }
  }

  /** Whether it is new. Beyond the most that are kept it is counted. */
  warn(warning: RunWarning): boolean {
    if (this.#warnings.has(warning.message)) return false
    if (this.#warnings.size < MOST_WARNINGS) this.#warnings.set(warning.message, warning)
    else this.#unkept = { component: warning.component, count: (this.#unkept?.count ?? 0) + 1 }
    return true
  }

  /** By component, like the outputs. */
  get warnings(): RunWarning[] {
    const place = ({ component }: RunWarning) => this.#plan.byName.get(component)?.index ?? 0
    const warnings = [...this.#warnings.values()].sort((a, b) => place(a) - place(b))
    if (this.#unkept === undefined) return warnings
    const { component, count } = this.#unkept
    const message = `There were more than ${MOST_WARNINGS} warnings: ${count} are left out, the last of '${component}'.`
    return [...warnings, { code: 'WARNINGS_OMITTED', component, message }]
  }

  get isEmpty(): boolean {
    return Object.keys(this.#outputs).length + Object.keys(this.#named).length === 0
  }

  /** By component in the order of declaration: which one ended first must not be seen in the result. */
  get outputs(): Record<string, Values> {
    return inOrder(this.#outputs, (names) => {
      const place = (name: string) => (this.#plan.byName.get(name) as PlannedComponent).index
      return names.sort((a, b) => place(a) - place(b))
    })
  }

  get named(): Values {
    return inOrder(this.#named, () =>
      this.#plan.components
        .flatMap((component) => (component.named ?? []).map(({ name }) => name))
        .filter((name) => Object.hasOwn(this.#named, name)),
    )
  }
}

function isGiven(outputs: Values | undefined, name: string): boolean {
  return outputs !== undefined && Object.hasOwn(outputs, name) && outputs[name] !== undefined
}

function inOrder<T>(values: Record<string, T>, order: (names: string[]) => string[]): Record<string, T> {
  const names = Object.keys(values)
  return names.length < 2 ? values : Object.fromEntries(order(names).map((name) => [name, values[name] as T]))
}
