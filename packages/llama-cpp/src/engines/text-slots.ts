import { LlamaCppError } from '../errors.ts'
import { linkSignals } from '../waiting/linked-signal.ts'
import { unlessAborted } from '../waiting/shared-task.ts'
import { SlotPool } from '../waiting/slots.ts'
import type { BatchOptions } from './engine.ts'
import { RequestsUnderway } from './requests-underway.ts'

/** Works through lists of texts on a few slots, of which each takes one text at a time. Lists that come together take turns, text by text. */
export class TextSlots<Slot> {
  readonly #count: number
  readonly #slots: SlotPool<Slot>
  readonly #lists = new RequestsUnderway()
  /** What slots are busy with, which nobody may wait for any more. */
  readonly #work = new RequestsUnderway()

  constructor(slots: readonly Slot[]) {
    this.#count = slots.length
    this.#slots = new SlotPool(slots)
  }

  /**
   * The results in the order of the texts. A signal that aborts, and the first text that fails, end the list at once:
   * the texts a slot is busy with are finished, but nobody waits for them.
   */
  map<Result>(
    texts: readonly string[],
    { signal, onDone }: Pick<BatchOptions, 'signal' | 'onDone'>,
    answer: (slot: Slot, text: string) => Promise<Result>,
  ): Promise<Result[]> {
    return this.#lists.run({ signal }, async (list) => {
      const failing = new AbortController()
      const ending = linkSignals([list.signal, failing.signal])
      const results: Result[] = []
      const queue = texts.entries()
      let done = 0
      const work = async () => {
        for (const [index, text] of queue) {
          const slot = await this.#slots.acquire(ending.signal)
          try {
            results[index] = await answer(slot, text)
          } finally {
            this.#slots.release(slot)
          }
          ending.signal.throwIfAborted()
          done += 1
          onDone?.(done, texts.length)
        }
      }
      const workers = Array.from({ length: Math.min(this.#count, texts.length) }, () =>
        this.#work.follow(work().catch((error) => failing.abort(error))),
      )
      try {
        await unlessAborted(Promise.all(workers), [ending.signal])
        failing.signal.throwIfAborted()
        return results
      } finally {
        ending.release()
      }
    })
  }

  /** Ends what waits or runs with the error `CLOSED`. Resolves when no slot is busy any more. */
  async close(): Promise<void> {
    const closed = new LlamaCppError('CLOSED', 'The model was closed before the texts were done.')
    const ended = this.#lists.close(closed)
    this.#slots.close(closed)
    await ended
    await this.#work.close(closed)
  }
}
