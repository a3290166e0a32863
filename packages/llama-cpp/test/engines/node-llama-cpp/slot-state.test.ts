import { readdirSync, writeFileSync } from 'node:fs'
import { describe, expect, test } from '@jest/globals'
import type * as Binding from 'node-llama-cpp'
import { loadSlots, saveSlots } from '../../../src/engines/node-llama-cpp/slot-state.ts'
import { inTemporaryFolder } from '../../temporary-folder.ts'

const natives = (release = 'b1') => ({
  binding: { getModuleVersion: async () => '3.0.0' },
  llama: { llamaCppRelease: { repo: 'ggml-org/llama.cpp', release } },
})

/** A slot that writes and reads its number of tokens. */
class CountingSlot {
  nextTokenIndex: number
  read: string | undefined
  failure: Error | undefined

  constructor(tokens: number) {
    this.nextTokenIndex = tokens
  }

  async saveStateToFile(path: string): Promise<void> {
    writeFileSync(path, String(this.nextTokenIndex))
  }

  async loadStateFromFile(path: string): Promise<void> {
    this.nextTokenIndex = 1
    if (this.failure) throw this.failure
    this.read = path
  }

  async clearHistory(): Promise<void> {
    this.nextTokenIndex = 0
  }
}

const asSlots = (slots: readonly CountingSlot[]) => slots as unknown as Binding.LlamaContextSequence[]
const slotsOf = (...tokens: number[]) => tokens.map((count) => new CountingSlot(count))

describe('slots on disk', () => {
  test('are those that hold something', async () => {
    await inTemporaryFolder(async (dir) => {
      expect(await saveSlots(asSlots(slotsOf(5, 0, 7)), dir, natives(), {})).toBe(2)
      expect(readdirSync(dir).sort()).toEqual(['slot-000.state', 'slot-001.state', 'writer.json'])
    })
  })

  test('go into as many slots as there are', async () => {
    await inTemporaryFolder(async (dir) => {
      await saveSlots(asSlots(slotsOf(5, 6, 7)), dir, natives(), {})
      const [few, many] = [slotsOf(0, 0), slotsOf(0, 0, 0, 0)]
      expect(await loadSlots(asSlots(few), dir, natives(), {})).toBe(2)
      expect(await loadSlots(asSlots(many), dir, natives(), {})).toBe(3)
      expect(many.map(({ read }) => read?.slice(-14))).toEqual([
        'slot-000.state',
        'slot-001.state',
        'slot-002.state',
        undefined,
      ])
    })
  })

  test('are left alone where another version of llama.cpp wrote them', async () => {
    await inTemporaryFolder(async (dir) => {
      await saveSlots(asSlots(slotsOf(5)), dir, natives('b1'), {})
      expect(await loadSlots(asSlots(slotsOf(0)), dir, natives('b2'), {})).toBe(0)
    })
  })

  test('leave a slot empty that could not be read', async () => {
    await inTemporaryFolder(async (dir) => {
      await saveSlots(asSlots(slotsOf(5)), dir, natives(), {})
      const [slot] = slotsOf(0)
      if (slot) slot.failure = new RangeError('too large')
      await expect(loadSlots(asSlots(slot ? [slot] : []), dir, natives(), {})).rejects.toThrow('too large')
      expect(slot?.nextTokenIndex).toBe(0)
    })
  })

  test('stop between two when the signal aborts', async () => {
    await inTemporaryFolder(async (dir) => {
      const signal = AbortSignal.abort('enough')
      await expect(saveSlots(asSlots(slotsOf(5)), dir, natives(), { signal })).rejects.toBe('enough')
    })
  })
})
