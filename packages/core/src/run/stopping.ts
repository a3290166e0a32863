import { warnProcess } from '../warn-process.ts'
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
