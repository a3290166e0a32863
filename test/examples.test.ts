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
  '05-tools.ts': [
    'add {"a": 123, "b": 456} = 579',
    'The reply: The result is 579.',
    'get_weather({"city":"Rome"}) = {"temperature":22}',
    'get_weather({"city":"Oslo"}) = {"temperature":7}',
    'assistant, tool, tool',
  ],
  '06-structured-output.ts': ['Nina (42), Oslo', 'Leo (31), Rome'],
  '07-image.ts': ['I see a red circle on a white background.', 'The shape is red.'],
  '08-many-requests.ts': [
    'The capital of France is Paris.',
    'The capital of Norway is Oslo.',
    'The capital of Germany is Berlin.',
  ],
  '09-chat.ts': [
    'My name is Omar. Nice to meet you, Omar! (0 of',
    'What is the capital of Spain? The capital of Spain is Madrid. (',
    'What is my name? Your name is Omar. (',
  ],
  '10-recorded.ts': [
    'Recorded 2 answers.\nJapan: The capital of Japan is Tokyo.\nFrance: The capital of France is Paris.',
    `asked "What is the capital of Peru?"`,
  ],
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
