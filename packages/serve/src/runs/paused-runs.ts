import type { Question, Snapshot } from '@millrace/core'
import { listNames } from '@millrace/core/component'
import { ServeError } from '../errors.ts'

export interface PausedRun {
  readonly id: string
  readonly pipeline: string
  readonly snapshot: Snapshot
  readonly questions: readonly Question[]
}

/** How many runs may wait for an answer; beyond it the one that waits longest is given up. */
const MOST_PAUSED = 256

/** The runs that wait for answers, kept until they are answered. */
export class PausedRuns {
  readonly #paused = new Map<string, PausedRun>()

  add(run: PausedRun): void {
    this.#paused.set(run.id, run)
    const [oldest] = this.#paused.keys()
    if (this.#paused.size > MOST_PAUSED && oldest !== undefined) this.#paused.delete(oldest)
  }

  list(): readonly PausedRun[] {
    return [...this.#paused.values()]
  }

  /** @throws ServeError `SERVE_RUN_ANSWERED` for one that does not wait; `SERVE_INVALID_VALUE` for answers to other questions */
  check(id: string, answers: Readonly<Record<string, unknown>>): PausedRun {
    const paused = this.#paused.get(id)
    if (paused === undefined) {
      const message = `The run '${id}' does not wait for answers: it was answered, it ended, or it was never there.`
      throw new ServeError('SERVE_RUN_ANSWERED', message)
    }
    const ids = paused.questions.map((question) => question.id)
    const unknown = Object.keys(answers).find((id) => !ids.includes(id))
    if (unknown !== undefined) {
      const message = `'${unknown}' is not a question of this run. Questions: ${listNames(ids)}.`
      throw new ServeError('SERVE_INVALID_VALUE', message, { param: `answers.${unknown}` })
    }
    const missing = ids.filter((id) => answers[id] === undefined)
    if (missing.length > 0) {
      const message = `Answers are missing to ${listNames(missing)}.`
      throw new ServeError('SERVE_INVALID_VALUE', message, { param: `answers.${missing[0]}` })
    }
    return paused
  }

  /** Takes it out: it is answered once. */
  delete(id: string): void {
    this.#paused.delete(id)
  }
}
