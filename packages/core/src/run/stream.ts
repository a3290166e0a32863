import type { Components } from '../component/component.ts'
import { type LinkedSignal, linkSignal } from '../signals.ts'
import type { RunEvent, RunListener } from './events.ts'
import type { RunResult } from './result.ts'

/** Thrown into a run whose consumer left the loop before its end. */
function abandoned(): DOMException {
  return new DOMException('The stream was left before the run ended.', 'AbortError')
}

/**
 * A run whose events can be iterated, once. `result` settles when the run does, whether or not anyone iterates;
 * leaving the loop early aborts the run. Events wait in memory until they are read.
 */
export class RunStream<const C extends Components = Components> implements AsyncIterable<RunEvent> {
  readonly result: Promise<RunResult<C>>
  readonly #events: RunEvent[] = []
  readonly #linked: LinkedSignal
  #wake: (() => void) | undefined
  #settled = false
  #failure: { readonly error: unknown } | undefined
  #taken = false

  constructor(
    run: (listener: RunListener, signal: AbortSignal) => Promise<RunResult<C>>,
    signal: AbortSignal | undefined,
  ) {
    this.#linked = linkSignal(signal)
    this.result = run((event) => {
      this.#events.push(event)
      this.#wake?.()
    }, this.#linked.signal)
    const settle = () => {
      this.#settled = true
      this.#linked.release()
      this.#wake?.()
    }
    // Also keeps a failed run that is only iterated from being an unhandled rejection: iterating throws its error.
    this.result.then(settle, (error) => {
      this.#failure = { error }
      settle()
    })
  }

  /** Stops the run; `result` rejects with the reason once everything has settled. */
  abort(reason: unknown = abandoned()): void {
    this.#linked.abort(reason)
  }

  /** @throws TypeError the second time */
  [Symbol.asyncIterator](): AsyncGenerator<RunEvent, void, undefined> {
    if (this.#taken) throw new TypeError('A run stream can be iterated only once.')
    this.#taken = true
    return this.#iterate()
  }

  async *#iterate(): AsyncGenerator<RunEvent, void, undefined> {
    try {
      let next = 0
      for (;;) {
        while (next < this.#events.length) yield this.#events[next++] as RunEvent
        this.#events.length = next = 0
        if (this.#settled) break
        await new Promise<void>((resolve) => {
          this.#wake = resolve
        })
        this.#wake = undefined
      }
    } finally {
      if (!this.#settled) {
        this.abort()
        await this.result.catch(() => {})
      }
    }
    if (this.#failure !== undefined) throw this.#failure.error
  }
}
