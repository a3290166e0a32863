import { LlamaCppError } from '../../errors.ts'
import type { EngineName } from '../../options/options.ts'
import type { EmbeddingContext, Engine, ModelContext, RankingContext, Weights } from '../engine.ts'
import { packError } from './carried-error.ts'
import {
  type CallName,
  type ContextId,
  type EngineCalls,
  type EngineListeners,
  EVENTS_ON_THE_WAY,
  type FromEngine,
  type ListenerName,
  type ToEngine,
} from './engine-messages.ts'
import { EventWindow } from './event-window.ts'

interface RunningCall {
  readonly controller: AbortController
  readonly window: EventWindow
}

type Handling = EngineListeners & { readonly signal: AbortSignal }

type Handlers = {
  readonly [Name in CallName]: (
    handling: Handling,
    ...parameters: EngineCalls[Name]['parameters']
  ) => Promise<EngineCalls[Name]['result']>
}

type AnyContext = Pick<ModelContext, 'dispose'>

/** The engine's end of the conversation: does what the messages ask, on one load of weights. */
export class EngineHost {
  readonly #findEngine: (name: EngineName) => Promise<Engine>
  readonly #send: (message: FromEngine) => void
  readonly #running = new Map<number, RunningCall>()
  readonly #contexts = new Map<ContextId, AnyContext>()
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

  async #answer({ id, name, parameters, listeners }: Extract<ToEngine, { type: 'call' }>): Promise<void> {
    const call = { controller: new AbortController(), window: new EventWindow(EVENTS_ON_THE_WAY) }
    const { signal } = call.controller
    this.#running.set(id, call)
    const handle = this.#handlers[name] as (
      handling: Handling,
      ...given: readonly unknown[]
    ) => Promise<unknown>
    try {
      const value = await handle({ signal, ...this.#listen(id, listeners, call.window) }, ...parameters)
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

  readonly #handlers: Handlers = {
    load: async (options, name, spec) => {
      const engine = await this.#findEngine(name)
      this.#weights = await engine.load(spec, options)
      const { bytes, trainedContext, device, warnings } = this.#weights
      return { bytes, trainedContext, device, warnings }
    },
    open: async (options, spec) => this.#opened(await this.#loaded().open(spec, options)),
    openEmbedding: async (options, spec) => {
      const context = await this.#loaded().openEmbedding(spec, options)
      return { ...this.#opened(context), dimensions: context.dimensions }
    },
    openRanking: async (options, spec) => this.#opened(await this.#loaded().openRanking(spec, options)),
    chat: (options, id, request) => this.#context<ModelContext>(id).chat(request, options),
    complete: (options, id, request) => this.#context<ModelContext>(id).complete(request, options),
    countTokens: (_, id, request) => this.#context<ModelContext>(id).countTokens(request),
    tokenize: (_, id, text) => this.#context<ModelContext>(id).tokenize(text),
    saveState: (options, id, folder) => this.#context<ModelContext>(id).saveState(folder, options),
    loadState: (options, id, folder) => this.#context<ModelContext>(id).loadState(folder, options),
    embed: ({ signal, onDone }, id, texts, truncate) =>
      this.#context<EmbeddingContext>(id).embed(texts, { signal, onDone, truncate }),
    rank: ({ signal, onDone }, id, query, texts, truncate) =>
      this.#context<RankingContext>(id).rank(query, texts, { signal, onDone, truncate }),
    dispose: async (_, id) => {
      const context = this.#contexts.get(id)
      this.#contexts.delete(id)
      await context?.dispose()
      return undefined
    },
  }

  #loaded(): Weights {
    if (this.#weights) return this.#weights
    throw new LlamaCppError('CLOSED', 'No model was loaded in this process.')
  }

  #opened(context: AnyContext & { readonly contextSize: number }) {
    this.#lastContext++
    this.#contexts.set(this.#lastContext, context)
    return { id: this.#lastContext, contextSize: context.contextSize }
  }

  /** The host asks of a context only what its kind does. */
  #context<Kind extends AnyContext>(id: ContextId): Kind {
    const context = this.#contexts.get(id)
    if (context) return context as Kind
    throw new LlamaCppError('CLOSED', 'The model was closed before the request was answered.')
  }
}
