import { type JsonObject, type RunContext, type StreamingCallback, StreamingChunk } from '@millrace/core'
import { messageOf } from '@millrace/core/component'
import type { FinishReason, Piece } from './choice.ts'

/** The chunks of one reply: numbered, the first marked, the last with the finish reason and the reply's meta. */
export class ReplyStream {
  readonly #context: RunContext
  readonly #callback: StreamingCallback | undefined
  readonly #model: string
  #index = 0
  #warned = false

  constructor(context: RunContext, callback: StreamingCallback | undefined, model: string) {
    this.#context = context
    this.#callback = callback
    this.#model = model
  }

  /** Waits for a callback that returns a promise, until the signal aborts. */
  async send(pieces: readonly Piece[], signal: AbortSignal): Promise<void> {
    for (const piece of pieces) {
      const meta = { model: this.#model, receivedAt: new Date().toISOString() }
      if (piece.kind === 'toolCall') {
        const start = piece.call.id !== undefined
        await this.#send({ toolCalls: [piece.call], start, meta }, signal)
      } else if (piece.kind === 'reasoning') await this.#send({ reasoning: piece.text, meta }, signal)
      else {
        const logprobs = piece.logprobs === undefined ? {} : { logprobs: piece.logprobs }
        await this.#send({ content: piece.text, meta: { ...meta, ...logprobs } }, signal)
      }
    }
  }

  end(finishReason: FinishReason, meta: JsonObject, signal: AbortSignal): Promise<void> {
    return this.#send({ finishReason, meta: { ...meta, receivedAt: new Date().toISOString() } }, signal)
  }

  async #send(fields: Parameters<typeof StreamingChunk.create>[0], signal: AbortSignal): Promise<void> {
    const index = this.#index++
    const { component } = this.#context
    const chunk = StreamingChunk.create({ component, index, start: index === 0, ...fields })
    this.#context.emit(chunk)
    if (this.#callback === undefined) return
    try {
      await unlessAborted(this.#callback(chunk), signal)
    } catch (error) {
      if (!signal.aborted) this.#report(error)
    }
  }

  /** As in Haystack, a callback that throws does not cost the reply. It is reported, once. */
  #report(error: unknown): void {
    if (this.#warned) return
    this.#warned = true
    const reason = messageOf(error)
    process.emitWarning(`The streamingCallback of '${this.#context.component.name}' threw: ${reason}`, {
      code: 'MILLRACE_CALLBACK_FAILED',
    })
  }
}

/** Nobody says that a callback must come to an end. */
async function unlessAborted(heard: unknown, signal: AbortSignal): Promise<void> {
  if (typeof (heard as PromiseLike<unknown> | undefined)?.then !== 'function') return
  let stop: () => void = () => {}
  const aborted = new Promise<void>((resolve) => {
    stop = resolve
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', stop, { once: true })
  })
  try {
    await Promise.race([heard, aborted])
  } finally {
    signal.removeEventListener('abort', stop)
  }
}
