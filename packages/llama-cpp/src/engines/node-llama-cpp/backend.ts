import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type * as Binding from 'node-llama-cpp'
import { LlamaCppError } from '../../errors.ts'
import type { EngineWarning, WeightsSpec } from '../engine.ts'
import { findPackage } from '../find-package.ts'
import { usableCores } from '../threads.ts'
import { unavailable } from './failures.ts'
import { NativeLog } from './native-log.ts'

interface Backend {
  readonly numa: WeightsSpec['numa']
  readonly llama: Promise<Binding.Llama>
}

/** What llama.cpp says, whichever backend it comes from. */
export const log = new NativeLog()
const backends = new Map<'auto' | false, Backend>()

/** @throws LlamaCppError `ENGINE_UNAVAILABLE` where the package is not installed */
export async function loadBinding(): Promise<typeof Binding> {
  try {
    return await withoutCI(() => import('node-llama-cpp'))
  } catch (cause) {
    throw unavailable(cause)
  }
}

let hidden: { readonly CI: string; users: number } | undefined

/**
 * The binding reads the variable `CI` when it is imported, here and in the process in which it tries its binary, and
 * fails where it is no boolean, as `CI=` or `CI=woodpecker`. It is not there meanwhile.
 */
async function withoutCI<Result>(work: () => Promise<Result>): Promise<Result> {
  const { CI } = process.env
  if (CI !== undefined && !/^(true|false|1|0)$/i.test(CI)) {
    hidden = { CI, users: 0 }
    delete process.env['CI']
  }
  const ours = hidden
  if (ours) ours.users++
  try {
    return await work()
  } finally {
    if (ours && --ours.users === 0) {
      process.env['CI'] = ours.CI
      hidden = undefined
    }
  }
}

/**
 * One native backend with a GPU and one without, for the life of the process: it holds no model. Where there is no GPU
 * they are the same, for a second one on the same library would cut the log of the first off and print it to stdout.
 */
export async function backendFor(
  binding: typeof Binding,
  { nGpuLayers, numa }: WeightsSpec,
): Promise<Binding.Llama> {
  const gpu = nGpuLayers !== 0 && (await drivers(binding)).length > 0 ? 'auto' : false
  const present = backends.get(gpu)
  if (present) {
    if (numa !== false && numa !== present.numa) throw numaSettled(numa, present.numa)
    return present.llama
  }
  const options: Binding.LlamaOptions = {
    gpu,
    numa,
    build: 'never',
    skipDownload: true,
    progressLogs: false,
    maxThreads: usableCores(),
    logLevel: binding.LlamaLogLevel.warn,
    logger: (level, message) => log.write(level, message),
  }
  const llama = withoutCI(() => binding.getLlama(options)).catch((cause) => {
    backends.delete(gpu)
    throw unavailable(cause)
  })
  backends.set(gpu, { numa, llama })
  return llama
}

/** What drives the GPU that layers of the model are on; `cpu` where none are. */
export function deviceOf(
  { gpu, supportsGpuOffloading }: Pick<Binding.Llama, 'gpu' | 'supportsGpuOffloading'>,
  { gpuLayers }: Pick<Binding.LlamaModel, 'gpuLayers'>,
): string {
  return gpu !== false && supportsGpuOffloading && gpuLayers > 0 ? gpu : 'cpu'
}

/** What is to be said where layers shall go to a GPU and none did. */
export async function gpuWarnings(
  binding: Pick<typeof Binding, 'getLlamaGpuTypes' | 'getModuleVersion'>,
  nGpuLayers: number,
  device: string,
): Promise<EngineWarning[]> {
  if (nGpuLayers === 0 || device !== 'cpu') return []
  const found = await drivers(binding)
  const packages = found.map((gpu) => binaryPackage(gpu))
  const reason =
    found.length === 0
      ? 'no driver of a GPU was found. Install that of CUDA or Vulkan, or leave nGpuLayers out'
      : `a driver for ${found.join(' and ')} is there, but no binary that can use it, or no GPU. Install ${packages.join(' or ')} in version ${await binding.getModuleVersion()}`
  const message = `modelKwargs.nGpuLayers is ${nGpuLayers}, but the model runs on the CPU: ${reason}.`
  return [{ code: 'GPU_UNAVAILABLE', message }]
}

/**
 * What {@link gpuWarnings} will say, as far as drivers and packages tell, and no native code has to be loaded for it.
 *
 * @throws LlamaCppError `ENGINE_UNAVAILABLE` where the binding, or its binary for this machine, is not installed
 */
export async function expectedGpu(
  nGpuLayers: number,
  find: typeof findPackage = findPackage,
): Promise<EngineWarning[]> {
  const path = find('node-llama-cpp')
  if (path === undefined) throw unavailable(new RangeError('it is not installed'))
  const isThere = (gpu?: string) => find(binaryPackage(gpu), path) !== undefined
  const isBuiltHere = existsSync(join(dirname(path), '../llama/localBuilds'))
  if (!isBuiltHere && ![undefined, 'cuda', 'vulkan', 'metal'].some((gpu) => isThere(gpu))) {
    throw unavailable(new RangeError('it has no binary for this machine'), [])
  }
  if (nGpuLayers === 0) return []
  const binding = await loadBinding()
  const found = await drivers(binding)
  const canBe = found.length > 0 && (isBuiltHere || found.some((gpu) => isThere(gpu)))
  return canBe ? [] : gpuWarnings(binding, nGpuLayers, 'cpu')
}

/** The package with the binary for this machine: that for CPUs where no kind of GPU is named. */
function binaryPackage(gpu?: string): string {
  const system = { win32: 'win', darwin: 'mac' }[process.platform as string] ?? process.platform
  const arch = process.arch === 'arm' ? 'armv7l' : process.arch
  return `@node-llama-cpp/${system}-${arch}${gpu === undefined ? '' : `-${gpu}`}`
}

async function drivers(binding: Pick<typeof Binding, 'getLlamaGpuTypes'>): Promise<string[]> {
  return (await binding.getLlamaGpuTypes('supported')).filter((type) => type !== false)
}

function numaSettled(wanted: WeightsSpec['numa'], present: WeightsSpec['numa']): LlamaCppError {
  return new LlamaCppError(
    'OPTION_INVALID',
    `Option 'modelKwargs.numa' cannot be '${wanted}': llama.cpp takes one strategy for a process, and the first model was loaded with ${present === false ? 'none' : `'${present}'`}.`,
    { option: 'modelKwargs.numa' },
  )
}
