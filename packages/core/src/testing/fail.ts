import type { Component, ParametersOf } from '../component/component.ts'
import { t } from '../component/t.ts'

/** What `Fail` throws: no error of ours, like those of most components. */
export class PlannedFailure extends Error {
  override readonly name = 'PlannedFailure'
}

/** Fails, always or a number of times; afterwards it passes its input on. */
export class Fail implements Component {
  static readonly type = 'Fail'
  static readonly description = 'Fails, for tests of what happens then.'
  static readonly parameters = t.object({
    message: t.string({ default: 'It was planned.', description: 'The message of the error.' }),
    times: t.optional(t.integer({ minimum: 0 }), { description: 'How many calls fail. Absent: all.' }),
    rejects: t.boolean({ default: false, description: 'Rejects its promise, where it would throw.' }),
  })
  readonly inputs = { value: t.integer() }
  readonly outputs = { value: t.integer() }
  readonly initParameters: ParametersOf<typeof Fail>
  #calls = 0

  constructor(initParameters: ParametersOf<typeof Fail> = {}) {
    this.initParameters = initParameters
  }

  /** How often `run` was called. */
  get calls(): number {
    return this.#calls
  }

  run(inputs: { readonly value: number }): { readonly value: number } | Promise<{ readonly value: number }> {
    const {
      message = 'It was planned.',
      times = Number.POSITIVE_INFINITY,
      rejects = false,
    } = this.initParameters
    this.#calls++
    if (this.#calls > times) return { value: inputs.value }
    const failure = new PlannedFailure(message)
    if (rejects) return Promise.reject(failure)
    throw failure
  }
}
