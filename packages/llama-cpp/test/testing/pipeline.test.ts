// A pipeline in a file, run by the built command line: once with the model, then without.
import { execFile } from 'node:child_process'
import { copyFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from '@jest/globals'
import { pocketPath } from '../pocket.ts'
import { inTemporaryFolder } from '../temporary-folder.ts'

const run = promisify(execFile)
const millrace = join(import.meta.dirname, '../../../cli/dist/main.js')

test('MILLRACE_RECORD records a pipeline, and replays it where there is no model', async () => {
  await inTemporaryFolder(async (dir) => {
    await copyFile(pocketPath, join(dir, 'model.gguf'))
    await writeFile(
      join(dir, 'capital.yaml'),
      `components:
  prompt:
    type: ChatPromptBuilder
    initParameters:
      template:
        - role: user
          content: What is the capital of {{ country }}?
  llm:
    type: LlamaCppChatGenerator
    initParameters:
      model: ./model.gguf
      generationKwargs: { temperature: 0 }
connections:
  - { sender: prompt.prompt, receiver: llm.messages }
`,
    )
    const ask = async (mode: string, country: string) => {
      const env = { ...process.env, MILLRACE_RECORD: `${mode}:${join(dir, 'recordings')}` }
      const arguments_ = [
        millrace,
        'run',
        join(dir, 'capital.yaml'),
        '--set',
        `prompt.country=${country}`,
        '--quiet',
      ]
      return run(process.execPath, arguments_, { env })
    }
    const live = await ask('record', 'France')
    expect(live.stdout).toContain('The capital of France is Paris.')
    await rm(join(dir, 'model.gguf'))
    expect((await ask('replay', 'France')).stdout).toBe(live.stdout)
    const checked = await run(process.execPath, [millrace, 'validate', join(dir, 'capital.yaml')], {
      env: { ...process.env, MILLRACE_RECORD: `replay:${join(dir, 'recordings')}` },
    })
    expect(checked.stderr).toBe('')
    await expect(ask('replay', 'Japan')).rejects.toMatchObject({
      stderr: expect.stringContaining('No recording in'),
    })
  })
})
