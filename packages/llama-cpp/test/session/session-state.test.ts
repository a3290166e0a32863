import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { keepState, keepsState, restoreState, statePlace } from '../../src/session/session-state.ts'
import { contextSpec, weightsSpec } from '../../src/session/specs.ts'
import { pocketPath } from '../pocket.ts'
import { inTemporaryFolder } from '../temporary-folder.ts'
import { collectWarnings } from '../warnings.ts'

const made = {
  engine: 'node-llama-cpp',
  weights: weightsSpec(pocketPath, {}),
  context: contextSpec({}, {}, {}),
} as const

const failing = (message: string) => ({
  saveState: () => Promise.reject(new RangeError(message)),
  loadState: () => Promise.reject(new RangeError(message)),
})
const saving = {
  saveState: async (folder: string) => {
    writeFileSync(join(folder, 'a'), 'a')
    return 1
  },
  loadState: async () => 1,
}

describe('the state of a session', () => {
  test('is at home in the folder of the pipeline', async () => {
    const place = await statePlace('states', '/pipelines', made)
    expect(place.path).toMatch(/^\/pipelines\/states\/[0-9a-f]{16}$/)
    expect((await statePlace('/elsewhere', '/pipelines', made)).path).toMatch(/^\/elsewhere\//)
  })

  test('is kept by contexts that can', () => {
    expect(keepsState(saving)).toBe(true)
    expect(keepsState({ embed: () => {} })).toBe(false)
  })

  test('that cannot be read is a warning, and the slots stay empty', async () => {
    await inTemporaryFolder(async (dir) => {
      const place = await statePlace(dir, undefined, made)
      await keepState(place, saving)
      const signal = new AbortController().signal
      const warnings = await collectWarnings(() => restoreState(place, failing('no such state'), signal))
      expect(warnings).toEqual([
        {
          code: 'MILLRACE_STATE_IGNORED',
          message: `The state in '${place.path}' was not read, and the slots start empty: no such state.`,
        },
      ])
    })
  })

  test('that was damaged is a warning too', async () => {
    await inTemporaryFolder(async (dir) => {
      const place = await statePlace(dir, undefined, made)
      await keepState(place, saving)
      const path = join(place.path, 'manifest.json')
      writeFileSync(path, readFileSync(path).subarray(0, 40))
      const warnings = await collectWarnings(() => restoreState(place, saving, new AbortController().signal))
      expect(warnings).toMatchObject([{ code: 'MILLRACE_STATE_IGNORED' }])
    })
  })

  test('that cannot be written is a warning', async () => {
    await inTemporaryFolder(async (dir) => {
      const place = await statePlace(dir, undefined, made)
      const warnings = await collectWarnings(() => keepState(place, failing('disk full')))
      expect(warnings).toEqual([
        { code: 'MILLRACE_STATE_UNSAVED', message: `The state in '${place.path}' was not saved: disk full.` },
      ])
      expect(readdirSync(place.path)).toEqual([])
    })
  })

  test('says nothing when the opening was aborted', async () => {
    await inTemporaryFolder(async (dir) => {
      const place = await statePlace(dir, undefined, made)
      await keepState(place, saving)
      const warnings = await collectWarnings(() => restoreState(place, failing('x'), AbortSignal.abort()))
      expect(warnings).toEqual([])
    })
  })
})
