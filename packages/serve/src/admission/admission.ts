import { ServeError } from '../errors.ts'

export interface AdmissionOptions {
  /** How many runs of one pipeline go on at once. @defaultValue 16 */
  readonly maxRunning?: number
  /** How many requests wait at most, those of all pipelines together. @defaultValue 256 */
  readonly maxQueue?: number
}

/** A place of a request, or its wait for one. */
export interface Admitted {
  /** How many are before it, when it came; 0 where it need not wait. */
  readonly position: number
  /** Resolves when it is its turn; rejects with the reason of the signal. */
  readonly turn: Promise<void>
  /** Gives the place to the next one. To be called once the turn came, and without harm at any other time. */
  release(): void
}

interface Waiting {
  start(): void
}

interface Lane {
  running: number
  readonly waiting: Set<Waiting>
}

/** Lets a number of runs go on at once, for each pipeline, and the others wait for their turn: first come, first served. */
export class Admission {
  readonly #maxRunning: number
  readonly #maxQueue: number
  readonly #lanes = new Map<string, Lane>()
  #waiting = 0
  #running = 0
  /** How long a run takes, as an average in which the last ones count most. */
  #meanMs = 1000
  /** Requests that came and have not been admitted yet, because their bodies are on the way, or whose answers are. */
  #arrived = 0
  #isDraining = false
  readonly #idle = new Set<() => void>()

  constructor({ maxRunning = 16, maxQueue = 256 }: AdmissionOptions = {}) {
    this.#maxRunning = whole('maxRunning', maxRunning, 1)
    this.#maxQueue = whole('maxQueue', maxQueue, 0)
  }

  get running(): number {
    return this.#running
  }

  get waiting(): number {
    return this.#waiting
  }

  get isDraining(): boolean {
    return this.#isDraining
  }

  /**
   * Notes that a request came, which may be admitted from then on also when the server ends meanwhile.
   *
   * @returns what is called once it is answered, or its answer has begun
   * @throws ServeError `SERVE_SHUTTING_DOWN`
   */
  arrive(): () => void {
    if (this.#isDraining) throw shuttingDown()
    this.#arrived++
    return () => {
      this.#arrived--
      this.#settle()
    }
  }

  /**
   * Takes a request in, at once or into the queue of its pipeline.
   *
   * @throws ServeError `SERVE_QUEUE_FULL`; `SERVE_SHUTTING_DOWN` where nothing that came before the end is left
   */
  admit(pipeline: string, signal: AbortSignal): Admitted {
    if (this.#isDraining && this.#arrived === 0) throw shuttingDown()
    const lane = this.#lane(pipeline)
    if (lane.running < this.#maxRunning && lane.waiting.size === 0) {
      return { position: 0, turn: Promise.resolve(), release: this.#start(pipeline, lane) }
    }
    if (this.#waiting >= this.#maxQueue) {
      const message = `The queue is full: ${this.#waiting} requests wait. Try again later.`
      throw new ServeError('SERVE_QUEUE_FULL', message, { retryAfterS: this.#retryAfterS(lane) })
    }
    return this.#wait(pipeline, lane, signal)
  }

  /** Takes nothing in any more, and resolves when all that was taken in has ended. */
  async drain(): Promise<void> {
    this.#isDraining = true
    if (this.#running + this.#waiting + this.#arrived === 0) return
    await new Promise<void>((resolve) => this.#idle.add(resolve))
  }

  #lane(pipeline: string): Lane {
    const lane = this.#lanes.get(pipeline) ?? { running: 0, waiting: new Set() }
    this.#lanes.set(pipeline, lane)
    return lane
  }

  #wait(pipeline: string, lane: Lane, signal: AbortSignal): Admitted {
    const position = lane.waiting.size + 1
    let release = () => {}
    const turn = new Promise<void>((resolve, reject) => {
      const waiting: Waiting = {
        start: () => {
          signal.removeEventListener('abort', leave)
          this.#leave(lane, waiting)
          release = this.#start(pipeline, lane)
          resolve()
        },
      }
      const leave = () => {
        this.#leave(lane, waiting)
        this.#tidy(pipeline, lane)
        reject(signal.reason)
      }
      lane.waiting.add(waiting)
      this.#waiting++
      if (signal.aborted) leave()
      else signal.addEventListener('abort', leave, { once: true })
    })
    return { position, turn, release: () => release() }
  }

  #leave(lane: Lane, waiting: Waiting): void {
    lane.waiting.delete(waiting)
    this.#waiting--
  }

  #start(pipeline: string, lane: Lane): () => void {
    lane.running++
    this.#running++
    const start = performance.now()
    let isReleased = false
    return () => {
      if (isReleased) return
      isReleased = true
      lane.running--
      this.#running--
      this.#meanMs += (performance.now() - start - this.#meanMs) / 8
      const [next] = lane.waiting
      next?.start()
      this.#tidy(pipeline, lane)
    }
  }

  #tidy(pipeline: string, lane: Lane): void {
    if (lane.running + lane.waiting.size === 0) this.#lanes.delete(pipeline)
    this.#settle()
  }

  #settle(): void {
    if (this.#running + this.#waiting + this.#arrived > 0) return
    for (const resolve of this.#idle) resolve()
    this.#idle.clear()
  }

  #retryAfterS(lane: Lane): number {
    const rounds = Math.ceil((lane.waiting.size + 1) / this.#maxRunning)
    return Math.min(60, Math.max(1, Math.ceil((rounds * this.#meanMs) / 1000)))
  }
}

function shuttingDown(): ServeError {
  return new ServeError('SERVE_SHUTTING_DOWN', 'The server ends. Try again in a moment.', { retryAfterS: 5 })
}

function whole(option: string, value: number, least: number): number {
  if (Number.isSafeInteger(value) && value >= least) return value
  throw new ServeError(
    'SERVE_OPTION_INVALID',
    `${option} must be a whole number from ${least} up, not ${value}.`,
  )
}
