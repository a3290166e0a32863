/** Calls back when nothing was done for so long. Does not keep the process alive. */
export class IdleTimer {
  readonly #ms: number | undefined
  readonly #onIdle: () => void
  #busy = 0
  #timer: NodeJS.Timeout | undefined

  /** @param ms undefined for never */
  constructor(ms: number | undefined, onIdle: () => void) {
    this.#ms = ms
    this.#onIdle = onIdle
  }

  /** Nothing is idle while the work goes on; the time starts again when the last work ends, whatever its end. */
  async during<Result>(work: () => Promise<Result>): Promise<Result> {
    this.#busy++
    this.stop()
    try {
      return await work()
    } finally {
      this.#busy--
      if (this.#busy === 0 && this.#ms !== undefined) this.#timer = setTimeout(this.#onIdle, this.#ms).unref()
    }
  }

  /** Until work ends the next time. */
  stop(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
  }
}
