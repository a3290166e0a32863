import type { GgufHeader } from './gguf-header.ts'

/** What a model was made for: to go on with texts, to give texts vectors, or to score texts by a query. */
export type ModelPurpose = 'writing' | 'embedding' | 'ranking'

const RANK = 4
/** Their files do not always say that tokens see those after them. */
const ENCODERS = /bert|embed|encoder/
/** These write, though tokens see those after them. */
const DIFFUSERS = /^(dream|llada|rnd1)/

/** By the pooling that the file names, a head for scores, and whether tokens see those after them. */
export function purposeOf({
  architecture = '',
  values,
  tensors,
}: Pick<GgufHeader, 'architecture' | 'values' | 'tensors'>): ModelPurpose {
  const pooling = values[`${architecture}.pooling_type`] ?? 0
  if (pooling === RANK) return 'ranking'
  if (pooling !== 0) return 'embedding'
  if (tensors.some(({ name }) => name === 'cls.weight' || name === 'cls.output.weight')) return 'ranking'
  const isCausal = values[`${architecture}.attention.causal`] !== false || DIFFUSERS.test(architecture)
  return isCausal && !ENCODERS.test(architecture) ? 'writing' : 'embedding'
}
