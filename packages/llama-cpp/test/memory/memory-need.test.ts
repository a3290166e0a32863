import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { checkGgufHeader, type GgufHeader } from '../../src/gguf/gguf-header.ts'
import { type ContextPlan, heldBytes, memoryNeed, type WeightsPlan } from '../../src/memory/memory-need.ts'
import { pocketPath } from '../pocket.ts'
import { writeRandomModel } from '../random-model.ts'
import { inTemporaryFolder } from '../temporary-folder.ts'

const MiB = 1024 * 1024
const load: WeightsPlan = { nGpuLayers: 0, useMmap: true, useMlock: false, kvOverrides: {} }
const plan: ContextPlan = { nCtx: 4096, slots: 1, flashAttn: false }

/** Twelve layers of width 768 with twelve heads, four of them for the cache: as that which was measured. */
async function withModel(work: (header: GgufHeader) => void): Promise<void> {
  await inTemporaryFolder(async (dir) => {
    const path = join(dir, 'model.gguf')
    const [width, feedForward] = [768, 32]
    writeRandomModel(path, { layers: 12, width, heads: 12, kvHeads: 4, feedForward, context: 16_384 })
    work(await checkGgufHeader(path))
  })
}

const need = (header: GgufHeader, context: Partial<ContextPlan> = {}, weights: Partial<WeightsPlan> = {}) => {
  const planned = { ...plan, ...context }
  return memoryNeed(header, 1000 * MiB, { ...load, ...weights }, planned, 512 * planned.slots)
}

describe('the memory that a model needs', () => {
  // The second numbers are those of llama.cpp's log: "KV buffer size" and "compute buffer size".
  test.each([
    [{ nCtx: 4096 }, 48, 112.51],
    [{ nCtx: 4096, slots: 4 }, 192, 450.04],
    [{ nCtx: 4096, slots: 4, flashAttn: true, typeK: 'Q8_0', typeV: 'Q8_0' }, 102, 88.09],
  ] as const)('with %j is what llama.cpp takes', async (context, cacheMiB, computeMiB) => {
    await withModel((header) => {
      const { slotBytes = 0, slots, computeBytes } = need(header, context)
      expect((slots * slotBytes) / MiB).toBe(cacheMiB)
      expect(computeBytes / MiB / computeMiB).toBeGreaterThan(0.75)
      expect(computeBytes / MiB / computeMiB).toBeLessThan(1.25)
    })
  })

  test('of the pocket model is what llama.cpp takes', async () => {
    const header = await checkGgufHeader(pocketPath)
    const { slotBytes, computeBytes, contextSize } = need(header, { nCtx: 0 })
    expect(contextSize).toBe(1024)
    expect(slotBytes).toBe(3 * MiB)
    expect(computeBytes / MiB / 11.76).toBeGreaterThan(0.75)
    expect(computeBytes / MiB / 11.76).toBeLessThan(1.25)
  })

  test.each([
    { batch: 513, slots: 1, MiBytes: 12 + 18.75 },
    { batch: 257, slots: 1, MiBytes: 12 + 15 },
    { batch: 2049, slots: 4, MiBytes: 48 + 165 },
  ])('of Gemma 3 270M with $slots slots and batches of $batch tokens is what llama.cpp takes', (measured) => {
    const values = {
      'gemma3.block_count': 18,
      'gemma3.embedding_length': 640,
      'gemma3.attention.head_count': 4,
      'gemma3.attention.head_count_kv': 1,
      'gemma3.attention.key_length': 256,
      'gemma3.attention.value_length': 256,
      'gemma3.attention.sliding_window': 512,
    }
    const header = { architecture: 'gemma3', vocabularySize: 262_144, values } as unknown as GgufHeader
    const { slotBytes = 0 } = memoryNeed(header, 0, load, { ...plan, slots: measured.slots }, measured.batch)
    expect((slotBytes * measured.slots) / MiB).toBe(measured.MiBytes)
  })

  test('counts whole blocks of 256 tokens', async () => {
    await withModel((header) => {
      expect(need(header, { nCtx: 257 }).slotBytes).toBe(need(header, { nCtx: 512 }).slotBytes)
    })
  })

  test('is held but for mapped weights', async () => {
    await withModel((header) => {
      const mapped = need(header)
      expect(heldBytes(mapped)).toBe((mapped.slotBytes ?? 0) + mapped.computeBytes)
      for (const weights of [{ useMmap: false }, { useMlock: true }])
        expect(heldBytes(need(header, {}, weights)) - heldBytes(mapped)).toBe(1000 * MiB)
    })
  })

  test('does not count what goes to a GPU', async () => {
    await withModel((header) => {
      const all = need(header)
      const half = need(header, {}, { nGpuLayers: 6 })
      expect(half).toMatchObject({ weightBytes: 500 * MiB, slotBytes: 24 * MiB, computeBytes: 0 })
      expect(all.slotBytes).toBe(48 * MiB)
      for (const nGpuLayers of [-1, 12, 99])
        expect(heldBytes(need(header, {}, { nGpuLayers, useMmap: false }))).toBe(0)
    })
  })

  test('of a sliding layer stops at its window and a batch, unless the full cache is asked for', () => {
    const values = {
      'a.block_count': 2,
      'a.embedding_length': 64,
      'a.attention.head_count': 1,
      'a.attention.sliding_window': 1024,
      'a.attention.sliding_window_pattern': 2,
    }
    const header = { architecture: 'a', vocabularySize: 0, values } as unknown as GgufHeader
    const perToken = 2 * 64 * 2
    expect(need(header).slotBytes).toBe((1024 + 512 + 4096) * perToken)
    expect(need(header, { slots: 4 }).slotBytes).toBe((1024 + 2048 + 4096) * perToken)
    expect(need(header, { swaFull: true }).slotBytes).toBe(2 * 4096 * perToken)
  })

  test('leaves out what is not known', () => {
    const values = { 'mamba.block_count': 2, 'mamba.ssm.state_size': 16, 'mamba.embedding_length': 64 }
    const header = { architecture: 'mamba', vocabularySize: 0, values } as unknown as GgufHeader
    expect(need(header).slotBytes).toBeUndefined()
    expect(heldBytes(need(header))).toBeLessThan(16 * MiB)
  })
})
