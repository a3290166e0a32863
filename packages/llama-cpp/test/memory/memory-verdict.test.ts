import { describe, expect, test } from '@jest/globals'
import type { MemoryNeed } from '../../src/memory/memory-need.ts'
import { memoryVerdict } from '../../src/memory/memory-verdict.ts'

const GB = 1024 ** 3
const need: MemoryNeed = {
  weightBytes: 4 * GB,
  weightsMapped: true,
  contextSize: 32_768,
  slots: 2,
  slotBytes: 2 * GB,
  computeBytes: 0.3 * GB,
  otherBytes: 0,
  flashAttn: false,
  quantizedCache: false,
}
const judge = (change: Partial<MemoryNeed>, free: number, most = free) =>
  memoryVerdict('/m.gguf', { ...need, ...change }, { free: free * GB, most: most * GB })

describe('memoryVerdict', () => {
  test('says nothing of what fits', () => {
    expect(judge({}, 8.4)).toBeUndefined()
    expect(judge({ weightsMapped: false }, 8.4)).toBeUndefined()
  })

  test('is an error for a context that cannot fit, however the weights are read', () => {
    const verdict = judge({}, 4)
    expect(verdict).toMatchObject({ level: 'error', needed: 4.3 * GB, available: 4 * GB })
    expect(verdict?.message).toMatchInlineSnapshot(
      `"'/m.gguf' needs about 4.3 GB of memory beside its weights, but 4 GB are available: 4 GB for 2 slots of 32768 tokens, 2 GB each, 307 MB for one evaluation. Lower nCtx, lower slots, or set modelKwargs.typeK to 'Q8_0', with flashAttn typeV too. With checkMemory: false it is tried all the same."`,
    )
  })

  test('is an error for weights that cannot fit', () => {
    const verdict = judge({ weightsMapped: false, slots: 1, slotBytes: GB }, 4)
    expect(verdict?.level).toBe('error')
    expect(verdict?.message).toMatchInlineSnapshot(
      `"'/m.gguf' needs about 5.3 GB of memory, but 4 GB are available: 4 GB for the weights, 1 GB for the context of 32768 tokens, 307 MB for one evaluation. Lower nCtx, set modelKwargs.typeK to 'Q8_0', with flashAttn typeV too, leave useMmap on and useMlock off, or take a smaller quantization or a smaller model. With checkMemory: false it is tried all the same."`,
    )
  })

  test('names a draft model and projector, and an evaluation that takes more than the context', () => {
    const verdict = judge({ slots: 1, slotBytes: 0.1 * GB, computeBytes: 6 * GB, otherBytes: GB }, 4)
    expect(verdict?.message).toMatchInlineSnapshot(
      `"'/m.gguf' needs about 7.1 GB of memory beside its weights, but 4 GB are available: 102 MB for the context of 32768 tokens, 6 GB for one evaluation, 1 GB for its draft model and projector. Lower nCtx, lower nBatch, set modelKwargs.flashAttn, or take a smaller quantization or a smaller model. With checkMemory: false it is tried all the same."`,
    )
  })

  test('is a warning where others must give memory back', () => {
    const verdict = judge({}, 4, 16)
    expect(verdict?.level).toBe('warning')
    expect(verdict?.message).toMatchInlineSnapshot(
      `"'/m.gguf' needs about 4.3 GB of memory beside its weights, but 4 GB are available: 4 GB for 2 slots of 32768 tokens, 2 GB each, 307 MB for one evaluation. Lower nCtx, lower slots, or set modelKwargs.typeK to 'Q8_0', with flashAttn typeV too."`,
    )
  })

  test('is a warning for mapped weights that do not fit beside the context', () => {
    const verdict = judge({}, 6)
    expect(verdict).toMatchObject({ level: 'warning', needed: 8.3 * GB, available: 6 * GB })
    expect(verdict?.message).toMatchInlineSnapshot(
      `"The weights of '/m.gguf', 4 GB, do not fit beside its context: 6 GB of memory are available, and the context needs 4.3 GB. They are read from disk again and again, which is slow. Lower nCtx, lower slots, or set modelKwargs.typeK to 'Q8_0', with flashAttn typeV too."`,
    )
  })

  test('advises nothing that is done already', () => {
    expect(judge({ quantizedCache: true }, 4)?.message).not.toContain('Q8_0')
    expect(judge({ computeBytes: 9 * GB, flashAttn: true }, 4)?.message).not.toContain('flashAttn')
  })

  test('counts an unknown cache as nothing', () => {
    expect(judge({ slotBytes: undefined }, 4.4)).toBeUndefined()
  })
})
