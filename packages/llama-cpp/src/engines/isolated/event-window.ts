/**
 * Lets events go on their way until so many of them have not been heard; then whoever sends them waits. So a token
 * waits for a slow listener in another process, and the tokens of a quick one need no round trip each.
 */
export class EventWindow {
  #free: number
  readonly #waiting: (() => void)[] = []

  constructor(size: number) {
    this.#free = size
  }

  /** Takes the place of one event. Undefined, or a promise to wait for before the next. */
  take(): undefined | Promise<void> {
    this.#free--
    if (this.#free > 0) return undefined
    return new Promise((resolve) => this.#waiting.push(resolve))
  }

  /** So many events were heard. */
  give(count: number): void {
    this.#free += count
    if (this.#free <= 0) return
    for (const resolve of this.#waiting.splice(0)) resolve()
  }
}
