import type { OpenRecord, RunRecord } from './run-record.ts'

/** What all that is remembered may be large, by the sizes of the requests. */
const MOST_BYTES = 64 * 1024 * 1024

/** The runs that are going on, and the last ones that ended. */
export class History {
  readonly #most: number
  readonly #records = new Map<string, { readonly record: OpenRecord; readonly bytes: number }>()
  #bytes = 0

  constructor(most: number) {
    this.#most = most
  }

  /** @param bytes how large the request was */
  add(record: OpenRecord, bytes: number): void {
    this.#records.set(record.id, { record, bytes })
    this.#bytes += bytes
    this.#forget()
  }

  get(id: string): OpenRecord | undefined {
    return this.#records.get(id)?.record
  }

  /** The newest first. */
  list(): RunRecord[] {
    return [...this.#records.values()].map(({ record }) => record).reverse()
  }

  /** Forgets the oldest that have ended, where there are too many. */
  #forget(): void {
    if (this.#records.size <= this.#most && this.#bytes <= MOST_BYTES) return
    for (const [id, { record, bytes }] of this.#records) {
      if (this.#records.size <= this.#most && this.#bytes <= MOST_BYTES) return
      if (record.endedAt === undefined) continue
      this.#records.delete(id)
      this.#bytes -= bytes
    }
  }
}
