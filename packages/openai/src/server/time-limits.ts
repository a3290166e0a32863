import type { OpenAIError } from '../errors.ts'
import { timeoutError } from './failures.ts'
import type { Server } from './server.ts'

/** The signal of one request: it aborts with the run, after the time for all of it, and after a silence. */
export class TimeLimits {
  readonly #own = new AbortController()
  readonly #outer: AbortSignal
  readonly #server: Server
  readonly #deadline: number
  readonly #total: NodeJS.Timeout
  readonly #onAbort = (): void => this.#own.abort(this.#outer.reason)
  #silence: NodeJS.Timeout | undefined
  /** What ended the request, where that was a limit. */
  exceeded: OpenAIError | undefined

  constructor(outer: AbortSignal, server: Server, timeoutMs: number) {
    this.#outer = outer
    this.#server = server
    this.#deadline = performance.now() + timeoutMs
    this.#total = setTimeout(
      () =>
        this.#exceed(`took longer than 'timeoutMs', which is ${timeoutMs} ms. Raise it, or ask for less.`),
      timeoutMs,
    )
    if (outer.aborted) this.#onAbort()
    else outer.addEventListener('abort', this.#onAbort, { once: true })
  }

  get signal(): AbortSignal {
    return this.#own.signal
  }

  /** Milliseconds until the request must be over. */
  get left(): number {
    return this.#deadline - performance.now()
  }

  /** A piece of the reply came: what is done with it is no silence of the server. */
  heard(): void {
    clearTimeout(this.#silence)
  }

  /** The next piece of the reply must come within this time. */
  listen(idleTimeoutMs: number): void {
    this.#silence = setTimeout(
      () =>
        this.#exceed(
          `fell silent in the middle of the reply, for longer than 'idleTimeoutMs', which is ${idleTimeoutMs} ms. Look at the log of the server, or raise it.`,
        ),
      idleTimeoutMs,
    )
  }

  /** Waits, unless the request ends before. @throws the reason of the abort */
  async wait(milliseconds: number): Promise<void> {
    this.signal.throwIfAborted()
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => {
        this.signal.removeEventListener('abort', stop)
        resolve()
      }, milliseconds)
      const stop = (): void => {
        clearTimeout(timer)
        reject(this.signal.reason)
      }
      this.signal.addEventListener('abort', stop, { once: true })
    })
  }

  /** Ends the request, if it has not ended: nothing that is left of the answer is read. */
  end(): void {
    clearTimeout(this.#total)
    clearTimeout(this.#silence)
    this.#outer.removeEventListener('abort', this.#onAbort)
    this.#own.abort()
  }

  #exceed(what: string): void {
    this.exceeded = timeoutError(this.#server, what)
    this.#own.abort(this.exceeded)
  }
}
