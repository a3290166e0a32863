import { type Answering, answeredBy, type ReplyMeta } from './reply.ts'

/** What the meta of an embedder or ranker says. Times are in milliseconds. `model` is the name of its file. */
export interface EmbeddingMeta extends Pick<ReplyMeta, 'model' | 'engine' | 'device' | 'warnings'> {
  readonly usage: { readonly promptTokens: number; readonly totalTokens: number }
  readonly timings: { readonly promptMs: number }
}

/** How many tokens a text took, and whether its end was cut off. */
interface Evaluated {
  readonly tokens: number
  readonly truncated: boolean
}

export function embeddingMeta(
  by: Answering,
  evaluated: readonly Evaluated[],
  started: number,
): EmbeddingMeta {
  const promptTokens = evaluated.reduce((sum, { tokens }) => sum + tokens, 0)
  return {
    ...answeredBy(by),
    usage: { promptTokens, totalTokens: promptTokens },
    timings: { promptMs: Math.round((performance.now() - started) * 100) / 100 },
  }
}

/** How many texts were cut off. */
export function truncatedCount(evaluated: readonly Evaluated[]): number {
  return evaluated.filter(({ truncated }) => truncated).length
}

/** The vector with the Euclidean length 1. A vector of zeros stays as it is. */
export function normalized(vector: readonly number[]): readonly number[] {
  const length = Math.sqrt(vector.reduce((sum, value) => sum + value * value, 0))
  return length === 0 ? vector : vector.map((value) => value / length)
}
