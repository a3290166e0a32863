import { messageOf } from '@millrace/core/component'
import { LlamaCppError } from '../errors.ts'
import type { EngineName } from '../options/options.ts'
import { linkSignals } from '../waiting/linked-signal.ts'

/** What a request ends with whose context, or component, is closed before it is answered. */
export function requestClosed(): LlamaCppError {
  return new LlamaCppError('CLOSED', 'The model was closed before the request was answered.')
}

/** What goes wrong while a request is evaluated. Errors of our own pass. */
export function requestFailure(engine: EngineName, cause: unknown): unknown {
  if (LlamaCppError.isInstance(cause)) return cause
  const message = `Engine '${engine}' failed during a request: ${messageOf(cause)}`
  return new LlamaCppError('ENGINE_FAILED', message, { cause, engine })
}

/** The requests of a context that are on their way. Closing ends them, and refuses those that come. */
export class RequestsUnderway {
  readonly #closing = new AbortController()
  readonly #underway = new Set<Promise<unknown>>()
  readonly #failure: (cause: unknown) => unknown

  /** @param failure what a request rejects with where the engine failed, given what it threw: by default that */
  constructor(failure: (cause: unknown) => unknown = (cause) => cause) {
    this.#failure = failure
  }

  /** @throws the reason of closing */
  throwIfClosed(): void {
    this.#closing.signal.throwIfAborted()
  }

  /** Works with a signal that aborts for the request and for closing; rejects with its reason untouched. */
  async run<Options extends { readonly signal?: AbortSignal | undefined }, Result>(
    options: Options,
    work: (options: Options & { readonly signal: AbortSignal }) => Promise<Result>,
  ): Promise<Result> {
    this.throwIfClosed()
    const { signal, release } = linkSignals([
      this.#closing.signal,
      ...(options.signal ? [options.signal] : []),
    ])
    try {
      return await this.follow(work({ ...options, signal }))
    } catch (cause) {
      throw signal.aborted && cause === signal.reason ? cause : this.#failure(cause)
    } finally {
      release()
    }
  }

  /** What closing has to wait for. */
  async follow<Result>(work: Promise<Result>): Promise<Result> {
    this.#underway.add(work)
    try {
      return await work
    } finally {
      this.#underway.delete(work)
    }
  }

  /** Aborts at once. Resolves when nothing is on its way any more. */
  async close(reason: unknown): Promise<void> {
    this.#closing.abort(reason)
    await Promise.allSettled(this.#underway)
  }
}
