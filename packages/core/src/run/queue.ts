import type { Visit } from './trace.ts'

/** Visits whose inputs are taken and that wait for a free place. Eager ones go before all that are not. */
export class VisitQueue {
  readonly #eager: Visit[] = []
  readonly #ready: Visit[] = []
  /** How many of `#ready` have left. */
  #left = 0

  add(visit: Visit, eager: boolean): void {
    if (eager) this.#eager.push(visit)
    else this.#ready.push(visit)
  }

  get first(): Visit | undefined {
    return this.#eager[0] ?? this.#ready[this.#left]
  }

  removeFirst(): void {
    if (this.#eager.length > 0) {
      this.#eager.shift()
      return
    }
    this.#left++
    // Now and then, so that a loop that goes on for ever takes no more memory.
    if (this.#left < 1000 || this.#left < this.#ready.length / 2) return
    this.#ready.splice(0, this.#left)
    this.#left = 0
  }

  get waiting(): { readonly eager: readonly Visit[]; readonly ready: readonly Visit[] } {
    return { eager: this.#eager, ready: this.#ready.slice(this.#left) }
  }
}
