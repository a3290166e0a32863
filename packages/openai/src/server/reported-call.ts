import type { ModelCall, RunContext } from '@millrace/core'
import type { Server } from './server.ts'

type Asked = Pick<ModelCall, 'operation' | 'options' | 'input'>

/** One request to a model, which the run hears of when it is over. The time starts when this is made. */
export class ReportedCall {
  readonly #context: RunContext
  readonly #asked: Asked & Pick<ModelCall, 'provider' | 'model' | 'server'>
  readonly #started = performance.now()

  constructor(context: RunContext, { provider, model, address }: Server, asked: Asked) {
    this.#context = context
    this.#asked = { ...asked, provider, model, server: address }
  }

  /** Milliseconds since this was made. */
  get durationMs(): number {
    return performance.now() - this.#started
  }

  end(result: Partial<ModelCall>): void {
    const given = Object.entries(result).filter(([, value]) => value !== undefined)
    const { durationMs } = this
    this.#context.modelCall({ ...this.#asked, ...Object.fromEntries(given), durationMs })
  }
}
