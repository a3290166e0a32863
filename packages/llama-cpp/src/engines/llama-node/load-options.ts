import type { ContextSpec, WeightsSpec } from '../engine.ts'
import { findPackage } from '../find-package.ts'
import type { WithThreads } from '../threads.ts'
import { onlyTheOther } from './failures.ts'
import { type NativeLoadOptions, type NativeProjector, PACKAGE } from './native.ts'

/** What a context is loaded with. */
export interface NativeLoad {
  readonly model: NativeLoadOptions
  readonly projector: NativeProjector | undefined
}

/** What one step of the queue may evaluate on a CPU: a stop waits for it. */
const STEP_TOKENS = 64
const LARGEST_UBATCH = 512

/** Every option said: the defaults of the binding are others. */
export function nativeLoad(
  weights: WeightsSpec,
  spec: WithThreads<ContextSpec>,
  contextSize: number,
): NativeLoad {
  refuseForeign(weights, spec)
  const batch = Math.max(Math.min(spec.nBatch, contextSize), spec.slots)
  const variant = gpuVariant(weights.nGpuLayers)
  return {
    model: {
      model: weights.modelPath,
      ...(variant === undefined ? {} : { lib_variant: variant }),
      n_ctx: contextSize * spec.slots,
      n_parallel: spec.slots,
      n_batch: batch,
      n_ubatch: Math.min(spec.nUbatch ?? LARGEST_UBATCH, batch),
      n_threads: spec.nThreads,
      n_gpu_layers: weights.nGpuLayers,
      use_mmap: weights.useMmap,
      use_mlock: weights.useMlock,
      flash_attn_type: spec.flashAttn ? 'on' : 'off',
      cache_type_k: (spec.typeK ?? 'F16').toLowerCase(),
      cache_type_v: (spec.typeV ?? 'F16').toLowerCase(),
      swa_full: spec.swaFull ?? false,
      kv_unified: false,
      rope_freq_base: spec.ropeFreqBase ?? 0,
      rope_freq_scale: spec.ropeFreqScale ?? 0,
      ctx_shift: false,
      state_cache_budget_mb: 0,
      ...(spec.lora ? { lora_list: [{ path: spec.lora.path, scaled: spec.lora.scale }] } : {}),
    },
    projector: spec.projector && {
      path: spec.projector.path,
      use_gpu: spec.projector.useGpu && weights.nGpuLayers !== 0,
    },
  }
}

/** How many tokens of all slots the queue evaluates in one step. */
export function stepTokens({ nBatch, slots }: ContextSpec, nGpuLayers: number): number {
  return Math.max(slots, nGpuLayers === 0 ? Math.min(nBatch, STEP_TOKENS) : nBatch)
}

function refuseForeign(weights: WeightsSpec, spec: ContextSpec): void {
  if (Object.keys(weights.kvOverrides).length > 0) {
    throw onlyTheOther('modelKwargs.kvOverrides', 'its binding reads the metadata as it is')
  }
  if (weights.numa !== false) throw onlyTheOther('modelKwargs.numa', 'its binding does not promise it')
  if (spec.noPerf === true) throw onlyTheOther('modelKwargs.noPerf', 'its timers cannot be switched off')
  if (spec.draft) throw onlyTheOther('modelKwargs.draftModel', 'its binding takes no guesses')
}

/** The binaries for GPUs, the one to take first. On a Mac Metal is part of the ordinary binary. */
const VARIANTS = ['cuda', 'vulkan'] as const

/** The binary that can use a GPU, where layers shall go there and one is installed. The binding takes it only by name. */
export function gpuVariant(
  nGpuLayers: number,
  isInstalled: (variant: string) => boolean = isOnThisMachine,
): (typeof VARIANTS)[number] | undefined {
  return nGpuLayers === 0 ? undefined : VARIANTS.find(isInstalled)
}

function isOnThisMachine(variant: string): boolean {
  return findBinary(findPackage(PACKAGE), variant) !== undefined
}

/** The file of a binary for this machine, as the binding finds it; that for CPUs where no variant is named. */
export function findBinary(
  binding: string | undefined,
  variant?: string,
  find: typeof findPackage = findPackage,
): string | undefined {
  if (binding === undefined) return undefined
  const name = `@fugood/node-llama-${process.platform}-${process.arch}`
  if (variant !== undefined) return find(`${name}-${variant}`, binding)
  return find(name, binding) ?? find('../build/Release/index.node', binding)
}
