import { setMaxListeners } from '#platform'
import { warnProcess } from '../warn-process.ts'
import { runTimedOut } from './failures.ts'
import type { RunSettings } from './run-options.ts'
import type { Visit } from './trace.ts'

/**
 * How long what was aborted may take to end, in milliseconds, when nobody says otherwise. A component that listens to its
 * signal needs much less.
 */
export const GRACE_MS = 5000

/** Says on stderr that something goes on after its run has ended: the promise of the run is rejected with another reason. */
export function warnOfLate(name: string, type: string, what: string, graceMs: number): void {
  const message = `'${name}' (${type}) ${what} ${graceMs} ms after it was aborted, and was left behind: it does not listen to its signal. What it still gives is dropped.`
  warnProcess(message, 'MILLRACE_STILL_RUNNING')
}

/** The same for the visits of a run that have not ended. */
export function warnOfUnfinished(visits: readonly Visit[], graceMs: number): void {
  for (const { component, end } of visits) {
    if (end === 0) warnOfLate(component.name, component.type, 'was still running', graceMs)
  }
}

/**
 * Waits for work that a signal aborts, but at most the grace time after that.
 *
 * @param isLate called when the time is over, before the promise rejects with the reason of the signal
 */
export function withinGrace<T>(
  work: Promise<T>,
  signal: AbortSignal | undefined,
  graceMs: number,
  isLate: () => void,
): Promise<T> {
  if (signal === undefined) return work
  return new Promise((resolve, reject) => {
    let timer: NodeJS.Timeout | undefined
    const onAbort = () => {
      timer = setTimeout(() => {
        isLate()
        reject(signal.reason)
      }, graceMs)
    }
    if (signal.aborted) onAbort()
    else signal.addEventListener('abort', onAbort, { once: true })
    const end = () => {
      clearTimeout(timer)
      signal.removeEventListener('abort', onAbort)
    }
    work.then(
      (value) => {
        end()
        resolve(value)
      },
      (error) => {
        end()
        reject(error)
      },
    )
  })
}

/** Something that calls a component, and what was calling one when it began. */
export interface Caller {
  around: Caller | undefined
}

let innermost: Caller | undefined

/** Until `leave`, what is called is called from inside. Only as long as nothing is awaited. */
export function enter(caller: Caller): void {
  caller.around = innermost
  innermost = caller
}

export function leave(caller: Caller): void {
  innermost = caller.around
  caller.around = undefined
}

export function isInside(caller: Caller): boolean {
  for (let current = innermost; current !== undefined; current = current.around) {
    if (current === caller) return true
  }
  return false
}

/** For listeners, which a component may cause to be called, but does not wait for. */
export function outside<T>(call: () => T): T {
  const before = innermost
  innermost = undefined
  try {
    return call()
  } finally {
    innermost = before
  }
}

type Limits = Pick<RunSettings, 'signal' | 'timeoutMs' | 'remainingMs' | 'graceMs'>

/** What stops one run from outside: the signal of the caller and the time limit. And the signal that its components see. */
export class Interruption {
  readonly #limits: Limits
  readonly #stop: (reason: unknown) => void
  readonly #onAbort = () => this.#stop(this.#limits.signal?.reason)
  /** Made when a component asks for its signal: most never do. */
  #controller: AbortController | undefined
  #aborted: { readonly reason: unknown } | undefined
  #timer: NodeJS.Timeout | undefined
  #graceTimer: NodeJS.Timeout | undefined

  /** @param stop called with the reason, once `watch` was */
  constructor(limits: Limits, stop: (reason: unknown) => void) {
    this.#limits = limits
    this.#stop = stop
  }

  watch(): void {
    const { signal, timeoutMs, remainingMs } = this.#limits
    if (signal?.aborted) {
      this.#stop(signal.reason)
      return
    }
    signal?.addEventListener('abort', this.#onAbort, { once: true })
    if (timeoutMs === undefined) return
    this.#timer = setTimeout(() => this.#stop(runTimedOut(timeoutMs)), remainingMs)
  }

  /** The signal that components see. */
  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController()
      // Any number of components may listen at once.
      setMaxListeners(Number.POSITIVE_INFINITY, this.#controller.signal)
      if (this.#aborted) this.#controller.abort(this.#aborted.reason)
    }
    return this.#controller.signal
  }

  /** Aborts the signal that components see. */
  abort(reason: unknown): void {
    this.#aborted = { reason }
    this.#controller?.abort(reason)
  }

  /** Calls back after the grace time, unless the run has ended by then. */
  startGrace(late: () => void): void {
    this.#graceTimer = setTimeout(late, this.#limits.graceMs)
  }

  end(): void {
    clearTimeout(this.#timer)
    clearTimeout(this.#graceTimer)
    this.#limits.signal?.removeEventListener('abort', this.#onAbort)
  }
}
