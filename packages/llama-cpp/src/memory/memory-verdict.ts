import type { AvailableMemory } from './available-memory.ts'
import { heldBytes, type MemoryNeed } from './memory-need.ts'

export interface MemoryVerdict {
  /** `error`: it cannot fit. `warning`: it fits only if others give memory back, or if weights are read again and again. */
  readonly level: 'error' | 'warning'
  readonly message: string
  readonly needed: number
  readonly available: number
}

/** What is to be said about a model that does not fit, or hardly; undefined where it does. */
export function memoryVerdict(
  path: string,
  need: MemoryNeed,
  { free, most }: AvailableMemory,
): MemoryVerdict | undefined {
  const held = heldBytes(need)
  if (held > most) return verdict('error', path, need, held, most)
  if (held > free) return verdict('warning', path, need, held, free)
  const all = held + (need.weightsMapped ? need.weightBytes : 0)
  if (all <= free) return undefined
  return {
    level: 'warning',
    needed: all,
    available: free,
    message: `The weights of '${path}', ${size(need.weightBytes)}, do not fit beside its context: ${size(free)} of memory are available, and the context needs ${size(held)}. They are read from disk again and again, which is slow. ${remedies(need)}`,
  }
}

function verdict(
  level: MemoryVerdict['level'],
  path: string,
  need: MemoryNeed,
  needed: number,
  available: number,
): MemoryVerdict {
  const beside = need.weightsMapped ? ' beside its weights' : ''
  const message = `'${path}' needs about ${size(needed)} of memory${beside}, but ${size(available)} are available: ${parts(need)}. ${remedies(need)}`
  return {
    level,
    needed,
    available,
    message: level === 'error' ? `${message} With checkMemory: false it is tried all the same.` : message,
  }
}

function parts(need: MemoryNeed): string {
  const { weightBytes, weightsMapped, slots, slotBytes, contextSize, computeBytes, otherBytes } = need
  const tokens = `${contextSize} tokens`
  const context =
    slots === 1
      ? `for the context of ${tokens}`
      : `for ${slots} slots of ${tokens}, ${size(slotBytes ?? 0)} each`
  return [
    ...(weightsMapped ? [] : [`${size(weightBytes)} for the weights`]),
    ...(slotBytes ? [`${size(slots * slotBytes)} ${context}`] : []),
    ...(computeBytes > 0 ? [`${size(computeBytes)} for one evaluation`] : []),
    ...(otherBytes > 0 ? [`${size(otherBytes)} for its draft model and projector`] : []),
  ].join(', ')
}

function remedies(need: MemoryNeed): string {
  const { weightBytes, weightsMapped, slots, slotBytes = 0, computeBytes, flashAttn, quantizedCache } = need
  const context = slots * slotBytes
  const ways = [
    ...(context > 0 ? ['lower nCtx'] : []),
    ...(slots > 1 ? ['lower slots'] : []),
    ...(computeBytes > context ? ['lower nBatch', ...(flashAttn ? [] : ['set modelKwargs.flashAttn'])] : []),
    ...(context > computeBytes && !quantizedCache
      ? ["set modelKwargs.typeK to 'Q8_0', with flashAttn typeV too"]
      : []),
    ...(weightBytes > context && !weightsMapped ? ['leave useMmap on and useMlock off'] : []),
    ...(weightBytes > context ? ['take a smaller quantization or a smaller model'] : []),
  ]
  const list =
    ways.length > 1 ? `${ways.slice(0, -1).join(', ')}, or ${ways.at(-1)}` : `${ways[0] ?? 'free memory'}`
  return `${list.charAt(0).toUpperCase()}${list.slice(1)}.`
}

/** Bytes in a unit in which they are a short number. */
function size(bytes: number): string {
  const units = ['bytes', 'KB', 'MB', 'GB', 'TB']
  const exponent = Math.min(units.length - 1, Math.max(0, Math.floor(Math.log2(Math.max(1, bytes)) / 10)))
  const value = bytes / 1024 ** exponent
  return `${value >= 100 || exponent === 0 ? Math.round(value) : Number(value.toFixed(1))} ${units[exponent]}`
}
