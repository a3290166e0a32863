import { type JsonObject, type RunContext, type StreamingCallback, StreamingChunk } from '@millrace/core'
import { messageOf } from '@millrace/core/component'
import type { Generation, RequestOptions } from '../engines/request.ts'
import { unlessAborted } from '../waiting/shared-task.ts'
import { logprobJson } from './reply.ts'

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

  /** What the engine calls. It waits for callbacks that return a promise, until the run is aborted. */
  listening(): RequestOptions {
    return {
      signal: this.#context.signal,
      onDelta: (delta) => {
        const meta = { model: this.#model, receivedAt: new Date().toISOString() }
        switch (delta.kind) {
          case 'text':
            return this.#sendNext({
              content: delta.text,
              meta: delta.logprobs ? { ...meta, logprobs: delta.logprobs.map(logprobJson) } : meta,
            })
          case 'reasoning':
            return this.#sendNext({ reasoning: delta.text, meta })
          case 'toolCall': {
            const { kind, ...call } = delta
            return this.#sendNext({ toolCalls: [call], start: call.id !== undefined, meta })
          }
        }
      },
      onPromptProgress: (doneTokens, totalTokens) =>
        this.#send({ index: this.#index, meta: { promptProgress: { doneTokens, totalTokens } } }),
    }
  }

  end({ finishReason }: Generation, meta: JsonObject): void | Promise<void> {
    return this.#sendNext({ finishReason, meta: { ...meta, receivedAt: new Date().toISOString() } })
  }

  #sendNext(fields: Parameters<typeof StreamingChunk.create>[0]): void | Promise<void> {
    const index = this.#index++
    return this.#send({ index, start: index === 0, ...fields })
  }

  #send(fields: Parameters<typeof StreamingChunk.create>[0]): void | Promise<void> {
    const chunk = StreamingChunk.create({ component: this.#context.component, ...fields })
    this.#context.emit(chunk)
    if (!this.#callback) return
    try {
      const heard: unknown = this.#callback(chunk)
      // A callback may return anything, such as what a stream's `write` does.
      if (isThenable(heard)) return this.#wait(heard)
    } catch (error) {
      this.#report(error)
    }
  }

  /** Not beyond an abort: nobody says that a callback must come to an end. */
  async #wait(heard: PromiseLike<unknown>): Promise<void> {
    const reported = Promise.resolve(heard).catch((error: unknown) => this.#report(error))
    await unlessAborted(reported, [this.#context.signal]).catch(() => undefined)
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

function isThenable(value: unknown): value is PromiseLike<void> {
  return typeof (value as PromiseLike<void> | null | undefined)?.then === 'function'
}
