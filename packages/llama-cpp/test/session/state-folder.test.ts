import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { StateFolder } from '../../src/session/state-folder.ts'
import { deferred } from '../deferred.ts'
import { inTemporaryFolder } from '../temporary-folder.ts'

const fingerprint = 'ab'.repeat(32)

/** Slots that hold texts, kept in one file each. */
function slotsWith(...texts: string[]) {
  const loaded: string[] = []
  return {
    loaded,
    saveState: async (folder: string) => {
      for (const [index, text] of texts.entries()) writeFileSync(join(folder, `${index}.state`), text)
      return texts.length
    },
    loadState: async (folder: string) => {
      for (const name of readdirSync(folder)) loaded.push(readFileSync(join(folder, name), 'utf8'))
      return loaded.length
    },
  }
}

const filesIn = (path: string) => readdirSync(path, { recursive: true }).length

async function withFolder(work: (folder: StateFolder, dir: string) => Promise<void>): Promise<void> {
  await inTemporaryFolder((dir) => work(new StateFolder(dir, fingerprint), dir))
}

describe('a state folder', () => {
  test('gives back what was saved', async () => {
    await withFolder(async (folder) => {
      expect(await folder.save(slotsWith('one', 'two'))).toBe(2)
      const slots = slotsWith()
      expect(await folder.load(slots)).toBe(2)
      expect(slots.loaded).toEqual(['one', 'two'])
    })
  })

  test('gives nothing where nothing was saved, and leaves no trace of having been asked', async () => {
    await withFolder(async (folder, dir) => {
      expect(await folder.load(slotsWith())).toBe(0)
      expect(readdirSync(dir)).toEqual([])
    })
  })

  test('gives nothing of another model or of other options', async () => {
    await withFolder(async (folder, dir) => {
      await folder.save(slotsWith('one'))
      expect(await new StateFolder(dir, 'cd'.repeat(32)).load(slotsWith())).toBe(0)
      // The start of the fingerprint, which names the folder, may be equal by chance.
      expect(
        await new StateFolder(dir, `${fingerprint.slice(0, 40)}${'0'.repeat(24)}`).load(slotsWith()),
      ).toBe(0)
    })
  })

  test('keeps the last that was saved, and no files of those before', async () => {
    await withFolder(async (folder) => {
      await folder.save(slotsWith('old', 'older'))
      const before = filesIn(folder.path)
      await folder.save(slotsWith('new'))
      expect(filesIn(folder.path)).toBe(before - 1)
      const slots = slotsWith()
      await folder.load(slots)
      expect(slots.loaded).toEqual(['new'])
    })
  })

  test('keeps what there is where no slot holds anything', async () => {
    await withFolder(async (folder) => {
      await folder.save(slotsWith('one'))
      expect(await folder.save(slotsWith())).toBe(0)
      expect(await folder.load(slotsWith())).toBe(1)
    })
  })

  test('keeps the old files when saving fails in the middle', async () => {
    await withFolder(async (folder) => {
      await folder.save(slotsWith('old'))
      const failing = {
        ...slotsWith(),
        saveState: async (path: string) => {
          writeFileSync(join(path, '0.state'), 'half')
          throw new RangeError('disk full')
        },
      }
      await expect(folder.save(failing)).rejects.toThrow('disk full')
      const slots = slotsWith()
      expect(await folder.load(slots)).toBe(1)
      expect(slots.loaded).toEqual(['old'])
    })
  })

  test('keeps the old files when the process ends in the middle, and removes its rest later', async () => {
    await withFolder(async (folder) => {
      await folder.save(slotsWith('old'))
      const count = filesIn(folder.path)
      // What a process leaves that ended before its manifest was in place.
      await new StateFolder(folder.path, 'rest').save(slotsWith('half')).catch(() => {})
      writeFileSync(join(folder.path, 'manifest.json.new'), '{"version":')
      const slots = slotsWith()
      await folder.load(slots)
      expect(slots.loaded).toEqual(['old'])
      await folder.save(slotsWith('new'))
      expect(filesIn(folder.path)).toBe(count)
    })
  })

  test('refuses files that were changed or are missing', async () => {
    await withFolder(async (folder) => {
      await folder.save(slotsWith('one'))
      const { folder: name } = JSON.parse(readFileSync(join(folder.path, 'manifest.json'), 'utf8'))
      writeFileSync(join(folder.path, name, '0.state'), 'two')
      const slots = slotsWith()
      await expect(folder.load(slots)).rejects.toThrow('a file was changed')
      expect(slots.loaded).toEqual([])
      writeFileSync(join(folder.path, name, '0.state'), 'one')
      writeFileSync(join(folder.path, name, '1.state'), 'more')
      await expect(folder.load(slots)).rejects.toThrow('a file was changed')
    })
  })

  test('does not follow a manifest out of its folder', async () => {
    await withFolder(async (folder) => {
      await folder.save(slotsWith('one'))
      const manifest = JSON.parse(readFileSync(join(folder.path, 'manifest.json'), 'utf8'))
      writeFileSync(join(folder.path, 'manifest.json'), JSON.stringify({ ...manifest, folder: '../..' }))
      expect(await folder.load(slotsWith())).toBe(0)
    })
  })

  test('lets one save at a time, and none read meanwhile', async () => {
    await withFolder(async (folder) => {
      await folder.save(slotsWith('old'))
      const [begun, gate] = [deferred(), deferred()]
      const slow = slotsWith('new')
      const saving = folder.save({
        ...slow,
        saveState: async (path) => {
          begun.resolve()
          await gate.promise
          return slow.saveState(path)
        },
      })
      await begun.promise
      const slots = slotsWith()
      const loading = folder.load(slots)
      gate.resolve()
      await Promise.all([saving, loading])
      expect(slots.loaded).toEqual(['new'])
      expect(existsSync(join(folder.path, 'lock'))).toBe(false)
    })
  })
})
