/** What the models of a run were given and gave, over all replies. */
export interface Usage {
  readonly replies: number
  readonly promptTokens: number
  readonly completionTokens: number
  readonly totalTokens: number
  /** Prompt tokens that a model still held from an earlier request, and did not evaluate again. */
  readonly cachedTokens: number
  /** Of generation alone, over all replies; undefined when none says how long it took. */
  readonly tokensPerSecond: number | undefined
}

/** The part of a reply's meta that is counted. */
interface ReplyUsage {
  readonly usage: {
    readonly promptTokens: number
    readonly completionTokens: number
    readonly cachedTokens?: number
  }
  readonly timings?: { readonly predictedMs?: number }
}

const DEEPEST = 6

/** Adds up the usage in what components give. A reply that travels through several components counts once. */
export class UsageCounter {
  readonly #seen = new Set<object>()
  readonly #counted: ReplyUsage[] = []

  /** Values that somebody else made: the inputs of a component. Their usage is not this run's, or counted already. */
  ignore(values: unknown): void {
    visitUsages(values, (found) => this.#seen.add(found.usage))
  }

  count(values: unknown): void {
    visitUsages(values, (found) => {
      if (this.#seen.has(found.usage)) return
      this.#seen.add(found.usage)
      this.#counted.push(found)
    })
  }

  /** Undefined when no reply has usage in its meta. */
  total(): Usage | undefined {
    if (this.#counted.length === 0) return undefined
    const sum = (of: (reply: ReplyUsage) => number) =>
      this.#counted.reduce((total, reply) => total + of(reply), 0)
    const promptTokens = sum(({ usage }) => usage.promptTokens)
    const completionTokens = sum(({ usage }) => usage.completionTokens)
    return {
      replies: this.#counted.length,
      promptTokens,
      completionTokens,
      totalTokens: promptTokens + completionTokens,
      cachedTokens: sum(({ usage }) => usage.cachedTokens ?? 0),
      tokensPerSecond: speedOf(this.#counted),
    }
  }
}

/** The first token of a reply comes out of the prompt's evaluation: the time is that of the others. */
function speedOf(replies: readonly ReplyUsage[]): number | undefined {
  let tokens = 0
  let milliseconds = 0
  for (const { usage, timings } of replies) {
    if (timings?.predictedMs === undefined) continue
    tokens += Math.max(0, usage.completionTokens - 1)
    milliseconds += timings.predictedMs
  }
  return milliseconds > 0 && tokens > 0 ? Math.round((tokens / milliseconds) * 100_000) / 100 : undefined
}

function visitUsages(value: unknown, found: (usage: ReplyUsage) => void, depth = 0): void {
  if (typeof value !== 'object' || value === null || depth > DEEPEST) return
  if (isReplyUsage(value)) {
    found(value)
    return
  }
  for (const inside of Object.values(value)) visitUsages(inside, found, depth + 1)
}

function isReplyUsage(value: object): value is ReplyUsage {
  const { usage } = value as Partial<ReplyUsage>
  return typeof usage?.promptTokens === 'number' && typeof usage.completionTokens === 'number'
}
