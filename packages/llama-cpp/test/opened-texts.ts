import type { EmbeddingContext, EmbeddingSpec, RankingContext, Weights } from '../src/engines/engine.ts'
import { nodeLlamaCpp } from '../src/engines/node-llama-cpp.ts'

/** What real contexts are opened with, unless a test says otherwise. */
export const plainSpec: EmbeddingSpec = { nCtx: 0, nBatch: 512, slots: 1, nThreads: 1, flashAttn: false }

export const cutting = { signal: undefined, truncate: true }
export const whole = { signal: undefined, truncate: false }

type Overrides = Readonly<Record<string, string | number | boolean>>

/** Loads a model in the real engine for as long as `work` takes. */
export async function withWeights<Result>(
  modelPath: string,
  kvOverrides: Overrides,
  work: (weights: Weights) => Promise<Result>,
): Promise<Result> {
  const spec = { nGpuLayers: 0, useMmap: true, useMlock: false, numa: false, verbose: false } as const
  const weights = await nodeLlamaCpp.load({ ...spec, modelPath, kvOverrides }, {})
  try {
    return await work(weights)
  } finally {
    await weights.dispose()
  }
}

/** A context to embed with, for as long as `work` takes. */
export async function embedding<Result>(
  modelPath: string,
  { kvOverrides = {}, ...spec }: Partial<EmbeddingSpec> & { readonly kvOverrides?: Overrides },
  work: (context: EmbeddingContext) => Promise<Result>,
): Promise<Result> {
  return withWeights(modelPath, kvOverrides, async (weights) => {
    const context = await weights.openEmbedding({ ...plainSpec, ...spec }, {})
    try {
      return await work(context)
    } finally {
      await context.dispose()
    }
  })
}

/** A context to rank with, for as long as `work` takes. */
export async function ranking<Result>(
  modelPath: string,
  spec: Partial<EmbeddingSpec>,
  work: (context: RankingContext) => Promise<Result>,
): Promise<Result> {
  return withWeights(modelPath, {}, async (weights) => {
    const context = await weights.openRanking({ ...plainSpec, ...spec }, {})
    try {
      return await work(context)
    } finally {
      await context.dispose()
    }
  })
}
