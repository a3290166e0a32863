// Every example runs on the pocket model and prints what its reader is promised.
import { execFile } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, test } from '@jest/globals'
import { root } from './workspace.ts'

const run = promisify(execFile)

const answers: Readonly<Record<string, readonly string[]>> = {
  '01-generator.ts': ['The capital of Germany is Berlin.'],
  '02-pipeline.ts': [
    'France: The capital of France is Paris.',
    'Japan: The capital of Japan is Tokyo.',
    'Peru: The capital of Peru is Lima.',
  ],
  '03-streaming.ts': [
    'I am Pocket, a tiny language model made for tests and demos.',
    "'llm' sent 14 pieces.",
    'completionTokens: 14',
  ],
  '04-own-component.ts': ['short (5 words)', "{ verdict: 'long (10 words)' }"],
}

const examples = readdirSync(join(root, 'examples')).filter((file) => /^\d\d-.*\.ts$/.test(file))

describe('examples', () => {
  test('each has an answer here, and each answer an example', () => {
    expect(Object.keys(answers).sort()).toEqual(examples.sort())
  })

  test.each(examples)('%s', async (file) => {
    // Built by the test command before jest starts.
    const built = join(root, 'examples/dist', file.replace(/\.ts$/, '.js'))
    const { stdout } = await run(process.execPath, [built], { cwd: root })
    for (const answer of answers[file] ?? []) expect(stdout).toContain(answer)
  })
})
