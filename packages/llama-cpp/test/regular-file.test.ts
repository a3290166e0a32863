import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { LlamaCppChatGenerator } from '../src/components/chat-generator.ts'
import { StateFolder } from '../src/session/state-folder.ts'
import { readRecording } from '../src/testing/recording-file.ts'
import { failureOf } from './failure-of.ts'
import { pocketPath } from './pocket.ts'
import { inTemporaryFolder } from './temporary-folder.ts'

const suite = process.platform === 'win32' ? describe.skip : describe

/** A pipe that nobody writes into: to open it for reading waits for ever, in a thread that holds up the exit. */
async function withPipe(work: (path: string, dir: string) => Promise<void>): Promise<void> {
  await inTemporaryFolder(async (dir) => {
    const path = join(dir, 'pipe.gguf')
    execFileSync('mkfifo', [path])
    await work(path, dir)
  })
}

suite('a pipe or a device (skipped: no pipes on Windows)', () => {
  test.each(['model', 'modelClipPath', 'loraPath', 'draftModel'] as const)(
    'is refused as %s',
    async (option) => {
      await withPipe(async (pipe) => {
        for (const path of [pipe, '/dev/zero']) {
          const named = {
            model: { model: path },
            modelClipPath: { model: pocketPath, modelClipPath: path },
            loraPath: { model: pocketPath, modelKwargs: { loraPath: path } },
            draftModel: { model: pocketPath, modelKwargs: { draftModel: path } },
          }[option]
          const generator = new LlamaCppChatGenerator(named)
          const refused = {
            code: 'MODEL_UNREADABLE',
            message: `The model '${path}' cannot be read: it is not a regular file.`,
          }
          const errors = (await generator.check()).filter(({ level }) => level === 'error')
          expect(errors).toMatchObject([refused])
          expect(await failureOf(generator.warmUp())).toMatchObject(refused)
          await generator.close()
        }
      })
    },
  )

  test('is refused as a recording', async () => {
    await withPipe(async (pipe) => {
      expect(await failureOf(readRecording(pipe))).toMatchObject({
        code: 'RECORDING_INVALID',
        message: `'${pipe}' cannot be read: it is not a regular file. Delete the file and record it again.`,
      })
    })
  })

  test('is refused among the files of a state, which is none then', async () => {
    await inTemporaryFolder(async (dir) => {
      const folder = new StateFolder(dir, 'ab'.repeat(32))
      const slots = { saveState: async () => 1, loadState: async () => 1 }
      await folder.save(slots)
      execFileSync('mkfifo', [join(folder.path, 'pipe')])
      execFileSync('mv', [join(folder.path, 'pipe'), join(folder.path, 'manifest.json')])
      expect(await folder.load(slots)).toBe(0)
    })
  })
})
