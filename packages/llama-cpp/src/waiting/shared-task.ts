import { setMaxListeners } from 'node:events'

/**
 * One piece of work that several callers wait for. Each can leave through its own signal without ending it for the
 * others; when the last one has left before the end, the work is told to stop. A result that comes all the same is
 * discarded.
 */
export class SharedTask<T> {
  readonly #work: Promise<T>
  /** Settles when the work has, and its unwanted result is discarded. Never rejects. */
  readonly #over: Promise<void>
  readonly #stop = new AbortController()
  #waiting = 0
  #state: 'running' | 'done' | 'failed' = 'running'

  constructor(start: (signal: AbortSignal) => Promise<T>, discard: (late: T) => Promise<void>) {
    this.#work = start(this.#stop.signal)
    this.#over = this.#work.then(
      async (result) => {
        if (!this.#stop.signal.aborted) this.#state = 'done'
        // Nobody is left to hear of a failure to discard what nobody wanted.
        else await discard(result).catch(() => {})
      },
      () => {
        this.#state = 'failed'
      },
    )
  }

  /** False once the work has failed, or was stopped: to wait for it makes no sense any more. */
  get usable(): boolean {
    return this.#state !== 'failed' && !this.#stop.signal.aborted
  }

  /** The result; or the reason of the signal, or of `stop`, when that comes first. */
  async join(signal: AbortSignal | undefined): Promise<T> {
    signal?.throwIfAborted()
    this.#stop.signal.throwIfAborted()
    this.#waiting++
    try {
      return await unlessAborted(this.#work, [this.#stop.signal, ...(signal ? [signal] : [])])
    } finally {
      this.#waiting--
      if (this.#waiting === 0) this.#abort(new DOMException('Nobody waits for this any more.', 'AbortError'))
    }
  }

  /**
   * Stops unfinished work, and rejects those that wait for it with the reason. Resolves when it is over, with the
   * result of work that was finished before.
   */
  async stop(reason: unknown): Promise<T | undefined> {
    this.#abort(reason)
    await this.#over
    return this.#state === 'done' ? this.#work : undefined
  }

  #abort(reason: unknown): void {
    if (this.#state === 'running') this.#stop.abort(reason)
  }
}

/** What the work gives, or the reason of the first signal to abort. The work itself goes on. */
export function unlessAborted<T>(work: Promise<T>, signals: readonly AbortSignal[]): Promise<T> {
  const aborted = signals.find((signal) => signal.aborted)
  if (aborted) {
    // Nobody is left to hear how it ends.
    work.catch(() => undefined)
    return Promise.reject(aborted.reason)
  }
  return new Promise((resolve, reject) => {
    const leave = (event: Event) => {
      forget()
      reject((event.target as AbortSignal).reason)
    }
    const forget = () => {
      for (const signal of signals) signal.removeEventListener('abort', leave)
    }
    // As many may wait for one thing as like.
    setMaxListeners(0, ...signals)
    for (const signal of signals) signal.addEventListener('abort', leave)
    work.finally(forget).then(resolve, reject)
  })
}
