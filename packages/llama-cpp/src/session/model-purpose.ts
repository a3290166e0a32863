import { LlamaCppError } from '../errors.ts'
import { checkGgufHeader } from '../gguf/gguf-header.ts'
import { findModelOnDisk, type ResolveModelOptions } from '../model-file/model-uri.ts'
import { poolings } from '../options/options.ts'

/** What a model was made for: to write, to give vectors, or to rank. */
export type ModelPurpose = 'generation' | 'embedding' | 'ranking'

/**
 * What a model was made for, by the header of its file, without loading or fetching anything. A model whose file is not on
 * this machine, or cannot be read, is taken for one that writes, as most are.
 *
 * @param model as in `LlamaCppChatGenerator`
 */
export async function modelPurpose(
  model: string,
  options: Pick<ResolveModelOptions, 'baseDir' | 'cacheDir' | 'resolveFrom'> = {},
): Promise<ModelPurpose> {
  try {
    const path = await findModelOnDisk(model, options)
    if (path === undefined) return 'generation'
    const { architecture, values } = await checkGgufHeader(path)
    const pooling = poolings[Number(values[`${architecture}.pooling_type`] ?? -1)]
    if (pooling === 'rank') return 'ranking'
    const isCausal = values[`${architecture}.attention.causal`] !== false
    return isCausal && (pooling === undefined || pooling === 'none') ? 'generation' : 'embedding'
  } catch (error) {
    if (LlamaCppError.isInstance(error)) return 'generation'
    throw error
  }
}
