import type { EngineName } from '../../options/options.ts'
import { unlessAborted } from '../../waiting/shared-task.ts'
import type { CallOptions } from '../engine-calls.ts'
import { requestFailure } from '../requests-underway.ts'
import { EVENTS_ON_THE_WAY, type ListenerName, type ToEngine } from './engine-messages.ts'

interface HeardEvent {
  readonly listener: ListenerName
  readonly parameters: readonly unknown[]
}

interface Settle {
  readonly resolve: (value: unknown) => void
  readonly reject: (error: unknown) => void
}

/**
 * The host's end of one call. Events are heard in order, each when the listener is done with the one before, and the
 * outcome comes after the last of them, also when the process is gone by then.
 */
export class EngineCall {
  readonly outcome: Promise<unknown>
  readonly #id: number
  readonly #engine: EngineName
  readonly #options: CallOptions
  readonly #send: (message: ToEngine) => void
  readonly #leaves: boolean
  readonly #events: HeardEvent[] = []
  readonly #settle: Settle
  #end: (() => void) | undefined
  #hearing = false
  #hasBegun = false
  #unacknowledged = 0
  #failure: unknown

  /** @param leaves whether an abort need not wait for the process as long as nothing has come of the reply */
  constructor(
    id: number,
    engine: EngineName,
    options: CallOptions,
    send: (message: ToEngine) => void,
    leaves = false,
  ) {
    this.#id = id
    this.#engine = engine
    this.#options = options
    this.#send = send
    this.#leaves = leaves
    let settle: Settle = { resolve: () => {}, reject: () => {} }
    this.outcome = new Promise((resolve, reject) => {
      settle = { resolve, reject }
    })
    this.#settle = settle
    options.signal?.addEventListener('abort', this.#abort)
  }

  hear(event: HeardEvent): void {
    if (event.listener === 'onDelta') this.#hasBegun = true
    this.#events.push(event)
    if (!this.#hearing) void this.#hearAll()
  }

  /** The call is over. */
  resolve(value: unknown): void {
    this.#endWith(() => this.#settle.resolve(value))
  }

  /** The call is over. Whoever aborted it hears the reason of its own signal. */
  reject(error: unknown): void {
    const { signal } = this.#options
    this.#endWith(() => this.#settle.reject(signal?.aborted ? signal.reason : error))
  }

  #endWith(end: () => void): void {
    this.#end ??= end
    if (!this.#hearing) this.#finish()
  }

  #finish(): void {
    this.#options.signal?.removeEventListener('abort', this.#abort)
    if (this.#failure) this.#settle.reject(this.#failure)
    else this.#end?.()
  }

  readonly #abort = (): void => {
    this.#send({ type: 'abort', id: this.#id })
    // The process may be deaf, in a long text or a step of a prompt: it ends that for itself.
    if (this.#leaves && !this.#hasBegun) this.reject(this.#options.signal?.reason)
  }

  async #hearAll(): Promise<void> {
    this.#hearing = true
    for (let event = this.#events.shift(); event; event = this.#events.shift()) {
      const heard = this.#tell(event)
      if (heard !== undefined) await heard
      this.#acknowledge()
    }
    this.#hearing = false
    if (this.#end) this.#finish()
  }

  /** Waits for the listener, but not beyond an abort: a listener that waits for that abort must not hold it up. */
  #tell({ listener, parameters }: HeardEvent): undefined | Promise<void> {
    if (this.#failure) return undefined
    const { signal } = this.#options
    try {
      const listen = this.#options[listener] as ((...given: readonly unknown[]) => unknown) | undefined
      const heard = listen?.(...parameters)
      if (typeof (heard as PromiseLike<void> | undefined)?.then !== 'function') return undefined
      return unlessAborted(Promise.resolve(heard), signal ? [signal] : []).then(
        () => {},
        (error) => this.#listenerFailed(error),
      )
    } catch (error) {
      this.#listenerFailed(error)
    }
  }

  #listenerFailed(cause: unknown): void {
    if (this.#options.signal?.aborted) return
    this.#failure = requestFailure(this.#engine, cause)
    this.#abort()
  }

  /** One message for several events. It comes early enough that a quick listener holds nobody up. */
  #acknowledge(): void {
    this.#unacknowledged++
    if (this.#unacknowledged < EVENTS_ON_THE_WAY / 2) return
    this.#send({ type: 'heard', id: this.#id, count: this.#unacknowledged })
    this.#unacknowledged = 0
  }
}
