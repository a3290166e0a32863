import { createRequire } from 'node:module'
import { bindingPath } from './native.ts'

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
  const { platform, arch } = process
  try {
    createRequire(bindingPath()).resolve(`@fugood/node-llama-${platform}-${arch}-${variant}`)
    return true
  } catch {
    return false
  }
}
