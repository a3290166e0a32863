import type { Component, ParametersOf } from '../component/component.ts'
import { aloneContext, type RunContext } from '../component/run-context.ts'
import { t } from '../component/t.ts'

/**
 * Waits in `run` until the test releases it, or until its signal aborts: then it rejects with the reason. For tests
 * of what happens meanwhile, without any clock.
 */
export class Slow implements Component {
  static readonly type = 'Slow'
  static readonly description = 'Passes a number on when the test says so.'
  static readonly parameters = t.object({
    deaf: t.boolean({ default: false, description: 'Goes on waiting when its signal aborts.' }),
  })
  readonly inputs = { value: t.integer() }
  readonly outputs = { value: t.integer() }
  readonly initParameters: ParametersOf<typeof Slow>
  readonly #waiting = new Set<() => void>()
  readonly #told: unknown[] = []
  #calls = 0
  #awaited: { readonly calls: number; readonly resolve: () => void }[] = []

  constructor(initParameters: ParametersOf<typeof Slow> = {}) {
    this.initParameters = initParameters
  }

  /** How many calls of `run` wait now. */
  get waiting(): number {
    return this.#waiting.size
  }

  /** The reasons of the signals that aborted while a call waited. */
  get told(): readonly unknown[] {
    return this.#told
  }

  /** Resolves once `run` has been called that often. */
  started(calls = 1): Promise<void> {
    if (this.#calls >= calls) return Promise.resolve()
    return new Promise((resolve) => {
      this.#awaited.push({ calls, resolve })
    })
  }

  /** Lets all calls that wait now go on. */
  release(): void {
    for (const go of [...this.#waiting]) go()
  }

  async run(
    { value }: { readonly value: number },
    { signal }: RunContext = aloneContext(Slow),
  ): Promise<{ readonly value: number }> {
    this.#calls++
    for (const { calls, resolve } of this.#awaited) if (this.#calls >= calls) resolve()
    this.#awaited = this.#awaited.filter(({ calls }) => this.#calls < calls)
    await this.#wait(signal)
    return { value }
  }

  #wait(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const go = () => {
        this.#waiting.delete(go)
        signal.removeEventListener('abort', onAbort)
        resolve()
      }
      const onAbort = () => {
        this.#told.push(signal.reason)
        if (this.initParameters.deaf) return
        this.#waiting.delete(go)
        reject(signal.reason)
      }
      this.#waiting.add(go)
      if (signal.aborted) onAbort()
      else signal.addEventListener('abort', onAbort, { once: true })
    })
  }
}
