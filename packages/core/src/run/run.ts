import type { Pause } from '../component/pause.ts'
import { RunError } from '../errors.ts'
import { Turns } from '../event-loop.ts'
import { frozenCopy } from '../frozen-copy.ts'
import type { Plan, PlannedComponent, PlannedEdge } from '../graph/plan.ts'
import type { ReadSnapshot } from '../snapshot/read-snapshot.ts'
import type { Snapshot } from '../snapshot/snapshot.ts'
import { missingIn, takeSnapshot } from '../snapshot/take-snapshot.ts'
import { findBlocked } from './blocked.ts'
import { RunEvents, type RunStatus } from './events.ts'
import { checkConversions, componentFailed, convertAlong, tooManyVisits } from './failures.ts'
import type { CallerInputs } from './inputs.ts'
import { checkJoined, pauseNotReturned, takeOutputs } from './outputs.ts'
import { VisitQueue } from './queue.ts'
import { ResultBuilder, type RunResult, type RunWarning, resultOf } from './result.ts'
import { notReached, type RunSettings } from './run-options.ts'
import { RunState } from './state.ts'
import { type Caller, enter, Interruption, leave, warnOfUnfinished } from './stopping.ts'
import { KeptVisits, newVisit, type Visit } from './trace.ts'
import { callComponent, type RunScope } from './visit.ts'

type Values = Record<string, unknown>

/**
 * One run of a compiled pipeline: the one loop. The ends of visits drive it: each distributes its outputs, looks at the
 * components that received something, and starts what can start. Nothing is searched and nothing waits in between.
 */
export class Run implements Caller {
  readonly #plan: Plan
  readonly #options: RunSettings
  readonly #state: RunState
  readonly #scope: RunScope
  readonly #events: RunEvents | undefined
  readonly #interruption: Interruption
  readonly #queue = new VisitQueue()
  /** 1 at the places, in the order of the plan, of components that could run but for which more may come. */
  readonly #deferred: Uint8Array
  /** 1 from the moment a visit is queued until it has ended: a component never runs twice at once. */
  readonly #active: Uint8Array
  readonly #visits: KeptVisits
  readonly #result: ResultBuilder
  #running = 0
  #pumping = false
  #failed = false
  /** Why the run pauses, once it does: what runs may end, nothing else starts. */
  #pause: Pick<Snapshot, 'reason' | 'at'> | undefined
  /** Of a run that has ended paused. */
  #paused: Snapshot | undefined
  #ended = false
  #resumed = false
  #failure: unknown
  /** Where the failure was, when it was at one component of this run. */
  #failedAt: Snapshot['at']
  readonly #startTime = performance.now()
  /** Read once per end of a visit: what starts because of it starts at that moment. */
  #now = this.#startTime
  readonly #turns = new Turns(() => {
    this.#now = performance.now()
    if (!this.#ended) this.#pump()
  }, this.#startTime)
  #resolve!: (result: RunResult) => void
  #reject!: (reason: unknown) => void
  #onSettled: (() => void)[] = []
  around: Caller | undefined

  constructor(plan: Plan, inputs: CallerInputs, options: RunSettings) {
    this.#plan = plan
    this.#options = options
    this.#interruption = new Interruption(options, (reason) => this.#fail(reason))
    this.#state = new RunState(plan)
    this.#visits = new KeptVisits(options.maxTrace)
    this.#result = new ResultBuilder(plan, options.included)
    this.#deferred = new Uint8Array(plan.components.length)
    this.#active = new Uint8Array(plan.components.length)
    const { listener, runId } = options
    this.#events = listener && new RunEvents(listener, runId, (error) => this.#fail(error))
    this.#scope = {
      settings: options,
      signal: () => this.#interruption.signal,
      events: this.#events,
      warn: (warning) => this.#warn(warning),
      tools: plan.tools,
    }
    for (const { input, value } of inputs) this.#state.giveInput(input, frozenCopy(value))
  }

  /** Goes on where a stopped run was. Before `start`. */
  restore(read: ReadSnapshot): void {
    this.#resumed = true
    const visits = new Map(Object.entries(read.snapshot.visits))
    this.#state.restore(read, ({ name }) => visits.get(name) ?? 0)
    this.#result.restore(read)
    for (const { component, visit, inputs, eager, resumed } of read.pending) {
      this.#active[component.index] = 1
      this.#queue.add(newVisit(component, visit, inputs, undefined, resumed), eager)
    }
  }

  /**
   * Starts the run. The promise settles only after everything that the run started has settled; when it stops before its
   * end, at most the grace time after that.
   */
  start(): Promise<RunResult> {
    return new Promise((resolve, reject) => {
      this.#resolve = resolve
      this.#reject = reject
      this.#events?.runStart(this.#startTime)
      if (!this.#ended) this.#interruption.watch()
      if (this.#ended) return
      for (const component of this.#plan.order) this.#consider(component)
      this.#pump()
    })
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
  #consider(component: PlannedComponent): void {
    if (this.#failed || this.#active[component.index] === 1) return
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
    this.#queue.add(visit, eager)
  }

  /** Starts what may start, and ends the run when nothing is left. Not re-entrant: sync components end inside it. */
  #pump(): void {
    if (this.#pumping) return
    this.#pumping = true
    for (;;) {
      while (!this.#failed && this.#pause === undefined && this.#running < this.#options.concurrency) {
        const visit = this.#queue.first
        // Without turns for others, no timer and no signal would be seen.
        if (visit === undefined || this.#turns.endsAt(this.#now) || this.#pausesAt(visit)) break
        this.#queue.removeFirst()
        this.#begin(visit)
      }
      if (this.#running > 0 || this.#failed || this.#turns.isOver || this.#pause) break
      if (!this.#enqueueDeferred()) break
    }
    this.#pumping = false
    if (this.#running === 0 && !this.#ended && (this.#failed || !this.#turns.isOver)) this.#end()
  }

  /** A visit stops at its breakpoint when its turn has come: what was to start before it has started. */
  #pausesAt({ component, visit }: Visit): boolean {
    const { breakAt } = this.#options
    if (breakAt === undefined || breakAt.component !== component || breakAt.visit !== visit) return false
    this.#pause = { reason: 'breakpoint', at: { component: component.name, visit } }
    return true
  }

  /** Nothing runs and nothing is ready: the first of the deferred gets its turn. */
  #enqueueDeferred(): boolean {
    const first = this.#plan.order[this.#deferred.indexOf(1)]
    if (first === undefined) return false
    this.#enqueue(first, false)
    return true
  }

  #begin(visit: Visit): void {
    this.#running++
    this.#visits.add(visit)
    visit.start = this.#now
    let given: Values | Promise<Values>
    try {
      if (this.#options.validateOutputs) checkJoined(visit)
      if (this.#events) this.#emitStart(visit, this.#events)
      enter(this)
      try {
        given = callComponent(visit, this.#scope)
      } finally {
        leave(this)
      }
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

  /** Throws when the listener stopped the run: the component is then not called. */
  #emitStart(visit: Visit, events: RunEvents): void {
    visit.start = performance.now()
    events.componentStart(visit)
    if (this.#failed) throw this.#failure
  }

  #endVisit(visit: Visit, given: unknown): void {
    // It was left behind.
    if (this.#ended) return
    const { component, pause } = visit
    visit.end = this.#now = performance.now()
    if (pause !== undefined && pause === given) {
      this.#endPaused(visit, pause)
      return
    }
    try {
      const outputs = takeOutputs(visit, given, this.#options.validateOutputs)
      if (component.converts) checkConversions(visit, outputs)
      visit.outputs = outputs
      this.#result.keep(component, outputs)
      for (const edge of component.leaving) this.#distribute(edge, outputs, visit)
    } catch (error) {
      this.#endFailed(visit, error)
      return
    }
    this.#events?.componentEnd(visit)
    this.#running--
    this.#active[component.index] = 0
    for (const receiver of component.receivers) this.#consider(receiver)
    this.#consider(component)
  }

  #endPaused(visit: Visit, pause: Pause): void {
    const { component, visit: number } = visit
    this.#pause ??= { reason: 'pause', at: { component: component.name, visit: number } }
    this.#events?.componentPause(visit, pause.questions)
    this.#running--
  }

  #distribute(edge: PlannedEdge, outputs: Values, visit: Visit): void {
    const value = outputs[edge.output]
    if (value === undefined) this.#state.sendNothing(edge)
    else this.#state.send(edge, edge.conversion === undefined ? value : convertAlong(edge, value, visit))
  }

  #endFailed(visit: Visit, error: unknown): void {
    if (this.#ended) return
    visit.end = this.#now = performance.now()
    visit.error = error === (visit.pause ?? visit) ? pauseNotReturned(visit) : error
    visit.outputs = undefined
    visit.pause = undefined
    this.#fail(componentFailed(visit, visit.error), { component: visit.component.name, visit: visit.visit })
    this.#events?.componentError(visit)
    this.#running--
  }

  /** The first failure stands. Nothing new starts, and the signal of what runs aborts. */
  #fail(reason: unknown, at?: Snapshot['at']): void {
    if (this.#failed) return
    this.#failed = true
    this.#failure = reason
    this.#failedAt = at
    this.#interruption.abort(reason)
    this.#pump()
    if (!this.#ended) this.#interruption.startGrace(() => this.#endLate())
  }

  #endLate(): void {
    warnOfUnfinished(this.#visits.unfinished(), this.#options.graceMs)
    this.#end()
  }

  #warn(...warnings: readonly RunWarning[]): void {
    for (const warning of warnings) {
      if (this.#result.warn(warning)) this.#events?.warning(warning)
    }
  }

  #end(): void {
    this.#ended = true
    this.#interruption.end()
    if (!this.#failed && !this.#pause) this.#complete()
    const status = this.#status()
    if (status === 'paused' && this.#pause) {
      this.#paused = this.#snapshot(this.#pause.reason, this.#pause.at, new Date())
      this.#warn(...missingIn(this.#plan, this.#paused))
    }
    if (status === 'failed') this.#attachSnapshot()
    this.#events?.runEnd(this.#startTime, status, this.#failure)
    for (const settled of this.#onSettled) settled()
    if (this.#failed) this.#reject(this.#failure)
    else this.#resolve(this.#makeResult())
  }

  #makeResult(): RunResult {
    const run = { plan: this.#plan, runId: this.#options.runId, given: this.#result, visits: this.#visits }
    return resultOf({ ...run, resumed: this.#resumed, snapshot: this.#paused })
  }

  #attachSnapshot(): void {
    if (!(this.#failure instanceof RunError)) return
    const stopped = new Date()
    this.#failure.attachSnapshot(() => this.#snapshot('failure', this.#failedAt, stopped))
  }

  /** What has not ended is to be done again when the run is resumed. */
  #snapshot(reason: Snapshot['reason'], at: Snapshot['at'], created: Date): Snapshot {
    const { eager, ready } = this.#queue.waiting
    return takeSnapshot(this.#plan, {
      reason,
      at,
      created,
      state: this.#state,
      result: this.#result,
      included: this.#options.included,
      // What had started is the first to start again.
      eager: [...this.#visits.unfinished(), ...eager],
      queue: ready,
    })
  }

  #status(): RunStatus {
    if (!this.#failed) return this.#pause ? 'paused' : 'completed'
    const { signal } = this.#options
    return signal?.aborted && this.#failure === signal.reason ? 'aborted' : 'failed'
  }

  #complete(): void {
    const { breakAt } = this.#options
    const { warnings, fatal } = findBlocked(this.#plan, this.#state, !this.#result.isEmpty)
    if (fatal !== undefined) {
      this.#failed = true
      this.#failure = fatal
      return
    }
    this.#warn(...warnings)
    if (breakAt) this.#warn(notReached(breakAt, this.#state.visits(breakAt.component)))
  }
}
