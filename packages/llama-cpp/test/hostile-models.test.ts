// Model files that somebody broke, in a process of their own: one that ends or freezes fails here, not the tests. It runs
// the built package with its defaults. All of them are loaded when that is asked for, which takes some minutes:
//
//   MILLRACE_TEST_HOSTILE=1 corepack pnpm test:unit packages/llama-cpp/test/hostile-models
import { execFile } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, test } from '@jest/globals'
import { hostileModels } from './hostile-models.ts'
import { inTemporaryFolder } from './temporary-folder.ts'

const entry = join(import.meta.dirname, '../dist/index.js')
/** Far more than anything here takes on a busy machine. */
const endless = 600_000

interface Answer {
  /** The codes of what `check` finds. */
  readonly findings: readonly string[]
  /** What a run ends with: the code of an error, or `answered`. */
  readonly end: string
}

/** What one process says of all the files, one after the other. */
async function answersTo(names: readonly string[], runs: boolean): Promise<Readonly<Record<string, Answer>>> {
  const models = hostileModels().filter(({ name }) => names.includes(name))
  let answers: Readonly<Record<string, Answer>> = {}
  await inTemporaryFolder(async (dir) => {
    for (const [index, { bytes }] of models.entries()) await writeFile(join(dir, `${index}.gguf`), bytes)
    const script = `
      import { LlamaCppChatGenerator } from ${JSON.stringify(`file://${entry}`)}
      const answers = []
      for (let index = 0; index < ${models.length}; index++) {
        const model = ${JSON.stringify(dir)} + '/' + index + '.gguf'
        const generator = new LlamaCppChatGenerator({ model, nCtx: 256, generationKwargs: { maxTokens: 2 } })
        const findings = (await generator.check()).map(({ code }) => code)
        let end = 'not run'
        if (${runs}) end = await generator.run({ messages: 'Hello' }).then(() => 'answered', ({ code }) => String(code))
        await generator.close()
        answers.push({ findings, end })
      }
      console.log(JSON.stringify(answers))`
    await writeFile(join(dir, 'script.mjs'), script)
    const output = await promisify(execFile)(process.execPath, [join(dir, 'script.mjs')], {
      timeout: endless,
      killSignal: 'SIGKILL',
    })
    const said = JSON.parse(output.stdout) as Answer[]
    answers = Object.fromEntries(models.map(({ name }, index) => [name, said[index] as Answer]))
  })
  return answers
}

const everything = hostileModels().map(({ name }) => name)
/** Each ended or froze the process that loaded it. */
const deadly: readonly (readonly [name: string, finding: string])[] = [
  ['llama.block_count = 0', 'MODEL_DAMAGED'],
  ['llama.block_count = 2147483647', 'MODEL_DAMAGED'],
  ['llama.attention.layer_norm_rms_epsilon = NaN', 'MODEL_DAMAGED'],
  ['a tensor of type 4', 'MODEL_DAMAGED'],
  ['llama.feed_forward_length = 1', 'MODEL_UNUSUAL'],
  ['llama.attention.head_count = 0', 'MODEL_UNUSUAL'],
  ['llama.expert_count added: 7', 'MODEL_UNUSUAL'],
  ['llama.rope.scaling.type added: nonsense', 'MODEL_UNUSUAL'],
  ['the alignment 1', 'MODEL_UNUSUAL'],
  ['a token twice', 'MODEL_UNUSUAL'],
  ["the tokenizer 'llama'", 'MODEL_UNUSUAL'],
]

describe('a hostile model', () => {
  test(
    'is answered by check, whatever is wrong with it',
    async () => {
      const answers = await answersTo(everything, false)
      expect(Object.keys(answers)).toHaveLength(everything.length)
      const codes = new Set(Object.values(answers).flatMap(({ findings }) => findings))
      expect([...codes].sort()).toEqual([
        'MODEL_DAMAGED',
        'MODEL_NOT_GGUF',
        'MODEL_TRUNCATED',
        'MODEL_UNSUPPORTED',
        'MODEL_UNUSUAL',
        'TEMPLATE_MISSING',
      ])
    },
    endless,
  )

  test(
    'does not end the process that runs it, where llama.cpp ends',
    async () => {
      const answers = await answersTo(
        deadly.map(([name]) => name),
        true,
      )
      for (const [name, finding] of deadly) {
        const end = finding === 'MODEL_UNUSUAL' ? 'ENGINE_CRASHED' : finding
        expect([name, answers[name]]).toEqual([name, { findings: [finding], end }])
      }
    },
    endless,
  )

  const { MILLRACE_TEST_HOSTILE } = process.env
  const all = MILLRACE_TEST_HOSTILE ? test : test.skip
  all(
    `of all kinds leaves it running${MILLRACE_TEST_HOSTILE ? '' : ' (skipped: MILLRACE_TEST_HOSTILE is not set)'}`,
    async () => {
      const answers = await answersTo(everything, true)
      const ends = new Set(Object.values(answers).map(({ end }) => end))
      expect(
        [...ends].filter((end) => !/^(answered|(MODEL|ENGINE)_[A-Z_]+|OUT_OF_MEMORY)$/.test(end)),
      ).toEqual([])
    },
    endless,
  )
})
