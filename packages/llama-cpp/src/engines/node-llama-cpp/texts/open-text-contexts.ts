import type * as Binding from 'node-llama-cpp'
import { LlamaCppError } from '../../../errors.ts'
import type { EmbeddingContext, EmbeddingSpec, RankingContext } from '../../engine.ts'
import type { WithThreads } from '../../threads.ts'
import { NodeEmbeddingContext } from './embedding-context.ts'
import { checkPooling, type ModelPooling, poolingOf, takesWholeTexts } from './pooling.ts'
import { NodeRankingContext } from './ranking-context.ts'

/** @throws LlamaCppError for a model that gives no vectors, or spec that the binding cannot make */
export async function openEmbedding(
  model: Binding.LlamaModel,
  spec: WithThreads<EmbeddingSpec>,
): Promise<EmbeddingContext> {
  refuseUnable(model, spec)
  const pooling = poolingOf(model)
  checkPooling(pooling, spec.pooling)
  checkPositions(model, spec, pooling)
  const size = sizes(model, spec, takesWholeTexts(pooling, false))
  const contexts = await openSlots(spec.slots, () => model.createEmbeddingContext(size.options))
  return new NodeEmbeddingContext(model, contexts, size.contextSize)
}

/** @throws LlamaCppError for a model that was not made to rank, or spec that the binding cannot make */
export async function openRanking(
  model: Binding.LlamaModel,
  spec: WithThreads<EmbeddingSpec>,
): Promise<RankingContext> {
  refuseUnable(model, spec)
  if (spec.pooling !== undefined && spec.pooling !== 'rank') throw ranksOnly(spec.pooling)
  if (!model.fileInsights.supportsRanking) throw noRanker()
  const pooling = poolingOf(model)
  checkPositions(model, spec, pooling)
  const size = sizes(model, spec, takesWholeTexts(pooling, true))
  const contexts = await openSlots(spec.slots, () => model.createRankingContext(size.options))
  return new NodeRankingContext(model, contexts, size.contextSize)
}

interface Sizes {
  readonly contextSize: number
  readonly options: Binding.LlamaEmbeddingContextOptions
}

/** How much a text may have. Without slices that is a batch, as in llama-cpp-python. */
export function sizes(
  { trainContextSize }: Pick<Binding.LlamaModel, 'trainContextSize'>,
  { nCtx, nBatch, nThreads }: WithThreads<EmbeddingSpec>,
  wholeTexts: boolean,
): Sizes {
  const wanted = nCtx === 0 ? trainContextSize : nCtx
  const contextSize = wholeTexts ? Math.min(wanted, nBatch) : wanted
  const batchSize = Math.min(contextSize, nBatch)
  // The binding keeps one place free, for a token that is never generated here.
  return { contextSize, options: { contextSize: contextSize + 1, batchSize, threads: nThreads } }
}

/** A BERT has a table of its positions. Beyond its end llama.cpp ends the process. */
function checkPositions(
  { trainContextSize }: Binding.LlamaModel,
  { nCtx }: EmbeddingSpec,
  { architecture, causal }: ModelPooling,
): void {
  if (causal || nCtx <= trainContextSize) return
  throw new LlamaCppError(
    'OPTION_INVALID',
    `Option 'nCtx': ${nCtx} is more than the ${trainContextSize} tokens that a model of the kind '${architecture}' was trained with. Lower it, or leave it out.`,
    { option: 'nCtx', actual: nCtx, expected: trainContextSize },
  )
}

/** All of them, or none. */
async function openSlots<Context extends { dispose(): Promise<void> }>(
  count: number,
  open: () => Promise<Context>,
): Promise<Context[]> {
  const opened: Context[] = []
  try {
    while (opened.length < count) opened.push(await open())
    return opened
  } catch (error) {
    await Promise.all(opened.map((context) => context.dispose()))
    throw error
  }
}

function refuseUnable(model: Binding.LlamaModel, { flashAttn }: EmbeddingSpec): void {
  if (flashAttn) {
    throw new LlamaCppError(
      'OPTION_UNSUPPORTED',
      "Engine 'node-llama-cpp' has no flash attention for embeddings. Leave 'modelKwargs.flashAttn' out.",
      { option: 'modelKwargs.flashAttn', engine: 'node-llama-cpp' },
    )
  }
  if (model.fileInsights.hasEncoder && model.fileInsights.hasDecoder) {
    throw new LlamaCppError(
      'MODEL_UNSUPPORTED',
      "The model has an encoder and a decoder: engine 'node-llama-cpp' makes no vectors with such a model.",
      { engine: 'node-llama-cpp' },
    )
  }
}

function ranksOnly(pooling: string): LlamaCppError {
  return new LlamaCppError(
    'OPTION_INVALID',
    `Option 'modelKwargs.poolingType': a ranker has scores in place of vectors, and takes no pooling by '${pooling}'. Leave it out.`,
    { option: 'modelKwargs.poolingType' },
  )
}

function noRanker(): LlamaCppError {
  return new LlamaCppError(
    'MODEL_UNSUPPORTED',
    "The model was not made to rank: it has no classification head (a tensor 'cls.weight' or 'cls.output.weight'). Use a reranker in GGUF format, such as bge-reranker or Qwen3-Reranker.",
    { engine: 'node-llama-cpp' },
  )
}
