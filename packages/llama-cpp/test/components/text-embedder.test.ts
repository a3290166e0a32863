import { describe, expect, test } from '@jest/globals'
import { deepFreeze, testComponent } from '@millrace/core/testing'
import { LlamaCppChatGenerator } from '../../src/components/chat-generator.ts'
import { LlamaCppTextEmbedder } from '../../src/components/text-embedder.ts'
import type { Engine } from '../../src/engines/engine.ts'
import { nodeLlamaCpp } from '../../src/engines/node-llama-cpp.ts'
import { failureOf } from '../failure-of.ts'
import { pocketPath, pocketVisionPath } from '../pocket.ts'
import { collecting } from '../scripted-generator.ts'
import { ScriptedTexts } from '../scripted-texts.ts'
import { collectWarnings } from '../warnings.ts'

type Parameters = ConstructorParameters<typeof LlamaCppTextEmbedder>[0]

const embedderOn = (engine: Engine, parameters: Partial<Parameters> = {}) =>
  new LlamaCppTextEmbedder({ model: pocketPath, ...parameters }, engine)

describe('LlamaCppTextEmbedder', () => {
  testComponent(() => embedderOn(new ScriptedTexts()), { test, inputs: [{ text: 'Paris' }] })

  test('embeds the text between prefix and suffix', async () => {
    const engine = new ScriptedTexts()
    const embedder = embedderOn(engine, { prefix: 'query: ', suffix: '!', normalize: false })
    expect(await embedder.run({ text: 'Oslo' })).toEqual({
      embedding: [12, 1],
      meta: {
        model: 'pocket.gguf',
        engine: 'node-llama-cpp',
        device: 'cpu',
        usage: { promptTokens: 10, totalTokens: 10 },
        timings: { promptMs: expect.any(Number) },
        truncated: true,
      },
    })
    expect(engine.texts).toEqual(['query: Oslo!'])
  })

  test('gives vectors the length 1 unless it is told not to', async () => {
    const { embedding } = await embedderOn(new ScriptedTexts()).run({ text: 'abc' })
    expect(embedding).toEqual([3 / Math.sqrt(10), 1 / Math.sqrt(10)])
  })

  test('cuts texts off unless it is told not to', async () => {
    const engine = new ScriptedTexts()
    await embedderOn(engine).run({ text: 'a' })
    await embedderOn(engine, { truncate: false }).run({ text: 'a' })
    expect(engine.truncates).toEqual([true, false])
  })

  test('says in its meta, too, what is not as it was meant to be', async () => {
    await collectWarnings(async () => {
      const embedder = embedderOn(new ScriptedTexts(), { modelKwargs: { nThreads: 100_000 } })
      const { meta } = await embedder.run({ text: 'a' })
      expect(meta).toMatchObject({ warnings: [{ code: 'THREADS_EXCEED_CORES' }] })
    })
  })

  test('opens what the options say', async () => {
    const engine = new ScriptedTexts()
    await embedderOn(engine).warmUp()
    await embedderOn(engine, {
      nCtx: 64,
      slots: 3,
      modelKwargs: { nBatch: 32, nThreads: 1, useMlock: true },
    }).warmUp()
    expect(engine.opened).toEqual([
      { nCtx: 0, nBatch: 512, slots: 1, nThreads: undefined, flashAttn: false, pooling: undefined },
      { nCtx: 64, nBatch: 32, slots: 3, nThreads: 1, flashAttn: false, pooling: undefined },
    ])
    expect(engine.loads[1]).toMatchObject({ modelPath: pocketPath, useMlock: true })
  })

  test('loads nothing at construction, once for several runs, and again after it was closed', async () => {
    const engine = new ScriptedTexts()
    const embedder = embedderOn(engine, deepFreeze({ prefix: 'q ' }))
    expect(engine.loads).toHaveLength(0)
    await Promise.all([embedder.run({ text: 'a' }), embedder.run({ text: 'b' })])
    expect(engine.loads).toHaveLength(1)
    await embedder.close()
    await embedder.run({ text: 'c' })
    expect(engine.loads).toHaveLength(2)
    expect(embedder.initParameters).toEqual({ model: pocketPath, prefix: 'q ' })
  })

  test('refuses an empty text', async () => {
    const failure = await failureOf(embedderOn(new ScriptedTexts()).run({ text: '' }))
    expect(failure).toMatchObject({ code: 'OPTION_INVALID', option: 'text' })
    expect(failure.message).toMatchInlineSnapshot(`"Input 'text' is empty: there is nothing to embed."`)
  })

  test('ends a run whose signal aborts, and one that is closed', async () => {
    const engine = new ScriptedTexts()
    const embedder = embedderOn(engine)
    await embedder.warmUp()
    const aborting = new AbortController()
    engine.before = () => aborting.abort(new DOMException('enough', 'AbortError'))
    await expect(embedder.run({ text: 'a' }, collecting(aborting.signal).context)).rejects.toThrow('enough')
    let closing: Promise<void> | undefined
    engine.before = () => {
      closing = embedder.close()
    }
    expect(await failureOf(embedder.run({ text: 'b' }))).toMatchObject({ code: 'CLOSED' })
    await closing
  })

  test('checks the file without loading it', async () => {
    const engine = new ScriptedTexts()
    expect(await embedderOn(engine).check()).toEqual([])
    expect(await embedderOn(engine, { model: pocketVisionPath }).check()).toMatchObject([
      { level: 'error', code: 'MODEL_UNSUPPORTED', option: 'model' },
    ])
    expect(engine.loads).toEqual([])
  })
})

describe('the options of an embedder', () => {
  const refusal = (parameters: object) =>
    failureOf(() => embedderOn(new ScriptedTexts(), parameters as Partial<Parameters>))

  test.each([
    [{ stateFolder: 'x' }, 'OPTION_UNKNOWN', 'stateFolder'],
    [{ generationKwargs: {} }, 'OPTION_UNKNOWN', 'generationKwargs'],
    [{ normalize: 'l2' }, 'OPTION_INVALID', 'normalize'],
    [{ modelKwargs: { nope: 1 } }, 'OPTION_UNKNOWN', 'modelKwargs.nope'],
    [{ modelKwargs: { draftModel: 'promptLookup' } }, 'OPTION_UNSUPPORTED', 'modelKwargs.draftModel'],
    [{ modelKwargs: { loraPath: 'a.gguf' } }, 'OPTION_UNSUPPORTED', 'modelKwargs.loraPath'],
    [{ modelKwargs: { chatTemplate: 'x' } }, 'OPTION_UNSUPPORTED', 'modelKwargs.chatTemplate'],
    [{ modelKwargs: { seed: 1 } }, 'OPTION_UNSUPPORTED', 'modelKwargs.seed'],
    [{ modelKwargs: { typeK: 'Q8_0' } }, 'OPTION_UNSUPPORTED', 'modelKwargs.typeK'],
    [{ modelKwargs: { flashAttn: true } }, 'OPTION_UNSUPPORTED', 'modelKwargs.flashAttn'],
    [{ modelKwargs: { poolingType: 7 } }, 'OPTION_INVALID', 'modelKwargs.poolingType'],
    [{ engine: 'llama.node' }, 'OPTION_INVALID', 'engine'],
    [{ modelKwargs: { embedding: false } }, 'OPTION_UNSUPPORTED', 'modelKwargs.embedding'],
  ])('refuse %j', async (parameters, code, option) => {
    expect(await refusal(parameters)).toMatchObject({ code, option })
  })

  test('say why one has no effect', async () => {
    const { message } = await refusal({ modelKwargs: { lastNTokensSize: 32 } })
    expect(message).toMatchInlineSnapshot(
      `"No engine honours 'modelKwargs.lastNTokensSize'. Leave it out: it has no effect on embeddings and rankings."`,
    )
  })

  test('name what can be done about the engine and the pooling', async () => {
    expect((await refusal({ engine: 'llama.node' })).message).toMatchInlineSnapshot(
      `"Option 'engine': expected one of "auto", "node-llama-cpp", got "llama.node"."`,
    )
    expect((await refusal({ modelKwargs: { poolingType: 5 } })).message).toMatchInlineSnapshot(
      `"Option 'modelKwargs.poolingType': 5 is none of -1 (the model's), 0 (none), 1 (mean), 2 (first token), 3 (last token), 4 (rank)."`,
    )
  })

  test('take what asks for nothing', () => {
    const modelKwargs = { embedding: true, flashAttn: false, poolingType: -1, vocabOnly: false }
    expect(() => embedderOn(new ScriptedTexts(), { modelKwargs })).not.toThrow()
  })
})

test('poolingType decides how the vectors of the tokens become one', async () => {
  const embed = async (poolingType?: number) => {
    const embedder = embedderOn(
      nodeLlamaCpp,
      poolingType === undefined ? {} : { modelKwargs: { poolingType } },
    )
    try {
      return (await embedder.run({ text: 'Paris is the capital of France.' })).embedding
    } finally {
      await embedder.close()
    }
  }
  const [unsaid, mean, first, last] = [await embed(), await embed(1), await embed(2), await embed(3)]
  expect(last).toEqual(unsaid)
  expect(new Set([mean, first, last].map((vector) => vector?.[0])).size).toBe(3)
  expect(await failureOf(embed(0))).toMatchObject({ code: 'MODEL_UNSUPPORTED' })
  expect(await failureOf(embed(4))).toMatchObject({ code: 'MODEL_UNSUPPORTED' })
})

test('the weights are shared with a generator', async () => {
  let loads = 0
  const counting: Engine = {
    name: 'node-llama-cpp',
    load: (spec, options) => {
      loads += 1
      return nodeLlamaCpp.load(spec, options)
    },
  }
  const embedder = embedderOn(counting)
  const generator = new LlamaCppChatGenerator({ model: pocketPath, nCtx: 256 }, counting)
  try {
    const [{ embedding }] = await Promise.all([
      embedder.run({ text: 'What is the capital of France?' }),
      generator.run({
        messages: 'What is the capital of France?',
        generationKwargs: { temperature: 0, maxTokens: 8 },
      }),
    ])
    expect(Math.hypot(...embedding)).toBeCloseTo(1, 10)
    expect(loads).toBe(1)
    await generator.close()
    expect((await embedder.run({ text: 'What is the capital of France?' })).embedding).toEqual(embedding)
  } finally {
    await Promise.all([embedder.close(), generator.close()])
  }
})
