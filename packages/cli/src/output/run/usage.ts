import type { ModelCall } from '@millrace/core'

/** What the models of a run were given and gave, over all calls. */
export interface Usage {
  /** How often a model was asked and said what it took. */
  readonly calls: number
  readonly promptTokens: number
  readonly completionTokens: number
  readonly totalTokens: number
  /** Prompt tokens that a model still held from an earlier request, and did not evaluate again. */
  readonly cachedTokens: number
  /** Of generation alone, over all replies; undefined when none says how long it took. */
  readonly tokensPerSecond: number | undefined
}

type CallUsage = NonNullable<ModelCall['usage']>

/** Adds up what the calls of models took. */
export class UsageCounter {
  readonly #usages: CallUsage[] = []
  /** The first token of a reply comes out of the prompt's evaluation: these are the others, and their time. */
  #timedTokens = 0
  #timedMs = 0

  add({ usage, timings }: ModelCall): void {
    if (usage === undefined) return
    this.#usages.push(usage)
    if (usage.completionTokens === undefined || timings?.predictedMs === undefined) return
    this.#timedTokens += Math.max(0, usage.completionTokens - 1)
    this.#timedMs += timings.predictedMs
  }

  /** Undefined when no call says what it took. */
  total(): Usage | undefined {
    if (this.#usages.length === 0) return undefined
    const sum = (of: (usage: CallUsage) => number) =>
      this.#usages.reduce((total, usage) => total + of(usage), 0)
    const promptTokens = sum((usage) => usage.promptTokens)
    const completionTokens = sum((usage) => usage.completionTokens ?? 0)
    return {
      calls: this.#usages.length,
      promptTokens,
      completionTokens,
      totalTokens: promptTokens + completionTokens,
      cachedTokens: sum((usage) => usage.cachedTokens ?? 0),
      tokensPerSecond: this.#speed(),
    }
  }

  #speed(): number | undefined {
    if (this.#timedMs <= 0 || this.#timedTokens === 0) return undefined
    return Math.round((this.#timedTokens / this.#timedMs) * 100_000) / 100
  }
}
