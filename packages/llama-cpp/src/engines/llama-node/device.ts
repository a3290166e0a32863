import type { EngineWarning } from '../engine.ts'
import { findPackage } from '../find-package.ts'
import { NO_BINARY, unavailable } from './failures.ts'
import { findBinary, gpuVariant } from './load-options.ts'
import { type Binding, PACKAGE } from './native.ts'

/** What evaluates a model, and what is to be said about it. */
export interface Device {
  readonly device: string
  readonly warnings: readonly EngineWarning[]
}

/** Asks the binary that a load takes for its devices: one for GPUs may be installed where there is no GPU. */
export async function findDevice(binding: Binding, nGpuLayers: number): Promise<Device> {
  const variant = gpuVariant(nGpuLayers)
  const devices = nGpuLayers === 0 ? [] : await binding.getBackendDevicesInfo(variant)
  const gpu = devices.find(({ type }) => type === 'gpu')
  return describeDevice(nGpuLayers, variant, gpu?.backend.toLowerCase())
}

/**
 * What {@link findDevice} will warn of, as far as the installed packages tell: a binary for GPUs, and on a Mac every one, has
 * to be loaded to know what it finds.
 *
 * @throws LlamaCppError `ENGINE_UNAVAILABLE` where the binding, or its binary for this machine, is not installed
 */
export function expectedDevice(
  nGpuLayers: number,
  find: typeof findPackage = findPackage,
): readonly EngineWarning[] {
  const binding = find(PACKAGE)
  if (binding === undefined) throw unavailable(new RangeError('it is not installed'))
  if (findBinary(binding, undefined, find) === undefined) throw unavailable(new RangeError(NO_BINARY))
  const variant = gpuVariant(nGpuLayers, (name) => findBinary(binding, name, find) !== undefined)
  const isKnown = nGpuLayers === 0 || (variant === undefined && process.platform !== 'darwin')
  return isKnown ? describeDevice(nGpuLayers, variant, undefined).warnings : []
}

/** @param gpu what drives the GPU; undefined where there is none */
export function describeDevice(
  nGpuLayers: number,
  variant: string | undefined,
  gpu: string | undefined,
  { platform, arch }: Pick<NodeJS.Process, 'platform' | 'arch'> = process,
): Device {
  if (gpu !== undefined) return { device: gpu, warnings: [] }
  const warnings: EngineWarning[] = []
  const binary = `@fugood/node-llama-${platform}-${arch}`
  if (nGpuLayers !== 0) {
    const reason = variant
      ? `'${binary}-${variant}' finds no GPU: look at its driver, or leave nGpuLayers out`
      : `no binary for GPUs is installed. Install '${binary}-cuda' or '${binary}-vulkan' in the version of @fugood/llama.node`
    const message = `modelKwargs.nGpuLayers is ${nGpuLayers}, but the model runs on the CPU: ${reason}.`
    warnings.push({ code: 'GPU_UNAVAILABLE', message })
  }
  if (arch === 'x64') {
    const message =
      "The binary of engine 'llama.node' for x64 CPUs is made for the oldest of them, and evaluates on one thread whatever nThreads says: about a tenth of the speed of engine 'node-llama-cpp'. Text is faster there; for images use a GPU with modelKwargs.nGpuLayers, or a server of llama.cpp."
    warnings.push({ code: 'SLOW_BINARY', message })
  }
  return { device: 'cpu', warnings }
}
