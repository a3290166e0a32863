import type { ModelCall, ToolCallEnd } from '../component/calls.ts'
import { hiddenValuesOf } from '../component/hidden-values.ts'
import { Pause, type PauseRequest, type Resumed } from '../component/pause.ts'
import type { RunContext } from '../component/run-context.ts'
import type { StreamingChunk } from '../data/streaming-chunk.ts'
import { RunError } from '../errors.ts'
import type { PlannedComponent } from '../graph/plan.ts'
import { type ComponentPolicy, LONGEST_TIMEOUT } from '../graph/policy.ts'
import { linkSignal } from '../signals.ts'
import type { RunEvents } from './events.ts'
import type { RunWarning } from './result.ts'
import type { RunSettings } from './run-options.ts'
import { warnOfLate, withinGrace } from './stopping.ts'
import type { Visit } from './trace.ts'

/** What the visits of one run share. */
export interface RunScope {
  readonly settings: Pick<RunSettings, 'runId' | 'validateOutputs' | 'graceMs'>
  readonly signal: () => AbortSignal
  readonly events: RunEvents | undefined
  readonly warn: (warning: RunWarning) => void
  readonly tools: RunContext['pipelineTools']
}

/** What the run of this context asks of the runs of pipelines inside; undefined for a context that no run made. */
export let settingsFor: (context: RunContext) => RunScope['settings'] | undefined

/** The context of one visit. Made per call, so everything in it that costs is made when it is asked for. */
export class VisitContext implements RunContext {
  readonly visit: number
  readonly #visit: Visit
  readonly #scope: RunScope
  readonly #signal: AbortSignal | undefined

  static {
    settingsFor = (context) => (#scope in context ? context.#scope.settings : undefined)
  }

  constructor(scope: RunScope, visit: Visit, signal?: AbortSignal) {
    this.visit = visit.visit
    this.#visit = visit
    this.#scope = scope
    this.#signal = signal
  }

  get component(): { readonly name: string; readonly type: string } {
    return this.#visit.component.identity
  }

  get resumed(): Resumed | undefined {
    return this.#visit.resumed
  }

  get signal(): AbortSignal {
    return this.#signal ?? this.#scope.signal()
  }

  get pipelineTools(): RunContext['pipelineTools'] {
    return this.#scope.tools
  }

  get runId(): string {
    return this.#scope.settings.runId
  }

  /** A getter, so that `const { emit } = context` works. */
  get emit(): (chunk: StreamingChunk) => void {
    const { events } = this.#scope
    if (events === undefined) return () => {}
    return (chunk) => events.chunk(this.#visit.component, this.visit, chunk)
  }

  get pause(): (request: PauseRequest) => never {
    // It is for the loop alone to see that this is not an object of outputs.
    return (request) => {
      if (this.#visit.pause !== undefined) throw pausedTwice(this.#visit)
      this.#visit.pause = new Pause(this.component, this.visit, request)
      return this.#visit.pause as never
    }
  }

  get modelCall(): (call: ModelCall) => void {
    return (call) => this.#scope.events?.modelCall(this.#visit.component, this.visit, call)
  }

  get toolCall(): (call: ToolCallEnd) => void {
    return (call) => this.#scope.events?.toolCall(this.#visit.component, this.visit, call)
  }

  get warn(): (code: string, message: string) => void {
    const { name, type, component } = this.#visit.component
    return (code, message) => {
      const shown = hiddenValuesOf(component).hide(message)
      this.#scope.warn({ code, component: name, message: `'${name}' (${type}): ${shown}` })
    }
  }
}

function pausedTwice({ component: { name, type }, visit }: Visit): RunError {
  const message = `'${name}' (${type}) called context.pause twice in one visit. One pause asks all questions: context.pause({ questions: [ … ] }).`
  return new RunError('RUN_INVALID_PAUSE', message, { component: name, type, visit })
}

type Outputs = Record<string, unknown>

/** Calls a component once, or as often as its policy says. */
export function callComponent(visit: Visit, scope: RunScope): Outputs | Promise<Outputs> {
  const { component: planned, inputs } = visit
  const { policy } = planned
  if (policy.retry === undefined && policy.timeoutMs === undefined) {
    const given: unknown = planned.component.run(inputs, new VisitContext(scope, visit))
    // Something else that can be awaited may call back twice, or at once, or throw.
    if (!(given instanceof Promise) && isThenable(given))
      return Promise.resolve(given as PromiseLike<Outputs>)
    return given as Outputs | Promise<Outputs>
  }
  return callWithPolicy(visit, scope)
}

function isThenable(value: unknown): boolean {
  return typeof (value as { then?: unknown } | null | undefined)?.then === 'function'
}

async function callWithPolicy(visit: Visit, scope: RunScope): Promise<Outputs> {
  const { component: planned } = visit
  const { timeoutMs } = planned.policy
  const deadline =
    timeoutMs === undefined ? undefined : { timeoutMs, reason: () => timedOut(planned, visit.visit) }
  const linked = linkSignal(scope.signal(), deadline)
  try {
    const attempts = callWithRetry(visit, new VisitContext(scope, visit, linked.signal))
    const { graceMs } = scope.settings
    return await withinGrace(attempts, linked.signal, graceMs, () =>
      warnOfLate(planned.name, planned.type, 'was still running', graceMs),
    )
  } finally {
    linked.release()
  }
}

async function callWithRetry(visit: Visit, context: VisitContext): Promise<Outputs> {
  const { inputs } = visit
  const { component, policy } = visit.component
  const { retry } = policy
  const { signal } = context
  for (let attempt = 1; ; attempt++) {
    visit.pause = undefined
    try {
      const outputs = await component.run(inputs, context)
      // Too late is too late, also for a component that does not listen to its signal.
      signal.throwIfAborted()
      return outputs as Outputs
    } catch (error) {
      if (signal.aborted) throw signal.reason
      if (!triesAgain(retry, attempt, error)) throw error
      await wait(Math.min((retry?.backoffMs ?? 0) * 2 ** (attempt - 1), LONGEST_TIMEOUT), signal)
    }
  }
}

function timedOut(planned: PlannedComponent, visit: number): RunError {
  return new RunError(
    'RUN_TIMEOUT',
    `'${planned.name}' (${planned.type}) took longer than its timeoutMs of ${planned.policy.timeoutMs}.`,
    { component: planned.name, type: planned.type, visit },
  )
}

function triesAgain(retry: ComponentPolicy['retry'], attempt: number, error: unknown): boolean {
  if (retry === undefined || attempt >= retry.attempts) return false
  if (retry.on === undefined) return true
  try {
    const { name, code } = Object(error) as { readonly name?: unknown; readonly code?: unknown }
    return retry.on.some((wanted) => wanted === name || wanted === code)
  } catch {
    // A revoked proxy, or a getter that throws: it has neither.
    return false
  }
}

/** Resolves after `milliseconds`, or rejects with the reason of the signal. */
function wait(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const abort = () => {
      clearTimeout(timer)
      reject(signal.reason)
    }
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', abort)
      resolve()
    }, milliseconds)
    signal.addEventListener('abort', abort, { once: true })
  })
}
