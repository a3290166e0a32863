import { setMaxListeners } from 'node:events'
import { BreakpointReached, RunError } from '../errors.ts'
import { Announcer } from './announcer.ts'
import { findBlocked } from './blocked.ts'
import { type Breakpoint, notReached } from './breakpoint.ts'
import type { RunListener, RunStatus } from './events.ts'
import { checkOutputs, componentFailed, convertAlong, runTimedOut, tooManyVisits } from './failures.ts'
import type { CallerInputs } from './inputs.ts'
import { Outcome } from './outcome.ts'
import type { Plan, PlannedComponent, PlannedEdge } from './plan.ts'
import type { ReadSnapshot } from './read-snapshot.ts'
import { RunResult } from './result.ts'
import type { Snapshot } from './snapshot.ts'
import { RunState } from './state.ts'
import { takeSnapshot } from './take-snapshot.ts'
import type { Visit } from './trace.ts'
import { callComponent, type RunScope } from './visit.ts'

type Values = Record<string, unknown>

export interface GraphRunOptions {
  readonly runId: string
  readonly signal: AbortSignal | undefined
  /** What the caller allowed for the run, and what loading left of it. */
  readonly timeoutMs: number | undefined
  readonly remainingMs: number | undefined
  readonly concurrency: number
  readonly maxRunsPerComponent: number
  readonly included: ReadonlySet<string>
  readonly validateOutputs: boolean
  /** Where the run is to stop, before the visit. */
  readonly breakAt: Breakpoint | undefined
  readonly listener: RunListener | undefined
}

/**
 * One run of a compiled pipeline: the one loop. It is driven by the ends of visits: each distributes its outputs, looks at the components that
 * received something, and starts what can start. Nothing is searched and nothing waits in between.
 */
export class GraphRun {
  readonly #plan: Plan
  readonly #options: GraphRunOptions
  readonly #state: RunState
  readonly #scope: RunScope
  readonly #announcer: Announcer | undefined
  /** Made when a component asks for its signal: most never do. */
  #controller: AbortController | undefined
  /** Visits whose inputs are taken and that wait for a free place. */
  readonly #queue: Visit[] = []
  #queued = 0
  readonly #eager: Visit[] = []
  /** 1 at the places, in the order of the plan, of components that could run but for which more may come. */
  readonly #deferred: Uint8Array
  /** 1 from the moment a visit is queued until it has ended: a component never runs twice at once. */
  readonly #active: Uint8Array
  readonly #visits: Visit[] = []
  readonly #outcome: Outcome
  #running = 0
  #pumping = false
  #failed = false
  /** The breakpoint is reached: what runs may end, nothing else starts. */
  #paused = false
  #ended = false
  #resumed = false
  #failure: unknown
  /** Where the failure was, when it was at one component of this run. */
  #failedAt: Snapshot['at']
  readonly #startTime = performance.now()
  /** Read once per end of a visit: what starts because of it starts at that moment. */
  #now = this.#startTime
  #resolve!: (result: RunResult) => void
  #reject!: (reason: unknown) => void
  #onSettled: (() => void)[] = []
  #timer: NodeJS.Timeout | undefined
  readonly #onAbort = () => this.#fail(this.#options.signal?.reason)

  constructor(plan: Plan, inputs: CallerInputs, options: GraphRunOptions) {
    this.#plan = plan
    this.#options = options
    this.#state = new RunState(plan)
    this.#outcome = new Outcome(plan, options.included)
    this.#deferred = new Uint8Array(plan.components.length)
    this.#active = new Uint8Array(plan.components.length)
    const { listener, runId } = options
    this.#announcer = listener && new Announcer(listener, runId, (error) => this.#fail(error))
    this.#scope = { runId, signal: () => this.#signal(), announcer: this.#announcer }
    for (const { socket, value } of inputs) this.#state.giveByCaller(socket, value)
  }

  /** Goes on where a stopped run was. Before `start`. */
  restore(read: ReadSnapshot): void {
    this.#resumed = true
    const visits = new Map(Object.entries(read.snapshot.visits))
    this.#state.restore(read, ({ name }) => visits.get(name) ?? 0)
    this.#outcome.restore(read)
    for (const { component, visit, inputs, eager } of read.pending) {
      this.#active[component.index] = 1
      ;(eager ? this.#eager : this.#queue).push(newVisit(component, visit, inputs, undefined))
    }
  }

  /** Starts the run. The promise settles only after everything that the run started has settled. */
  start(): Promise<RunResult> {
    return new Promise((resolve, reject) => {
      this.#resolve = resolve
      this.#reject = reject
      const { signal, timeoutMs, remainingMs } = this.#options
      this.#announcer?.runStart(this.#startTime)
      if (signal?.aborted) this.#fail(signal.reason)
      if (this.#ended) return
      signal?.addEventListener('abort', this.#onAbort, { once: true })
      if (timeoutMs !== undefined) {
        this.#timer = setTimeout(() => this.#fail(runTimedOut(timeoutMs)), remainingMs)
      }
      for (const index of this.#plan.order) this.#consider(index)
      this.#pump()
    })
  }

  /** The signal that components see. */
  #signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController()
      // Any number of components may listen at once.
      setMaxListeners(Number.POSITIVE_INFINITY, this.#controller.signal)
      if (this.#failed) this.#controller.abort(this.#failure)
    }
    return this.#controller.signal
  }

  /** Stops the run: it rejects with this reason once what is running has settled. */
  abort(reason: unknown): void {
    this.#fail(reason)
  }

  /** Resolves when nothing of the run is going on any more, however it ended. */
  settled(): Promise<void> {
    return this.#ended ? Promise.resolve() : new Promise((resolve) => this.#onSettled.push(resolve))
  }

  /** Looks whether a component can run now, and queues it or remembers that it could. */
  #consider(index: number): void {
    if (this.#failed || this.#active[index] === 1) return
    const component = this.#plan.components[index] as PlannedComponent
    const readiness = this.#state.readiness(component)
    if (readiness === 'deferred') this.#deferred[component.place] = 1
    else if (readiness !== 'blocked') this.#enqueue(component, readiness === 'eager')
  }

  #enqueue(component: PlannedComponent, eager: boolean): void {
    if (this.#state.visits(component) >= this.#options.maxRunsPerComponent) {
      const limit = this.#options.maxRunsPerComponent
      this.#fail(tooManyVisits(this.#plan, component, limit), { component: component.name, visit: limit + 1 })
      return
    }
    this.#deferred[component.place] = 0
    this.#active[component.index] = 1
    const triggers = this.#state.triggersOf(component)
    const inputs = this.#state.take(component)
    const visit = newVisit(component, this.#state.visits(component), inputs, triggers)
    if (eager) this.#eager.push(visit)
    else this.#queue.push(visit)
  }

  /** Starts what may start, and ends the run when nothing is left. Not re-entrant: sync components end inside it. */
  #pump(): void {
    if (this.#pumping) return
    this.#pumping = true
    for (;;) {
      while (!this.#failed && !this.#paused && this.#running < this.#options.concurrency) {
        const eager = this.#eager[0]
        const visit = eager ?? this.#queue[this.#queued]
        if (visit === undefined || this.#pausesAt(visit)) break
        if (eager === undefined) this.#queued++
        else this.#eager.shift()
        this.#begin(visit)
      }
      if (this.#running > 0 || this.#failed || this.#paused || !this.#enqueueDeferred()) break
    }
    this.#pumping = false
    if (this.#running === 0 && !this.#ended) this.#end()
  }

  /** A visit stops at its breakpoint when its turn has come: what was to start before it has started. */
  #pausesAt({ component, visit }: Visit): boolean {
    const { breakAt } = this.#options
    if (breakAt === undefined || breakAt.component !== component || breakAt.visit !== visit) return false
    this.#paused = true
    return true
  }

  /** Nothing runs and nothing is ready: the first of the deferred gets its turn. */
  #enqueueDeferred(): boolean {
    const place = this.#deferred.indexOf(1)
    if (place < 0) return false
    this.#enqueue(this.#plan.components[this.#plan.order[place] as number] as PlannedComponent, false)
    return true
  }

  #begin(visit: Visit): void {
    this.#running++
    this.#visits.push(visit)
    visit.start = this.#now
    let given: Values | Promise<Values>
    try {
      if (this.#announcer && !this.#announce(visit, this.#announcer)) throw this.#failure
      given = callComponent(visit.component, visit.inputs, visit.visit, this.#scope)
      // A promise of another make may call back twice, or at once, or throw.
      if (!(given instanceof Promise) && isThenable(given)) given = Promise.resolve(given)
    } catch (error) {
      this.#endFailed(visit, error)
      return
    }
    if (given instanceof Promise) {
      given.then(
        (outputs) => {
          this.#endVisit(visit, outputs)
          this.#pump()
        },
        (error) => {
          this.#endFailed(visit, error)
          this.#pump()
        },
      )
      return
    }
    this.#endVisit(visit, given)
  }

  /** False when the listener stopped the run: the component is then not called. */
  #announce(visit: Visit, announcer: Announcer): boolean {
    visit.start = performance.now()
    announcer.componentStart(visit)
    return !this.#failed
  }

  #endVisit(visit: Visit, outputs: Values): void {
    visit.end = this.#now = performance.now()
    try {
      checkOutputs(visit, outputs, this.#options.validateOutputs)
      if (visit.component.converts) checkConversions(visit, outputs)
      visit.outputs = outputs
      this.#outcome.keep(visit.component, outputs)
      for (const edge of visit.component.leaving) this.#distribute(edge, outputs, visit)
    } catch (error) {
      this.#endFailed(visit, error)
      return
    }
    this.#announcer?.componentEnd(visit)
    this.#running--
    const { index, receivers } = visit.component
    this.#active[index] = 0
    for (const receiver of receivers) this.#consider(receiver)
    this.#consider(index)
  }

  #distribute(edge: PlannedEdge, outputs: Values, visit: Visit): void {
    const value = outputAt(edge, outputs)
    if (value === undefined) this.#state.sendNothing(edge)
    else this.#state.send(edge, edge.convert === undefined ? value : convertAlong(edge, value, visit))
  }

  #endFailed(visit: Visit, error: unknown): void {
    visit.end = this.#now = performance.now()
    visit.error = error
    visit.outputs = undefined
    this.#fail(componentFailed(visit, error), { component: visit.component.name, visit: visit.visit })
    this.#announcer?.componentError(visit)
    this.#running--
  }

  /** The first failure stands. Nothing new starts, what runs is told to stop. */
  #fail(reason: unknown, at?: Snapshot['at']): void {
    if (this.#failed) return
    this.#failed = true
    this.#failure = reason
    this.#failedAt = at
    this.#controller?.abort(reason)
    this.#pump()
  }

  #end(): void {
    this.#ended = true
    const { signal, runId } = this.#options
    clearTimeout(this.#timer)
    signal?.removeEventListener('abort', this.#onAbort)
    if (this.#paused && !this.#failed) this.#breakNow()
    else if (!this.#failed) this.#complete()
    const status = this.#status()
    if (status === 'failed') this.#carrySnapshot()
    this.#announcer?.runEnd(this.#startTime, status, this.#failure)
    for (const settled of this.#onSettled) settled()
    if (this.#failed) this.#reject(this.#failure)
    else this.#resolve(new RunResult(this.#plan, runId, this.#outcome, this.#visits, this.#resumed))
  }

  #breakNow(): void {
    const { component, visit } = this.#options.breakAt as Breakpoint
    const snapshot = this.#snapshot('breakpoint', { component: component.name, visit }, new Date())
    this.#failed = true
    this.#failure = new BreakpointReached(component.name, visit, snapshot)
  }

  #carrySnapshot(): void {
    if (!(this.#failure instanceof RunError)) return
    const stopped = new Date()
    this.#failure.attachSnapshot(() => this.#snapshot('failure', this.#failedAt, stopped))
  }

  /** What has not ended is to be done again when the run is resumed. */
  #snapshot(reason: Snapshot['reason'], at: Snapshot['at'], created: Date): Snapshot {
    const unfinished = this.#visits.filter((visit) => visit.outputs === undefined)
    return takeSnapshot(this.#plan, {
      reason,
      at,
      created,
      state: this.#state,
      outcome: this.#outcome,
      included: this.#options.included,
      // What had started is the first to start again.
      eager: [...unfinished, ...this.#eager],
      queue: this.#queue.slice(this.#queued),
    })
  }

  #status(): RunStatus {
    if (!this.#failed) return 'completed'
    const { signal } = this.#options
    if (signal?.aborted && this.#failure === signal.reason) return 'aborted'
    return this.#paused && this.#failure instanceof BreakpointReached ? 'paused' : 'failed'
  }

  #complete(): void {
    const { breakAt } = this.#options
    const { warnings, fatal } = findBlocked(this.#plan, this.#state, !this.#outcome.isEmpty)
    if (fatal !== undefined) {
      this.#failed = true
      this.#failure = fatal
      return
    }
    this.#outcome.warn(...warnings)
    if (breakAt) this.#outcome.warn(notReached(breakAt, this.#state.visits(breakAt.component)))
  }
}

function outputAt({ output, inheritedName }: PlannedEdge, outputs: Values): unknown {
  return inheritedName && !Object.hasOwn(outputs, output) ? undefined : outputs[output]
}

/** Before anything is sent: a visit has sent all of its outputs or none, so that it can be done again. */
function checkConversions(visit: Visit, outputs: Values): void {
  for (const edge of visit.component.leaving) {
    const value = edge.convert === undefined ? undefined : outputAt(edge, outputs)
    if (value !== undefined) convertAlong(edge, value, visit)
  }
}

function newVisit(
  component: PlannedComponent,
  visit: number,
  inputs: Values,
  triggers: Visit['triggers'],
): Visit {
  return { component, visit, inputs, triggers, start: 0, end: 0, outputs: undefined, error: undefined }
}

function isThenable(value: unknown): boolean {
  return typeof (value as { then?: unknown } | null | undefined)?.then === 'function'
}
