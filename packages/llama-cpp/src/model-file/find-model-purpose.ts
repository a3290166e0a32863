import { checkGgufHeader } from '../gguf/gguf-header.ts'
import { type ModelPurpose, purposeOf } from '../gguf/model-purpose.ts'
import { findModelOnDisk, type ResolveModelOptions } from './model-uri.ts'

/**
 * What a model was made for, read off the header of its file, without llama.cpp. Undefined for one that is not on this machine yet:
 * nothing is downloaded.
 *
 * @throws LlamaCppError `MODEL_…` for a file that is missing, damaged, or not GGUF
 */
export async function findModelPurpose(
  model: string,
  options: Pick<ResolveModelOptions, 'baseDir' | 'cacheDir' | 'resolveFrom'> = {},
): Promise<ModelPurpose | undefined> {
  const path = await findModelOnDisk(model, options)
  return path === undefined ? undefined : purposeOf(await checkGgufHeader(path))
}
