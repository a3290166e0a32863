interface Waiting<Slot> {
  readonly resolve: (slot: Slot) => void
  readonly reject: (reason: unknown) => void
}

/**
 * Places for requests, of which each holds one request at a time. Requests beyond them wait in order; a waiting one
 * can be aborted. Among free slots a request gets the one it scores highest.
 */
export class SlotPool<Slot> {
  readonly #free: Set<Slot>
  readonly #waiting: Waiting<Slot>[] = []
  #closed: unknown

  constructor(slots: Iterable<Slot>) {
    this.#free = new Set(slots)
  }

  get waiting(): number {
    return this.#waiting.length
  }

  get free(): number {
    return this.#free.size
  }

  /** Rejects with the reason of the signal, or with that of `close`. */
  acquire(signal: AbortSignal | undefined, score: (slot: Slot) => number = () => 0): Promise<Slot> {
    if (signal?.aborted) return Promise.reject(signal.reason)
    if (this.#closed !== undefined) return Promise.reject(this.#closed)
    const best = this.#best(score)
    if (best !== undefined) {
      this.#free.delete(best)
      return Promise.resolve(best)
    }
    return new Promise((resolve, reject) => {
      const leave = () => {
        this.#waiting.splice(this.#waiting.indexOf(request), 1)
        reject(signal?.reason)
      }
      const request: Waiting<Slot> = {
        resolve: (slot) => {
          signal?.removeEventListener('abort', leave)
          resolve(slot)
        },
        reject: (reason) => {
          signal?.removeEventListener('abort', leave)
          reject(reason)
        },
      }
      this.#waiting.push(request)
      signal?.addEventListener('abort', leave, { once: true })
    })
  }

  /** Takes all that are free, each to be released. What comes meanwhile waits. */
  takeFree(): Slot[] {
    const taken = [...this.#free]
    this.#free.clear()
    return taken
  }

  release(slot: Slot): void {
    const next = this.#closed === undefined ? this.#waiting.shift() : undefined
    if (next) next.resolve(slot)
    else this.#free.add(slot)
  }

  /** Refuses all that wait and all that come. What holds a slot keeps it until it releases it. */
  close(reason: unknown): void {
    this.#closed = reason
    for (const request of this.#waiting.splice(0)) request.reject(reason)
  }

  #best(score: (slot: Slot) => number): Slot | undefined {
    let best: Slot | undefined
    let bestScore = Number.NEGATIVE_INFINITY
    for (const slot of this.#free) {
      const value = score(slot)
      if (value <= bestScore) continue
      best = slot
      bestScore = value
    }
    return best
  }
}
