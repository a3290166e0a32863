import type { WeightsSpec } from '../engines/engine.ts'
import { checkGgufHeader } from '../gguf/gguf-header.ts'
import { type LoadOptions, numaStrategies } from '../options/options.ts'

/** What decides whether two components share one load, with llama-cpp-python's defaults. */
export function weightsSpec(modelPath: string, load: LoadOptions, risky = false): WeightsSpec {
  return {
    modelPath,
    nGpuLayers: load.nGpuLayers ?? 0,
    useMmap: load.useMmap ?? load.loraPath === undefined,
    useMlock: load.useMlock ?? false,
    kvOverrides: load.kvOverrides ?? {},
    numa: numaStrategy(load.numa),
    verbose: load.verbose ?? false,
    ...(risky ? { risky } : {}),
  }
}

function numaStrategy(given: LoadOptions['numa'] = false): WeightsSpec['numa'] {
  return typeof given === 'string' ? given : (numaStrategies[Number(given)] ?? false)
}

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
