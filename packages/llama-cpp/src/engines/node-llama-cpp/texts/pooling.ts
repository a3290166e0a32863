import type * as Binding from 'node-llama-cpp'
import { LlamaCppError } from '../../../errors.ts'
import { poolings } from '../../../options/options.ts'
import type { EmbeddingSpec } from '../../engine.ts'

type Pooling = (typeof poolings)[number]

/** Architectures whose rankers read the last token. All others read the first. */
const RANKS_BY_LAST_TOKEN: readonly string[] = ['qwen3', 'qwen3vl']

/** What the metadata of a model say about its vectors. */
export interface ModelPooling {
  readonly architecture: string
  /** Undefined where they say nothing. */
  readonly pooling: Pooling | undefined
  /** Whether a token sees those before it alone, as in a model that was made to go on with a text. */
  readonly causal: boolean
}

export function poolingOf(model: Binding.LlamaModel): ModelPooling {
  const { architecture } = model.fileInfo.metadata.general
  const said = model.fileInfo.architectureMetadata as {
    readonly pooling_type?: number
    readonly attention?: { readonly causal?: boolean }
  }
  return {
    architecture,
    pooling: poolings[said.pooling_type ?? -1],
    causal: said.attention?.causal !== false,
  }
}

/** Refuses models that give no single vector for a text, and a pooling that is not the model's. */
export function checkPooling({ pooling, causal }: ModelPooling, wanted: EmbeddingSpec['pooling']): void {
  if (wanted !== undefined && wanted !== pooling) throw otherPooling(wanted)
  if (pooling === 'rank') {
    throw unsupported(
      'The model was made to rank: it gives a text no vector. Use LlamaCppRanker, or another model.',
    )
  }
  // A causal model that says nothing gives the vector of its last token, which has seen the whole text.
  if (pooling === 'none' || (pooling === undefined && !causal)) {
    throw unsupported(
      'The model gives a vector for each token, and nothing says how they become one. Set modelKwargs.poolingType: 1 for their mean, 2 for that of the first token, 3 for that of the last one.',
    )
  }
}

/**
 * Whether a text must be evaluated in one go: llama.cpp pools what one evaluation gives it, and tokens that see those
 * after them must all be there.
 */
export function takesWholeTexts({ architecture, pooling, causal }: ModelPooling, ranks: boolean): boolean {
  if (!causal) return true
  return ranks ? !RANKS_BY_LAST_TOKEN.includes(architecture) : pooling === 'mean' || pooling === 'cls'
}

function otherPooling(wanted: Pooling): LlamaCppError {
  return new LlamaCppError(
    'OPTION_UNSUPPORTED',
    `Engine 'node-llama-cpp' pools as the file of the model says, not by '${wanted}'. Set modelKwargs.poolingType, with which the model is loaded.`,
    { option: 'modelKwargs.poolingType', engine: 'node-llama-cpp' },
  )
}

function unsupported(message: string): LlamaCppError {
  return new LlamaCppError('MODEL_UNSUPPORTED', message, { engine: 'node-llama-cpp' })
}
