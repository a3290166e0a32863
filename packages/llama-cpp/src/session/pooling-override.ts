import { checkGgufHeader } from '../gguf/gguf-header.ts'
import type { LoadOptions } from '../options/options.ts'

/**
 * The options with `poolingType` among the overrides: the engine reads the pooling off the metadata of the model, where
 * its key begins with the architecture.
 */
export async function withPooling(modelPath: string, load: LoadOptions): Promise<LoadOptions> {
  const { poolingType = -1, kvOverrides } = load
  if (poolingType === -1) return load
  const { architecture } = await checkGgufHeader(modelPath)
  return { ...load, kvOverrides: { ...kvOverrides, [`${architecture}.pooling_type`]: poolingType } }
}
