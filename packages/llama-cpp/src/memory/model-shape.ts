import type { GgufMetadata } from '../gguf/gguf-metadata.ts'

/** What the header of a model says about how much it keeps for each token. */
export interface ModelShape {
  readonly trainedContext: number
  readonly layers: number
  readonly width: number
  /** Heads of one layer, at most. */
  readonly heads: number
  readonly vocabularySize: number
  /** The cache for keys and values; undefined where this version does not know how the architecture keeps it. */
  readonly cache: CacheShape | undefined
}

export interface CacheShape {
  readonly layers: readonly CachedLayer[]
  readonly keyLength: number
  readonly valueLength: number
  /** How many tokens a sliding layer looks back. */
  readonly window: number
}

export interface CachedLayer {
  /** Heads that keep keys and values; 0 for a layer without attention. */
  readonly heads: number
  readonly slides: boolean
}

/**
 * Keys of architectures that keep something else than keys and values of every layer: recurrent states, compressed
 * keys, layers that share theirs or look at one
 * chunk, a second stack for the encoder.
 */
const unknownLayouts =
  /\.(ssm|wkv|shortconv|kda)\.|\.attention\.(kv_lora_rank|shared_kv_layers|chunk_size)$|\.(decoder_block_count|token_shift_count)$/

/** Architectures with a sliding window in all layers but each n-th; of others with a window all layers count. */
const fullLayerEvery: Readonly<Record<string, number>> = {
  gemma2: 2,
  gemma3: 6,
  cohere2: 4,
  exaone4: 4,
  'gpt-oss': 2,
}

/** @param overrides metadata that are to be taken in place of those of the file, by their keys */
export function modelShape(
  { architecture, vocabularySize, values }: Omit<GgufMetadata, 'alignment'>,
  overrides: Readonly<Record<string, unknown>> = {},
): ModelShape {
  const all: Readonly<Record<string, unknown>> = { ...values, ...overrides }
  const value = (key: string) => all[`${architecture}.${key}`]
  const count = (key: string): number => {
    const given = value(key)
    return typeof given === 'number' && given > 0 ? given : 0
  }
  const layers = count('block_count')
  return {
    trainedContext: count('context_length'),
    layers,
    width: count('embedding_length'),
    heads: Math.max(0, ...perLayer(value('attention.head_count'), layers)),
    vocabularySize: vocabularySize || count('vocab_size'),
    cache: Object.keys(all).some((key) => unknownLayouts.test(key))
      ? undefined
      : cacheShape(architecture ?? '', layers, value, count),
  }
}

function cacheShape(
  architecture: string,
  layers: number,
  value: (key: string) => unknown,
  count: (key: string) => number,
): CacheShape | undefined {
  // Encoders keep nothing.
  if (value('attention.causal') === false) return { layers: [], keyLength: 0, valueLength: 0, window: 0 }
  const heads = perLayer(value('attention.head_count_kv') ?? value('attention.head_count'), layers)
  const headLength = count('embedding_length') / count('attention.head_count')
  const keyLength = count('attention.key_length') || headLength
  const valueLength = count('attention.value_length') || headLength
  if (layers === 0 || heads.length < layers || !Number.isFinite(keyLength) || !Number.isFinite(valueLength))
    return undefined
  const window = count('attention.sliding_window')
  const slides = slidingLayers(architecture, value('attention.sliding_window_pattern'))
  return {
    // The layers at the end that guess at further tokens are not evaluated.
    layers: heads
      .slice(0, layers - count('nextn_predict_layers'))
      .map((ofLayer, index) => ({ heads: ofLayer, slides: window > 0 && slides(index) })),
    keyLength,
    valueLength,
    window,
  }
}

/** One number for all layers, or one for each. */
function perLayer(given: unknown, layers: number): readonly number[] {
  if (Array.isArray(given)) return given
  return typeof given === 'number' ? Array.from({ length: layers }, () => given) : []
}

function slidingLayers(architecture: string, pattern: unknown): (layer: number) => boolean {
  if (Array.isArray(pattern)) return (layer) => pattern[layer % pattern.length] === 1
  const every = typeof pattern === 'number' ? pattern : fullLayerEvery[architecture]
  return every === undefined || every < 1 ? () => true : (layer) => layer % every < every - 1
}
