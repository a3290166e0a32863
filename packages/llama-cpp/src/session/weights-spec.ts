import type { WeightsSpec } from '../engines/engine.ts'
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
