import { type RunContext, type StreamingCallback, StreamingChunk, type ToolCallResult } from '@millrace/core'
import type { StreamingChunkFields } from '@millrace/core/component'
import { messageOf, warnProcess } from '@millrace/core/component'

/** Sends results of tools as chunks, to the listeners of the run and to a callback, whose promises are waited for in turn. */
export class ResultStream {
  readonly #context: RunContext
  readonly #callback: StreamingCallback | undefined
  #heard: Promise<void> = Promise.resolve()
  #warned = false

  constructor(context: RunContext, callback: StreamingCallback | undefined) {
    this.#context = context
    this.#callback = callback
  }

  result(toolCallResult: ToolCallResult, index: number): void {
    this.#send({ toolCallResult, index, start: true })
  }

  /** As in Haystack, a last chunk says that all results are there. Resolves when the callback has heard it. */
  async end(count: number): Promise<void> {
    this.#send({ index: Math.max(0, count - 1), finishReason: 'toolCallResults' })
    await this.#heard
  }

  #send(fields: StreamingChunkFields): void {
    const chunk = StreamingChunk.create({ ...fields, component: this.#context.component })
    this.#context.emit(chunk)
    const callback = this.#callback
    if (callback !== undefined) {
      this.#heard = this.#heard.then(() => callback(chunk)).catch((error: unknown) => this.#report(error))
    }
  }

  /** A callback that throws does not cost the results. It is reported, once. */
  #report(error: unknown): void {
    if (this.#warned) return
    this.#warned = true
    const reason = messageOf(error)
    const message = `The streamingCallback of '${this.#context.component.name}' threw: ${reason}`
    warnProcess(message, 'MILLRACE_CALLBACK_FAILED')
  }
}
