import type { RunEvent, WarmUpProgress } from '@millrace/core'
import type { Extra } from './ask-person.ts'

/** A client gives up when it hears nothing for a minute. */
const AT_LEAST_MS = 15_000

/** Tells a client that asked for it how far a run is: at each visit, and every now and then in between. */
export class ProgressReport {
  readonly #extra: Pick<Extra, '_meta' | 'sendNotification'>
  readonly #timer: NodeJS.Timeout | undefined
  #steps = 0
  #message = 'starting'
  #loading: string | undefined

  constructor(extra: Pick<Extra, '_meta' | 'sendNotification'>) {
    this.#extra = extra
    if (extra._meta?.progressToken === undefined) return
    this.#timer = setInterval(() => this.#send(this.#message), AT_LEAST_MS)
    this.#timer.unref()
  }

  readonly onEvent = (event: RunEvent): void => {
    if (event.type !== 'componentStart') return
    const { component, componentType, visit } = event
    this.#send(`${component} (${componentType})${visit === 1 ? '' : `, visit ${visit}`}`)
  }

  /** Once for each thing that is loaded. */
  readonly onProgress = ({ stage, subject }: WarmUpProgress): void => {
    const message = `${stage} ${subject}`
    if (message !== this.#loading) this.#send(message)
    this.#loading = message
  }

  end(): void {
    clearInterval(this.#timer)
  }

  #send(message: string): void {
    const progressToken = this.#extra._meta?.progressToken
    if (progressToken === undefined) return
    this.#message = message
    this.#steps++
    // A client that has gone is noticed elsewhere.
    this.#extra
      .sendNotification({
        method: 'notifications/progress',
        params: { progressToken, progress: this.#steps, message },
      })
      .catch(() => {})
  }
}
