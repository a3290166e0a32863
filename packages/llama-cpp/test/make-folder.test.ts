import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { makeFolder } from '../src/make-folder.ts'
import { resolveModelFile } from '../src/model-file/model-uri.ts'
import { StateFolder } from '../src/session/state-folder.ts'
import { failureOf } from './failure-of.ts'
import { inTemporaryFolder } from './temporary-folder.ts'

test('a folder is made with those that it is in, and once', async () => {
  await inTemporaryFolder(async (dir) => {
    await makeFolder(join(dir, 'a', 'b', 'c'))
    await makeFolder(join(dir, 'a', 'b', 'c'))
    expect(existsSync(join(dir, 'a', 'b', 'c'))).toBe(true)
  })
})

test('a folder in a file is refused', async () => {
  await inTemporaryFolder(async (dir) => {
    writeFileSync(join(dir, 'file'), '')
    await expect(makeFolder(join(dir, 'file', 'a', 'b'))).rejects.toMatchObject({ code: 'ENOTDIR' })
  })
})

const onLinux = process.platform === 'linux' ? test : test.skip

onLinux(
  'a folder in one that takes none is refused, not tried for ever (skipped: only Linux has /proc)',
  async () => {
    const folder = '/proc/nowhere/x'
    await expect(makeFolder(folder)).rejects.toMatchObject({ code: 'ENOENT' })
    const slots = { saveState: async () => 0, loadState: async () => 0 }
    await expect(new StateFolder(folder, 'ab'.repeat(32)).save(slots)).rejects.toMatchObject({
      code: 'ENOENT',
    })
    expect(await failureOf(resolveModelFile('hf:ada/m/a.gguf', { cacheDir: folder }))).toMatchObject({
      code: 'MODEL_DOWNLOAD_FAILED',
      message: expect.stringContaining("cannot be stored in '/proc/nowhere/x/hf/ada/m'"),
    })
  },
)
