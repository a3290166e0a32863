import type { Snapshot } from '@millrace/core'
import { ServeError } from '../errors.ts'
import type { OpenRecord, RunRecord } from './run-record.ts'
import { sizeOf } from './size-of.ts'

/** How many runs may wait for answers. */
const MOST_PAUSED = 256

/** How large all may be that does not go on, by `sizeOf`. */
const MOST_BYTES = 64 * 1024 * 1024

interface Ended {
  readonly record: OpenRecord
  readonly bytes: number
}

interface Paused extends Ended {
  readonly snapshot: Snapshot
}

/** The runs that go on, those that wait for answers, and the last ones that ended. */
export class History {
  readonly #mostEnded: number
  readonly #open = new Map<string, OpenRecord>()
  readonly #paused = new Map<string, Paused>()
  readonly #ended = new Map<string, Ended>()
  #bytes = 0

  constructor(mostEnded: number) {
    this.#mostEnded = mostEnded
  }

  /** Takes a run that begins, or one that was paused and goes on. */
  begin(record: OpenRecord): void {
    this.#drop(this.#paused, record.id)
    this.#open.set(record.id, record)
  }

  /**
   * Takes a run that goes on no more. Where too much is remembered the oldest that ended are forgotten, and where that is
   * not enough those that wait longest for answers.
   *
   * @param snapshot of one that waits for answers
   */
  end(record: OpenRecord, snapshot?: Snapshot): void {
    const { id } = record
    this.#open.delete(id)
    const bytes = sizeOf([record, snapshot])
    this.#bytes += bytes
    if (snapshot === undefined) this.#ended.set(id, { record, bytes })
    else this.#paused.set(id, { record, bytes, snapshot })
    this.#forget(this.#ended, this.#mostEnded)
    this.#forget(this.#paused, MOST_PAUSED)
  }

  /** @throws ServeError `SERVE_NOT_FOUND` */
  get(id: string): OpenRecord {
    const record = this.#open.get(id) ?? (this.#paused.get(id) ?? this.#ended.get(id))?.record
    if (record !== undefined) return record
    throw new ServeError('SERVE_NOT_FOUND', `There is no run '${id}', or it is not remembered any more.`)
  }

  /** @throws ServeError `SERVE_NOT_FOUND`; `SERVE_RUN_ANSWERED` for one that does not wait for answers */
  getPaused(id: string): Paused {
    const paused = this.#paused.get(id)
    if (paused !== undefined) return paused
    const { state } = this.get(id)
    const message = `The run '${id}' does not wait for answers: it is ${state}, and was answered before or asked nothing.`
    throw new ServeError('SERVE_RUN_ANSWERED', message)
  }

  /** The newest first. */
  list(): RunRecord[] {
    const ended = [...this.#ended.values()].map(({ record }) => record)
    const all: RunRecord[] = [...ended, ...this.paused(), ...this.#open.values()]
    return all.sort((a, b) => a.createdAt - b.createdAt).reverse()
  }

  /** Those that wait for answers, the oldest first. */
  paused(): RunRecord[] {
    return [...this.#paused.values()].map(({ record }) => record)
  }

  #forget(ended: Map<string, Ended>, most: number): void {
    for (const id of ended.keys()) {
      if (ended.size <= most && this.#bytes <= MOST_BYTES) return
      this.#drop(ended, id)
    }
  }

  #drop(ended: Map<string, Ended>, id: string): void {
    this.#bytes -= ended.get(id)?.bytes ?? 0
    ended.delete(id)
  }
}
