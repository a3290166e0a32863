import type { ModelCall, RunContext } from '@millrace/core'
import type { EmbeddingMeta } from './embedding-meta.ts'
import type { ReplyMeta } from './reply.ts'

type Asked = Pick<ModelCall, 'operation' | 'model' | 'engine' | 'options' | 'input'>

/** One request to a model, which the run hears of when it is over. The time starts when this is made. */
export class ReportedCall {
  readonly #context: RunContext
  readonly #asked: Asked
  readonly #started = performance.now()

  constructor(context: RunContext, { operation, model, engine, options, input }: Asked) {
    this.#context = context
    this.#asked = {
      operation,
      model,
      ...(engine === undefined ? {} : { engine }),
      ...(options === undefined ? {} : { options }),
      ...(input === undefined ? {} : { input }),
    }
  }

  /** Asks. A failure is reported, and thrown on. */
  async answer<Answer>(ask: () => Promise<Answer>): Promise<Answer> {
    try {
      return await ask()
    } catch (error) {
      this.#report({ error })
      throw error
    }
  }

  /** Reports an answer, by what its meta says. */
  end(
    meta: EmbeddingMeta & Partial<Pick<ReplyMeta, 'finishReason' | 'responseId'>>,
    replies?: ModelCall['replies'],
  ): void {
    const { usage, timings, finishReason, responseId, warnings } = meta
    this.#report({
      usage,
      timings,
      ...(finishReason === undefined ? {} : { finishReason }),
      ...(responseId === undefined ? {} : { responseId }),
      ...(warnings === undefined ? {} : { warnings: warnings as unknown as ModelCall['warnings'] & object }),
      ...(replies === undefined ? {} : { replies }),
    })
  }

  #report(end: Partial<ModelCall>): void {
    const durationMs = performance.now() - this.#started
    this.#context.modelCall({ provider: 'llama_cpp', ...this.#asked, ...end, durationMs })
  }
}
