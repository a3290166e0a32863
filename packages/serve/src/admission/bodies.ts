import { ServeError } from '../errors.ts'

/** The body of a request. Its bytes count until all have released it: the request, and the runs that it began. */
export interface Body {
  /**
   * Counts further bytes, before they are read.
   *
   * @throws ServeError `SERVE_QUEUE_FULL`
   */
  grow(bytes: number): void
  /** For a run, which may begin after its request has released it. */
  hold(): void
  release(): void
}

/** Bounds how many bytes the bodies of all requests have together. */
export class Bodies {
  readonly #most: number
  #bytes = 0

  constructor(most: number) {
    this.#most = most
  }

  /** A body that is about to be read, held by its request. */
  open(): Body {
    let size = 0
    let holders = 1
    return {
      grow: (bytes) => {
        if (this.#bytes + bytes > this.#most) {
          const message = `The requests that are answered at the moment have ${this.#bytes} bytes, and the server holds ${this.#most} at most. Try again later.`
          throw new ServeError('SERVE_QUEUE_FULL', message)
        }
        this.#bytes += bytes
        size += bytes
      },
      hold: () => {
        if (holders++ === 0) this.#bytes += size
      },
      release: () => {
        if (--holders === 0) this.#bytes -= size
      },
    }
  }
}
