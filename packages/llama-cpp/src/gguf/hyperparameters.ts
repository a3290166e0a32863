interface Bounds {
  readonly end: string
  /** What a number can be in any model. */
  readonly possible: readonly [least: number, most: number]
  /** What it is in the models that there are. */
  readonly usual: readonly [least: number, most: number]
}

const LONGEST_CONTEXT = 2 ** 26

/** By the end of their keys. */
const bounds: readonly Bounds[] = [
  { end: '.block_count', possible: [1, 10_000], usual: [1, 512] },
  { end: '.context_length', possible: [1, 2 ** 31 - 1], usual: [1, LONGEST_CONTEXT] },
  { end: '.embedding_length', possible: [1, 1_000_000], usual: [32, 65_536] },
  { end: '.feed_forward_length', possible: [0, 10_000_000], usual: [32, 1_000_000] },
  { end: '.attention.head_count', possible: [0, 10_000], usual: [1, 1_024] },
  { end: '.attention.head_count_kv', possible: [0, 10_000], usual: [0, 1_024] },
  { end: '.attention.key_length', possible: [1, 100_000], usual: [8, 4_096] },
  { end: '.attention.value_length', possible: [1, 100_000], usual: [8, 4_096] },
  { end: '.attention.sliding_window', possible: [0, 2 ** 31 - 1], usual: [1, LONGEST_CONTEXT] },
  { end: '.attention.sliding_window_pattern', possible: [0, 10_000], usual: [0, 100] },
  { end: '.attention.layer_norm_epsilon', possible: [0, 1], usual: [1e-13, 0.1] },
  { end: '.attention.layer_norm_rms_epsilon', possible: [0, 1], usual: [1e-13, 0.1] },
  { end: '.rope.dimension_count', possible: [0, 100_000], usual: [2, 4_096] },
  { end: '.rope.freq_base', possible: [0, 1e30], usual: [1, 1e12] },
  { end: '.rope.scaling.factor', possible: [0, 1e30], usual: [1e-3, 1e4] },
  { end: '.expert_count', possible: [0, 10_000], usual: [0, 512] },
  { end: '.nextn_predict_layers', possible: [0, 10_000], usual: [0, 8] },
  { end: '.pooling_type', possible: [0, 2 ** 32 - 1], usual: [0, 4] },
  { end: '.vocab_size', possible: [0, 10_000_000], usual: [1, 2_000_000] },
]

/**
 * What is impossible in a value of the metadata of a model, with its key and the bound: a count or a length that no
 * model has, or not a number at all. Undefined where nothing is. What is possible may still be more than llama.cpp takes.
 */
export function impossibleValue(key: string, value: unknown): string | undefined {
  return outside(key, value, 'possible')
}

/** The same for what no model is known to have. Numbers without bounds are usual where they are finite. */
export function unusualValue(key: string, value: unknown): string | undefined {
  const isBounded = bounds.some(({ end }) => key.endsWith(end))
  if (isBounded && typeof value !== 'number' && !Array.isArray(value)) return `'${key}' is not a number`
  return outside(key, value, 'usual')
}

function outside(key: string, value: unknown, kind: 'possible' | 'usual'): string | undefined {
  const [least, most] = bounds.find(({ end }) => key.endsWith(end))?.[kind] ?? [
    -Number.MAX_VALUE,
    Number.MAX_VALUE,
  ]
  for (const number of Array.isArray(value) ? value : [value]) {
    if (typeof number !== 'number') continue
    if (Number.isNaN(number)) return `'${key}' is not a number`
    const isFine = number >= least && number <= most
    if (isFine || (kind === 'possible' && Math.abs(number) === Number.POSITIVE_INFINITY && least < 0))
      continue
    return `'${key}' is ${number}, and ${kind === 'usual' ? 'is usually' : 'must be'} from ${least} to ${most}`
  }
  return undefined
}
