import { LlamaCppError } from '../../errors.ts'
import type { EngineName } from '../../options/options.ts'
import type { ContextSpec, Engine, Weights, WeightsSpec } from '../engine.ts'
import {
  type CallName,
  type CallOptions,
  type ContextCall,
  type ContextCalls,
  type EngineListeners,
  factsOf,
  type OpeningName,
  openingOf,
} from '../engine-calls.ts'
import { requestClosed } from '../requests-underway.ts'
import { packError } from './carried-error.ts'
import {
  type Asked,
  type ContextId,
  EVENTS_ON_THE_WAY,
  type FromEngine,
  type ListenerName,
  type ToEngine,
} from './engine-messages.ts'

interface RunningCall {
  readonly controller: AbortController
  readonly window: EventWindow
}

/** The engine's end of the conversation: does what the messages ask, on one load of weights. */
export class EngineHost {
  readonly #findEngine: (name: EngineName) => Promise<Engine>
  readonly #send: (message: FromEngine) => void
  readonly #running = new Map<number, RunningCall>()
  readonly #contexts = new Map<ContextId, ContextCall>()
  #weights: Weights | undefined
  #lastContext: ContextId = 0

  constructor(findEngine: (name: EngineName) => Promise<Engine>, send: (message: FromEngine) => void) {
    this.#findEngine = findEngine
    this.#send = send
  }

  receive(message: ToEngine): void {
    const call = this.#running.get(message.id)
    switch (message.type) {
      case 'call':
        void this.#answer(message)
        break
      case 'abort':
        call?.controller.abort(new DOMException('The host aborted the call.', 'AbortError'))
        break
      case 'heard':
        call?.window.give(message.count)
    }
  }

  async #answer({ id, listeners, ...asked }: Extract<ToEngine, { type: 'call' }>): Promise<void> {
    const call = { controller: new AbortController(), window: new EventWindow(EVENTS_ON_THE_WAY) }
    const { signal } = call.controller
    this.#running.set(id, call)
    try {
      const value = await this.#do(asked, { signal, ...this.#listen(id, listeners, call.window) })
      this.#send({ type: 'result', id, value })
    } catch (error) {
      const aborted = signal.aborted && error === signal.reason
      this.#send(aborted ? { type: 'aborted', id } : { type: 'failed', id, error: packError(error) })
    } finally {
      this.#running.delete(id)
    }
  }

  #listen(id: number, listeners: readonly ListenerName[], window: EventWindow): EngineListeners {
    const pairs = listeners.map((listener) => [
      listener,
      (...parameters: readonly unknown[]) => {
        this.#send({ type: 'event', id, listener, parameters })
        return window.take()
      },
    ])
    return Object.fromEntries(pairs)
  }

  /** The parameters are those that the host gave a call of this name. */
  #do({ name, context, parameters }: Asked, options: CallOptions): Promise<unknown> {
    if (context !== undefined) return this.#ask(context, name as CallName, parameters, options)
    if (name !== 'load') return this.#open(name as OpeningName, parameters[0] as ContextSpec, options)
    const [engine, spec] = parameters as [EngineName, WeightsSpec]
    return this.#load(engine, spec, options)
  }

  async #load(name: EngineName, spec: WeightsSpec, options: CallOptions) {
    const engine = await this.#findEngine(name)
    this.#weights = await engine.load(spec, options)
    return factsOf(this.#weights)
  }

  async #open(name: OpeningName, spec: ContextSpec, options: CallOptions) {
    if (!this.#weights) throw new LlamaCppError('CLOSED', 'No model was loaded in this process.')
    const { opened, call } = await openingOf(this.#weights)(name, spec, options)
    this.#lastContext++
    this.#contexts.set(this.#lastContext, call)
    return { id: this.#lastContext, ...opened }
  }

  async #ask(id: ContextId, name: CallName, parameters: readonly unknown[], options: CallOptions) {
    const call = this.#contexts.get(id)
    if (!call) throw requestClosed()
    if (name === 'dispose') this.#contexts.delete(id)
    return call(name, parameters as ContextCalls[CallName]['parameters'], options)
  }
}

/**
 * Lets events go on their way until so many of them have not been heard; then whoever sends them waits. So a token
 * waits for a slow listener in another process, and the tokens of a quick one need no round trip each.
 */
export class EventWindow {
  #free: number
  readonly #waiting: (() => void)[] = []

  constructor(size: number) {
    this.#free = size
  }

  /** Takes the place of one event. Undefined, or a promise to wait for before the next. */
  take(): undefined | Promise<void> {
    this.#free--
    if (this.#free > 0) return undefined
    return new Promise((resolve) => this.#waiting.push(resolve))
  }

  /** So many events were heard. */
  give(count: number): void {
    this.#free += count
    if (this.#free <= 0) return
    for (const resolve of this.#waiting.splice(0)) resolve()
  }
}
