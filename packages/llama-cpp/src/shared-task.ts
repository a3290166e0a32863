/**
 * One piece of work that several callers wait for. Each can leave through its own signal without ending it for the
 * others; when the last one has left before the end, the work is told to stop.
 */
export class SharedTask<T> {
  readonly #work: Promise<T>
  readonly #controller = new AbortController()
  #waiting = 0
  #done = false

  constructor(start: (signal: AbortSignal) => Promise<T>) {
    this.#work = start(this.#controller.signal)
    const settle = () => {
      this.#done = true
    }
    this.#work.then(settle, settle)
  }

  /** True once everybody has left unfinished work: it will not come to an end worth waiting for. */
  get abandoned(): boolean {
    return this.#controller.signal.aborted
  }

  /** The result, or the reason of the signal when that aborts first. */
  async join(signal: AbortSignal | undefined): Promise<T> {
    signal?.throwIfAborted()
    this.#waiting++
    let onAbort: (() => void) | undefined
    try {
      if (!signal) return await this.#work
      const aborted = new Promise<never>((_, reject) => {
        onAbort = () => reject(signal.reason)
        signal.addEventListener('abort', onAbort, { once: true })
      })
      return await Promise.race([this.#work, aborted])
    } finally {
      if (onAbort) signal?.removeEventListener('abort', onAbort)
      this.#waiting--
      if (this.#waiting === 0 && !this.#done) this.#controller.abort(abandonedReason())
    }
  }

  /** Stops unfinished work; resolves with the result of finished work. */
  async cancel(): Promise<T | undefined> {
    if (!this.#done) this.#controller.abort(abandonedReason())
    return this.#work.catch(() => undefined)
  }
}

function abandonedReason(): DOMException {
  return new DOMException('Nobody waits for this any more.', 'AbortError')
}
