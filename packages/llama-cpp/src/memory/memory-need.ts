import type { ContextSpec, WeightsSpec } from '../engines/engine.ts'
import type { GgufHeader } from '../gguf/gguf-header.ts'
import { tensorTypeSizes } from '../gguf/tensor-type-sizes.ts'
import { cacheTypes } from '../options/options.ts'
import { type CacheShape, type ModelShape, modelShape } from './model-shape.ts'

/** How many bytes of main memory a model takes. What goes to a GPU is not counted, nor what is not known. */
export interface MemoryNeed {
  readonly weightBytes: number
  /** Mapped weights are read again from the file where the memory for them is taken away. */
  readonly weightsMapped: boolean
  /** Tokens of one slot. */
  readonly contextSize: number
  readonly slots: number
  /** Keys and values of one slot; undefined where the architecture keeps something else. */
  readonly slotBytes: number | undefined
  /** For one evaluation, at its most. */
  readonly computeBytes: number
  /** What belongs to the model besides: a draft model, a projector. */
  readonly otherBytes: number
  readonly flashAttn: boolean
  /** Whether keys and values are quantized already. */
  readonly quantizedCache: boolean
}

/** What decides how much memory a load takes, and its context. */
export type WeightsPlan = Pick<WeightsSpec, 'nGpuLayers' | 'useMmap' | 'useMlock' | 'kvOverrides'>
export type ContextPlan = Pick<ContextSpec, 'nCtx' | 'slots' | 'flashAttn'> &
  Partial<Pick<ContextSpec, 'swaFull' | 'typeK' | 'typeV'>>

const floatBytes = 4
const cellPadding = 256

/**
 * Estimates what a load and a context take, by the header of the file alone. Measured against the log of llama.cpp:
 * the cache as it says, the rest within a quarter.
 *
 * @param weightBytes of all files of the model
 * @param batchTokens how many tokens the engine evaluates in one go, over all slots: `n_ubatch` of llama.cpp
 */
export function memoryNeed(
  header: GgufHeader,
  weightBytes: number,
  load: WeightsPlan,
  context: ContextPlan,
  batchTokens: number,
): MemoryNeed {
  const shape = modelShape(header, load.kvOverrides)
  const contextSize = context.nCtx || shape.trainedContext
  const share = shareOfMainMemory(load.nGpuLayers, shape.layers)
  const cells = padded(contextSize)
  return {
    weightBytes: weightBytes * share,
    weightsMapped: load.useMmap && !load.useMlock,
    contextSize,
    slots: context.slots,
    slotBytes: shape.cache && cacheBytes(shape.cache, cells, batchTokens, context) * share,
    computeBytes: share < 1 ? 0 : computeBytes(shape, cells, batchTokens, context.flashAttn),
    otherBytes: 0,
    flashAttn: context.flashAttn,
    quantizedCache: [context.typeK, context.typeV].some(
      (type) => type !== undefined && !/F(16|32)$/.test(type),
    ),
  }
}

/** What cannot be given back while the model is in use. */
export function heldBytes(need: MemoryNeed): number {
  const { weightBytes, weightsMapped, slots, slotBytes = 0, computeBytes, otherBytes } = need
  return (weightsMapped ? 0 : weightBytes) + slots * slotBytes + computeBytes + otherBytes
}

/** A layer that goes to a GPU takes its weights and its part of the cache along. */
function shareOfMainMemory(gpuLayers: number, layers: number): number {
  if (gpuLayers === 0) return 1
  return gpuLayers < 0 || layers === 0 ? 0 : Math.max(0, 1 - gpuLayers / layers)
}

function cacheBytes(
  { layers, keyLength, valueLength, window }: CacheShape,
  cells: number,
  batchTokens: number,
  { swaFull = false, typeK = 'F16', typeV = 'F16' }: ContextPlan,
): number {
  const perHead = bytesOf(keyLength, typeK) + bytesOf(valueLength, typeV)
  // A whole batch is written before what leaves the window is overwritten.
  const slidingCells = swaFull ? cells : Math.min(cells, padded(window + batchTokens))
  return layers.reduce((sum, { heads, slides }) => sum + heads * (slides ? slidingCells : cells) * perHead, 0)
}

function bytesOf(values: number, type: keyof typeof cacheTypes): number {
  const { values: perBlock, bytes } = tensorTypeSizes.get(cacheTypes[type]) ?? { values: 1, bytes: 2 }
  return (values / perBlock) * bytes
}

/**
 * The largest step of an evaluation: either the attention, with its mask and a score for every pair of tokens (flash
 * attention keeps none, and a second mask), or the logits of all tokens.
 */
function computeBytes(
  { heads, width, vocabularySize }: ModelShape,
  cells: number,
  batchTokens: number,
  flashAttn: boolean,
): number {
  const scores = flashAttn ? cells / 2 : heads * cells
  const attention = scores + cells + 5 * width
  const logits = vocabularySize + 2 * width
  return batchTokens * floatBytes * Math.max(attention, logits)
}

function padded(cells: number): number {
  return Math.ceil(cells / cellPadding) * cellPadding
}
