import { readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { type ParametersOf, Pipeline } from '@millrace/core'
import { LlamaCppChatGenerator } from '../../src/components/chat-generator.ts'
import { pocketPath, pocketVisionPath } from '../pocket.ts'
import { ScriptedEngine } from '../scripted-engine.ts'
import { inTemporaryFolder } from '../temporary-folder.ts'

type Parameters = ParametersOf<typeof LlamaCppChatGenerator>

/** The findings of a generator, and that it loaded nothing for them. */
async function findingsOf(parameters: Parameters, baseDir?: string) {
  const engine = new ScriptedEngine()
  const generator = new LlamaCppChatGenerator(parameters, engine)
  const findings = await generator.check(baseDir === undefined ? {} : { baseDir })
  expect(engine.loads).toEqual([])
  return findings
}

describe('nothing is found', () => {
  test.each<Parameters>([
    { model: pocketPath },
    { model: 'npm:@millrace/pocket-model/pocket.gguf' },
    { model: 'none.gguf', modelKwargs: { modelPath: pocketPath } },
    { model: pocketPath, modelKwargs: { loraPath: pocketVisionPath } },
  ])('with %j', async (parameters) => {
    expect(await findingsOf(parameters, import.meta.dirname)).toEqual([])
  })

  test('with a path from the folder of the pipeline', async () => {
    expect(await findingsOf({ model: 'pocket.gguf' }, dirname(pocketPath))).toEqual([])
  })
})

test('more threads than cores are found', async () => {
  expect(await findingsOf({ model: pocketPath, modelKwargs: { nThreads: 100_000 } })).toMatchObject([
    { level: 'warning', code: 'THREADS_EXCEED_CORES', option: 'modelKwargs.nThreads' },
  ])
})

describe('the engine', () => {
  const imaging = { model: pocketPath, modelClipPath: pocketVisionPath }

  test('is said to be slow where it will be, and nothing of threads that it does not take', async () => {
    const asked = { ...imaging, modelKwargs: { nThreads: 100_000 } }
    const findings = await new LlamaCppChatGenerator(asked).check()
    const [code, option] =
      process.arch === 'x64'
        ? ['SLOW_BINARY', 'modelClipPath']
        : ['THREADS_EXCEED_CORES', 'modelKwargs.nThreads']
    expect(findings).toMatchObject([{ level: 'warning', code, option }])
  })

  test('is found to have no GPU where there is no driver for one', async () => {
    const binding = await import('node-llama-cpp')
    const drivers = (await binding.getLlamaGpuTypes('supported')).filter((type) => type !== false)
    const findings = await findingsOf({ model: pocketPath, modelKwargs: { nGpuLayers: -1 } })
    const expected = { level: 'warning', code: 'GPU_UNAVAILABLE', option: 'modelKwargs.nGpuLayers' }
    if (drivers.length === 0) expect(findings).toMatchObject([expected])
  })
})

describe('an error is found', () => {
  test('for a file that is not there, with the path that was looked for', async () => {
    await inTemporaryFolder(async (dir) => {
      expect(await findingsOf({ model: 'none.gguf' }, dir)).toEqual([
        {
          level: 'error',
          code: 'MISSING_FILE',
          option: 'model',
          message: `There is no file '${join(dir, 'none.gguf')}'.`,
        },
      ])
    })
  })

  test('for a package that is not there', async () => {
    expect(await findingsOf({ model: 'npm:@millrace/no-model/a.gguf' })).toMatchObject([
      { code: 'MISSING_FILE', option: 'model', message: expect.stringContaining('npm install') },
    ])
  })

  test('for a file that is no model, or not all of one', async () => {
    await inTemporaryFolder(async (dir) => {
      writeFileSync(join(dir, 'text.gguf'), 'just a text')
      writeFileSync(join(dir, 'cut.gguf'), readFileSync(pocketPath).subarray(0, 100_000))
      expect(await findingsOf({ model: 'text.gguf' }, dir)).toMatchObject([
        { level: 'error', code: 'MODEL_NOT_GGUF', option: 'model' },
      ])
      expect(await findingsOf({ model: 'cut.gguf' }, dir)).toMatchObject([
        { level: 'error', code: 'MODEL_TRUNCATED', message: expect.stringContaining('is cut off') },
      ])
      expect(await findingsOf({ model: dir })).toMatchObject([{ code: 'MODEL_UNREADABLE' }])
      expect(await findingsOf({ model: pocketVisionPath })).toMatchObject([{ code: 'MODEL_UNSUPPORTED' }])
    })
  })

  test('for a template in a variable that cannot be used, with its place in the template', async () => {
    process.env['MILLRACE_CHECKED_TEMPLATE'] = '{% for m in messages %}\n{{ m.content }\n{% endfor %}'
    const modelKwargs = { chatTemplate: '${env:MILLRACE_CHECKED_TEMPLATE}' }
    expect(await findingsOf({ model: pocketPath, modelKwargs })).toMatchObject([
      {
        level: 'error',
        option: 'modelKwargs.chatTemplate',
        message: expect.stringContaining('(line 2, column 14)'),
      },
    ])
  })

  test('for a name that is none', async () => {
    expect(await findingsOf({ model: 'ftp:a/b.gguf' })).toMatchObject([{ code: 'MODEL_URI_INVALID' }])
  })

  test('for the other files that are named, each at its option', async () => {
    const modelKwargs = { modelPath: '/none/a.gguf', loraPath: '/none/b.gguf' }
    expect(await findingsOf({ model: pocketPath, modelKwargs })).toMatchObject([
      { code: 'MISSING_FILE', option: 'modelKwargs.modelPath' },
      { code: 'MISSING_FILE', option: 'modelKwargs.loraPath' },
    ])
  })
})

describe('a warning is found', () => {
  test('for a model that the first run would download', async () => {
    await inTemporaryFolder(async (dir) => {
      Object.assign(process.env, { XDG_CACHE_HOME: dir, LOCALAPPDATA: dir })
      for (const model of ['hf:ada/m:Q4_K_M', 'hf:ada/m/m.gguf', 'https://example.org/m.gguf']) {
        expect(await findingsOf({ model })).toEqual([
          {
            level: 'warning',
            code: 'MODEL_NOT_DOWNLOADED',
            option: 'model',
            message: `The model '${model}' is not on this machine yet: the first run downloads it.`,
          },
        ])
      }
    })
  })

  test('for a variable that is not set here', async () => {
    expect(await findingsOf({ model: '${env:MILLRACE_NO_SUCH_VARIABLE}/m.gguf' })).toEqual([
      {
        level: 'warning',
        code: 'MISSING_ENVIRONMENT',
        option: 'model',
        message:
          "A parameter refers to ${env:MILLRACE_NO_SUCH_VARIABLE}, but the environment variable 'MILLRACE_NO_SUCH_VARIABLE' is not set.",
      },
    ])
    process.env['MILLRACE_CHECKED_MODEL'] = pocketPath
    expect(await findingsOf({ model: '${env:MILLRACE_CHECKED_MODEL}' })).toEqual([])
  })
})

test('a pipeline tells which of its components it is about', async () => {
  const llm = new LlamaCppChatGenerator({ model: '/none/a.gguf' }, new ScriptedEngine())
  expect(await new Pipeline({ llm }).check()).toMatchObject([{ component: 'llm', code: 'MISSING_FILE' }])
})

describe('a model that does not fit', () => {
  const huge = { model: pocketPath, nCtx: 16_777_216, slots: 256 }

  test('is an error, in the words of the refusal to load it', async () => {
    const [finding, ...others] = await findingsOf(huge)
    expect(others).toEqual([])
    expect(finding).toMatchObject({ level: 'error', code: 'OUT_OF_MEMORY', option: 'model' })
    expect(finding?.message).toContain('for 256 slots of 16777216 tokens')
  })

  test('is nothing where memory is not to be looked at', async () => {
    expect(await findingsOf({ ...huge, checkMemory: false })).toEqual([])
  })
})
