import { type ChatMessage, type ModelCall, t, type ValueOf } from '@millrace/core'

/** The declaration of `AgentUsage`. */
export const usageSocket = t.object({
  promptTokens: t.integer(),
  completionTokens: t.integer(),
  totalTokens: t.integer(),
  /** Tokens of prompts that a model still held and did not evaluate again. */
  cachedTokens: t.optional(t.integer()),
})

/** What the model calls of a run took together. */
export type AgentUsage = ValueOf<typeof usageSocket>

type Counted = NonNullable<ModelCall['usage']>

const NOTHING: AgentUsage = { promptTokens: 0, completionTokens: 0, totalTokens: 0 }

/** A sum over model calls. */
export class UsageSum {
  #sum: AgentUsage

  constructor(sum: AgentUsage = NOTHING) {
    this.#sum = sum
  }

  get sum(): AgentUsage {
    return this.#sum
  }

  add({ promptTokens, completionTokens = 0, cachedTokens }: Counted): void {
    const sum = this.#sum
    const cached = (sum.cachedTokens ?? 0) + (cachedTokens ?? 0)
    this.#sum = {
      promptTokens: sum.promptTokens + promptTokens,
      completionTokens: sum.completionTokens + completionTokens,
      totalTokens: sum.totalTokens + promptTokens + completionTokens,
      ...(cached > 0 || cachedTokens !== undefined ? { cachedTokens: cached } : {}),
    }
  }
}

/** What the meta of a reply says; undefined where that is nothing. */
export function usageOfReply(reply: ChatMessage): Counted | undefined {
  const { promptTokens, completionTokens } = Object(reply.meta?.['usage']) as Partial<Counted>
  if (typeof promptTokens !== 'number') return undefined
  return { promptTokens, ...(typeof completionTokens === 'number' ? { completionTokens } : {}) }
}
