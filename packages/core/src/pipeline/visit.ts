import type { RunContext } from '../component/run-context.ts'
import type { StreamingChunk } from '../data/streaming-chunk.ts'
import { MillraceError, RunError } from '../errors.ts'
import type { RunListener } from './events.ts'
import type { PlannedComponent } from './plan.ts'
import type { ComponentPolicy } from './policy.ts'

/** What the visits of one run share. */
export interface RunScope {
  readonly runId: string
  readonly signal: () => AbortSignal
  readonly listener: RunListener | undefined
}

export function eventTime(): number {
  return performance.timeOrigin + performance.now()
}

/** The context of one visit. Made per call, so everything in it that costs is made when it is asked for. */
export class VisitContext implements RunContext {
  readonly component: { readonly name: string; readonly type: string }
  readonly visit: number
  readonly #scope: RunScope
  readonly #signal: AbortSignal | undefined

  constructor(scope: RunScope, component: PlannedComponent, visit: number, signal?: AbortSignal) {
    this.component = component.identity
    this.visit = visit
    this.#scope = scope
    this.#signal = signal
  }

  get signal(): AbortSignal {
    return this.#signal ?? this.#scope.signal()
  }

  get runId(): string {
    return this.#scope.runId
  }

  /** A getter, so that `const { emit } = context` works. */
  get emit(): (chunk: StreamingChunk) => void {
    const { listener } = this.#scope
    if (listener === undefined) return () => {}
    const { component, visit, runId } = this
    return (chunk) =>
      listener({
        type: 'chunk',
        runId,
        time: eventTime(),
        component: component.name,
        componentType: component.type,
        visit,
        chunk,
      })
  }
}

type Outputs = Record<string, unknown>

/** Calls a component once, or as often as its policy says. */
export function callComponent(
  planned: PlannedComponent,
  inputs: Outputs,
  visit: number,
  scope: RunScope,
): Outputs | Promise<Outputs> {
  const { policy } = planned
  if (policy.retry === undefined && policy.timeoutMs === undefined) {
    return planned.component.run(inputs, new VisitContext(scope, planned, visit)) as
      | Outputs
      | Promise<Outputs>
  }
  return callWithPolicy(planned, inputs, visit, scope)
}

async function callWithPolicy(
  planned: PlannedComponent,
  inputs: Outputs,
  visit: number,
  scope: RunScope,
): Promise<Outputs> {
  const { retry, timeoutMs } = planned.policy
  const outer = scope.signal()
  // Not AbortSignal.any: in Node 20 its signal may be collected before it fires.
  const own = new AbortController()
  const onAbort = () => own.abort(outer.reason)
  if (outer.aborted) onAbort()
  else outer.addEventListener('abort', onAbort, { once: true })
  const { signal } = own
  const timer =
    timeoutMs === undefined ? undefined : setTimeout(() => own.abort(timedOut(planned, visit)), timeoutMs)
  try {
    for (let attempt = 1; ; attempt++) {
      try {
        const outputs = await planned.component.run(inputs, new VisitContext(scope, planned, visit, signal))
        return outputs as Outputs
      } catch (error) {
        if (signal.aborted) throw signal.reason
        if (!triesAgain(retry, attempt, error)) throw error
        await wait((retry?.backoffMs ?? 0) * 2 ** (attempt - 1), signal)
      }
    }
  } finally {
    clearTimeout(timer)
    outer.removeEventListener('abort', onAbort)
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
  const names = error instanceof Error ? [error.name, error instanceof MillraceError ? error.code : ''] : []
  return retry.on.some((name) => names.includes(name))
}

/** Resolves after `milliseconds`, or rejects with the reason of the signal. */
function wait(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) {
      reject(signal.reason)
      return
    }
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
