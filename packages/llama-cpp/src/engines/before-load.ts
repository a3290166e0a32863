import type { EngineName, LoadOptions } from '../options/options.ts'
import type { EngineWarning } from './engine.ts'
import { expectedDevice } from './llama-node/device.ts'
import { expectedGpu } from './node-llama-cpp/backend.ts'
import { threadWarnings } from './threads.ts'

/**
 * What is to be said of a model on this engine before it is loaded: by which packages are installed, and which drivers
 * are there. Loads no native code, and so cannot know whether a driver finds a GPU.
 *
 * @throws LlamaCppError `ENGINE_UNAVAILABLE` where the engine, or its binary for this machine, is not installed
 */
export async function warningsBeforeLoad(
  engine: EngineName,
  { nGpuLayers = 0, nThreads }: Pick<LoadOptions, 'nGpuLayers' | 'nThreads'>,
): Promise<EngineWarning[]> {
  const expected = engine === 'llama.node' ? expectedDevice(nGpuLayers) : await expectedGpu(nGpuLayers)
  return withThreadWarnings(expected, nThreads)
}

/** What was found of a device, and of the threads that were asked for: those that a slow binary does not take are its matter. */
export function withThreadWarnings(
  warnings: readonly EngineWarning[],
  nThreads: number | undefined,
): EngineWarning[] {
  return warnings.some(({ code }) => code === 'SLOW_BINARY')
    ? [...warnings]
    : [...warnings, ...threadWarnings(nThreads)]
}
