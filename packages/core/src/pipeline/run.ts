import { typeName } from '../component/socket-type.ts'
import { checkType } from '../component/validate.ts'
import { RunError } from '../errors.ts'
import { listNames } from '../suggest.ts'
import { findBlocked } from './blocked.ts'
import type { RunListener } from './events.ts'
import type { CallerInputs } from './inputs.ts'
import type { Plan, PlannedComponent, PlannedEdge } from './plan.ts'
import { RunResult, type RunWarning } from './result.ts'
import { RunState } from './state.ts'
import type { Visit } from './trace.ts'
import { callComponent, eventTime, type RunScope } from './visit.ts'

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
  /** Made when a component asks for its signal: most never do. */
  #controller: AbortController | undefined
  /** Visits whose inputs are taken and that wait for a free place. */
  readonly #queue: Visit[] = []
  #queued = 0
  readonly #eager: Visit[] = []
  /** Components that could run, but for which more may come. */
  readonly #deferred = new Set<number>()
  /** 1 from the moment a visit is queued until it has ended: a component never runs twice at once. */
  readonly #active: Uint8Array
  readonly #visits: Visit[] = []
  readonly #outputs: Record<string, Values> = {}
  readonly #named: Values = {}
  readonly #warnings: RunWarning[] = []
  #running = 0
  #pumping = false
  #failed = false
  #ended = false
  #failure: unknown
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
    this.#active = new Uint8Array(plan.components.length)
    this.#scope = { runId: options.runId, signal: () => this.#signal(), listener: options.listener }
    for (const { socket, value } of inputs) this.#state.giveByCaller(socket, value)
  }

  /** Starts the run. The promise settles only after everything that the run started has settled. */
  start(): Promise<RunResult> {
    const { signal, timeoutMs, remainingMs, listener, runId } = this.#options
    return new Promise((resolve, reject) => {
      this.#resolve = resolve
      this.#reject = reject
      listener?.({ type: 'runStart', runId, time: eventTime() })
      if (signal?.aborted) this.#fail(signal.reason)
      else signal?.addEventListener('abort', this.#onAbort, { once: true })
      if (timeoutMs !== undefined) {
        this.#timer = setTimeout(() => this.#fail(runTimedOut(timeoutMs)), remainingMs)
      }
      for (const index of this.#plan.order) this.#consider(index)
      this.#pump()
    })
  }

  #signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController()
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
    if (readiness === 'deferred') this.#deferred.add(index)
    else if (readiness !== 'blocked') this.#enqueue(component, readiness === 'eager')
  }

  #enqueue(component: PlannedComponent, eager: boolean): void {
    if (this.#state.visits(component) >= this.#options.maxRunsPerComponent) {
      this.#fail(tooManyVisits(this.#plan, component, this.#options.maxRunsPerComponent))
      return
    }
    this.#deferred.delete(component.index)
    this.#active[component.index] = 1
    const inputs = this.#state.take(component)
    const visit: Visit = {
      component,
      visit: this.#state.visits(component),
      inputs,
      start: 0,
      end: 0,
      outputs: undefined,
      error: undefined,
    }
    if (eager) this.#eager.push(visit)
    else this.#queue.push(visit)
  }

  /** Starts what may start, and ends the run when nothing is left. Not re-entrant: sync components end inside it. */
  #pump(): void {
    if (this.#pumping) return
    this.#pumping = true
    for (;;) {
      while (!this.#failed && this.#running < this.#options.concurrency) {
        const visit = this.#eager.shift() ?? this.#queue[this.#queued]
        if (visit === undefined) break
        if (visit === this.#queue[this.#queued]) this.#queued++
        this.#begin(visit)
      }
      if (this.#running > 0 || this.#failed || !this.#enqueueDeferred()) break
    }
    this.#pumping = false
    if (this.#running === 0 && !this.#ended) this.#end()
  }

  /** Nothing runs and nothing is ready: the first of the deferred gets its turn. */
  #enqueueDeferred(): boolean {
    let first: number | undefined
    for (const index of this.#deferred) if (first === undefined || this.#precedes(index, first)) first = index
    if (first === undefined) return false
    this.#enqueue(this.#plan.components[first] as PlannedComponent, false)
    return true
  }

  #precedes(a: number, b: number): boolean {
    const components = this.#plan.components
    const difference = (components[a] as PlannedComponent).rank - (components[b] as PlannedComponent).rank
    return difference < 0 || (difference === 0 && a < b)
  }

  #begin(visit: Visit): void {
    this.#running++
    this.#visits.push(visit)
    const { listener } = this.#options
    visit.start = this.#now
    if (listener) listener({ ...this.#moment(visit), type: 'componentStart', inputs: visit.inputs })
    let given: Values | Promise<Values>
    try {
      given = callComponent(visit.component, visit.inputs, visit.visit, this.#scope)
    } catch (error) {
      this.#endFailed(visit, error)
      return
    }
    if (isPromise(given)) {
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

  #endVisit(visit: Visit, outputs: Values): void {
    visit.end = this.#now = performance.now()
    const { listener, validateOutputs } = this.#options
    try {
      checkOutputs(visit, outputs, validateOutputs)
      visit.outputs = outputs
      if (listener) {
        listener({
          ...this.#moment(visit),
          type: 'componentEnd',
          outputs,
          durationMs: visit.end - visit.start,
        })
      }
      this.#keep(visit.component, outputs)
      for (const edge of visit.component.leaving) this.#distribute(edge, outputs)
    } catch (error) {
      this.#endFailed(visit, error)
      return
    }
    this.#running--
    const { index, receivers } = visit.component
    this.#active[index] = 0
    for (const receiver of receivers) this.#consider(receiver)
    this.#consider(index)
  }

  #distribute(edge: PlannedEdge, outputs: Values): void {
    const value =
      edge.inheritedName && !Object.hasOwn(outputs, edge.output) ? undefined : outputs[edge.output]
    if (value === undefined) this.#state.sendNothing(edge)
    else this.#state.send(edge, edge.convert === undefined ? value : convert(edge, value, this.#plan))
  }

  /** Puts what no connection consumes into the result. Outputs of a later visit replace those of an earlier one. */
  #keep(component: PlannedComponent, outputs: Values): void {
    const all = this.#options.included.has(component.name)
    for (const { output, name } of component.named ?? []) {
      if (Object.hasOwn(outputs, output) && outputs[output] !== undefined) this.#named[name] = outputs[output]
    }
    let kept: Values | undefined
    for (const name in outputs) {
      if (!all && component.consumed.has(name)) continue
      const value = outputs[name]
      if (value === undefined || !Object.hasOwn(outputs, name)) continue
      if (component.outputs.has(name)) {
        kept ??= {}
        kept[name] = value
      } else this.#warnings.push(undeclared(component, name))
    }
    if (kept !== undefined) this.#outputs[component.name] = kept
    else if (all) this.#outputs[component.name] ??= {}
  }

  #endFailed(visit: Visit, error: unknown): void {
    const { listener } = this.#options
    visit.end = this.#now = performance.now()
    visit.error = error
    if (listener) {
      listener({ ...this.#moment(visit), type: 'componentError', error, durationMs: visit.end - visit.start })
    }
    this.#fail(error instanceof RunError ? error : componentFailed(visit, error))
    this.#running--
  }

  /** The first failure stands. Nothing new starts, what runs is told to stop. */
  #fail(reason: unknown): void {
    if (this.#failed) return
    this.#failed = true
    this.#failure = reason
    this.#controller?.abort(reason)
    this.#pump()
  }

  #end(): void {
    this.#ended = true
    const { signal, listener, runId } = this.#options
    clearTimeout(this.#timer)
    signal?.removeEventListener('abort', this.#onAbort)
    if (!this.#failed) this.#reportBlocked()
    if (listener) {
      const aborted = this.#failed && signal?.aborted === true && this.#failure === signal.reason
      listener({
        type: 'runEnd',
        runId,
        time: eventTime(),
        status: aborted ? 'aborted' : this.#failed ? 'failed' : 'completed',
        durationMs: performance.now() - this.#startTime,
      })
    }
    for (const settled of this.#onSettled) settled()
    if (this.#failed) this.#reject(this.#failure)
    else
      this.#resolve(
        new RunResult(this.#plan, runId, this.#outputs, this.#named, this.#warnings, this.#visits),
      )
  }

  #reportBlocked(): void {
    const { warnings, fatal } = findBlocked(
      this.#plan,
      this.#state,
      Object.keys(this.#outputs).length + Object.keys(this.#named).length > 0,
    )
    this.#warnings.push(...warnings)
    if (fatal === undefined) return
    this.#failed = true
    this.#failure = fatal
  }

  #moment(visit: Visit) {
    return {
      runId: this.#options.runId,
      time: eventTime(),
      component: visit.component.name,
      componentType: visit.component.type,
      visit: visit.visit,
    }
  }
}

function isPromise(value: unknown): value is Promise<Values> {
  return typeof (value as { then?: unknown } | null | undefined)?.then === 'function'
}

function checkOutputs(visit: Visit, outputs: unknown, validate: boolean): void {
  const { component } = visit
  const where = { component: component.name, type: component.type, visit: visit.visit }
  if (typeof outputs !== 'object' || outputs === null || Array.isArray(outputs)) {
    const got = Array.isArray(outputs) ? 'an array' : outputs === null ? 'null' : `a ${typeof outputs}`
    throw new RunError(
      'RUN_INVALID_OUTPUT',
      `'${component.name}' (${component.type}) must return an object with its outputs ${listNames(component.outputs)}, but returned ${got}.`,
      where,
    )
  }
  if (!validate) return
  for (const [name, value] of Object.entries(outputs)) {
    const socket = component.outputs.has(name) ? component.component.outputs[name] : undefined
    const problem =
      socket === undefined
        ? `that is not among its outputs ${listNames(component.outputs)}`
        : value === undefined
          ? undefined
          : checkType(socket.type, value).map(({ path, message }) => `${path.join('.')} ${message}`.trim())[0]
    if (problem === undefined) continue
    const type = socket === undefined ? '' : ` (${typeName(socket.type)})`
    throw new RunError(
      'RUN_INVALID_OUTPUT',
      `'${component.name}' (${component.type}) returned '${name}'${type}: ${problem}`,
      where,
    )
  }
}

function convert(edge: PlannedEdge, value: unknown, plan: Plan): unknown {
  try {
    return edge.convert?.(value)
  } catch (cause) {
    const { sender, receiver, conversion } = edge.connection
    const source = plan.components[edge.source] as PlannedComponent
    throw new RunError(
      'RUN_CONVERSION_FAILED',
      `'${sender.component}.${sender.socket}' could not be converted (${conversion?.name}) for '${receiver.component}.${receiver.socket}': ${cause instanceof Error ? cause.message : String(cause)}.`,
      { cause, component: source.name, type: source.type },
    )
  }
}

function componentFailed({ component, visit }: Visit, cause: unknown): RunError {
  const reason = cause instanceof Error ? cause.message : String(cause)
  return new RunError('RUN_COMPONENT_FAILED', `'${component.name}' (${component.type}) failed: ${reason}`, {
    cause,
    component: component.name,
    type: component.type,
    visit,
  })
}

function undeclared(component: PlannedComponent, output: string): RunWarning {
  return {
    code: 'UNDECLARED_OUTPUT',
    component: component.name,
    message: `'${component.name}' (${component.type}) returned '${output}', which it does not declare; it was dropped. Declared: ${listNames(component.outputs)}.`,
  }
}

function tooManyVisits(plan: Plan, component: PlannedComponent, limit: number): RunError {
  const cycle = plan.cycles.find((members) => members.includes(component.index)) ?? [component.index]
  const names = listNames(cycle.map((index) => (plan.components[index] as PlannedComponent).name))
  return new RunError(
    'RUN_MAX_VISITS',
    `'${component.name}' ran ${limit} times, which is as often as maxRunsPerComponent allows. It is part of the loop of ${names}: check the condition that ends it, or raise the limit.`,
    { component: component.name, type: component.type, visit: limit },
  )
}

export function runTimedOut(timeoutMs: number): RunError {
  return new RunError('RUN_TIMEOUT', `The run took longer than its timeoutMs of ${timeoutMs}.`)
}
