import { stat } from 'node:fs/promises'
import type { ContextSpec, Engine, WeightsSpec } from '../engines/engine.ts'
import { LlamaCppError } from '../errors.ts'
import { checkGgufHeader, type GgufHeader } from '../gguf/gguf-header.ts'
import { type AvailableMemory, availableMemory } from '../memory/available-memory.ts'
import { heldBytes, type MemoryNeed, memoryNeed } from '../memory/memory-need.ts'
import { type MemoryVerdict, memoryVerdict } from '../memory/memory-verdict.ts'
import { splitParts } from '../model-file/model-split.ts'

/** What a component is about to load. */
export interface PlannedLoad {
  readonly engine: Engine['name']
  readonly weights: WeightsSpec
  readonly context: ContextSpec
  /** Whether another component has loaded the weights already. */
  readonly loaded: boolean
}

/** @throws LlamaCppError `OUT_OF_MEMORY` where it surely does not fit; where it hardly fits the process is warned */
export async function refuseTooLarge(
  planned: PlannedLoad,
  available: AvailableMemory = availableMemory(),
): Promise<void> {
  const verdict = await judgeMemory(planned, available)
  if (verdict === undefined) return
  const { level, message, needed, available: actual } = verdict
  if (level === 'warning') return process.emitWarning(message, { code: 'MILLRACE_MEMORY_TIGHT' })
  const path = planned.weights.modelPath
  throw new LlamaCppError('OUT_OF_MEMORY', message, { path, actual, expected: Math.ceil(needed) })
}

/** What is to be said about the memory that a load needs, by the headers of its files. */
export async function judgeMemory(
  planned: PlannedLoad,
  available: AvailableMemory = availableMemory(),
): Promise<MemoryVerdict | undefined> {
  const { modelPath } = planned.weights
  const need = await needOf(modelPath, planned)
  const withCompanions = { ...need, otherBytes: await companionBytes(planned) }
  return memoryVerdict(
    modelPath,
    planned.loaded ? { ...withCompanions, weightBytes: 0 } : withCompanions,
    available,
  )
}

async function needOf(path: string, { engine, weights, context }: PlannedLoad): Promise<MemoryNeed> {
  const header = await checkGgufHeader(path)
  return memoryNeed(header, await weightBytes(path, header), weights, context, batchTokens(engine, context))
}

/** The tensors of all parts of a model; those of the parts after the first by the size of their files. */
async function weightBytes(path: string, { tensorBytes }: GgufHeader): Promise<number> {
  const [, ...others] = splitParts(path)
  const sizes = others.map((part) =>
    stat(part).then(
      ({ size }) => size,
      () => 0,
    ),
  )
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, tensorBytes)
}

/**
 * The first engine evaluates the slots in one batch, with room for one token more; the second cuts what it evaluates into
 * pieces of `nUbatch`.
 */
function batchTokens(engine: Engine['name'], { nBatch, nUbatch = 512, nCtx, slots }: ContextSpec): number {
  const ofSlot = Math.min(nBatch, nCtx || nBatch)
  return engine === 'node-llama-cpp' ? ofSlot * slots + 1 : Math.min(ofSlot, nUbatch)
}

/** A draft model has a context of its own; a projector is read into memory. */
async function companionBytes(planned: PlannedLoad): Promise<number> {
  const { draft, projector } = planned.context
  const context = { ...planned.context, typeK: undefined, typeV: undefined }
  const drafting = draft?.kind === 'model' ? heldBytes(await needOf(draft.path, { ...planned, context })) : 0
  const projecting = projector && !projector.useGpu ? (await checkGgufHeader(projector.path)).tensorBytes : 0
  return drafting + projecting
}
