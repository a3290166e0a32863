type Callback = () => void

/** What a platform has to call back in a later turn of its event loop. */
interface Platform {
  readonly setImmediate?: (callback: Callback) => unknown
  readonly MessageChannel?: new () => {
    readonly port1: { onmessage: Callback | null }
    readonly port2: { postMessage(message: null): void }
  }
  readonly setTimeout: (callback: Callback) => unknown
}

/**
 * How to call back in a later turn of the event loop, after timers, signals of the process and input had theirs. Browsers
 * have no `setImmediate`, and their timers wait for some milliseconds.
 */
export function laterTurn(platform: Platform): (callback: Callback) => void {
  const { setImmediate, MessageChannel, setTimeout } = platform
  if (setImmediate !== undefined) return setImmediate
  if (MessageChannel === undefined) return (callback) => setTimeout(callback)
  const waiting: Callback[] = []
  const { port1, port2 } = new MessageChannel()
  port1.onmessage = () => waiting.shift()?.()
  return (callback) => {
    waiting.push(callback)
    port2.postMessage(null)
  }
}

const inLaterTurn = laterTurn(globalThis as unknown as Platform)

/** A later turn of the event loop. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => inLaterTurn(resolve))
}

/** How long a loop works before timers, signals and input get a turn, in milliseconds. */
const LONGEST_TURN = 10

/** The turns of the event loop in which a loop does its work. */
export class Turns {
  readonly #resume: Callback
  #start: number
  #isOver = false

  /** @param resume called in a later turn, after one was over */
  constructor(resume: Callback, now: number) {
    this.#resume = resume
    this.#start = now
  }

  /** Whether the loop waits for its next turn. */
  get isOver(): boolean {
    return this.#isOver
  }

  /** Whether the loop has to stop now; then it is resumed in a later turn. */
  endsAt(now: number): boolean {
    if (this.#isOver || now - this.#start < LONGEST_TURN) return this.#isOver
    this.#isOver = true
    inLaterTurn(() => {
      this.#isOver = false
      this.#start = performance.now()
      this.#resume()
    })
    return true
  }
}
