// What the component does itself, with an engine whose replies are written down. The numbers in brackets are those of
// the list of Haystack's behaviours that this component is held to.
import { describe, expect, test } from '@jest/globals'
import { ChatMessage, tool } from '@millrace/core'
import { deepFreeze } from '@millrace/core/testing'
import { LlamaCppChatGenerator } from '../../src/components/chat-generator.ts'
import type { Engine } from '../../src/engines/engine.ts'
import { ask } from '../asking.ts'
import { deferred } from '../deferred.ts'
import { failureOf } from '../failure-of.ts'
import { pocketPath, pocketVisionPath } from '../pocket.ts'
import { ScriptedEngine } from '../scripted-engine.ts'
import { collecting, generatorOn } from '../scripted-generator.ts'
import { collectWarnings } from '../warnings.ts'

describe('construction', () => {
  test('loads nothing and touches no file (8.1)', () => {
    const engine = new ScriptedEngine()
    expect(() => generatorOn(engine, { model: '/nowhere/at-all.gguf' })).not.toThrow()
    expect(() => new LlamaCppChatGenerator({ model: 'hf:nobody/nothing:Q4_K_M' })).not.toThrow()
    expect(engine.loads).toEqual([])
  })

  test('keeps the parameters exactly as they were given (8.1, 8.2)', () => {
    const parameters = deepFreeze({
      model: 'test_model.gguf',
      nCtx: 8192,
      nBatch: 1024,
      modelKwargs: { modelPath: 'other.gguf', nCtx: 4096 },
      generationKwargs: { temperature: 0.5, maxTokens: 128 },
    })
    const generator = generatorOn(new ScriptedEngine(), parameters)
    expect(generator.initParameters).toEqual(parameters)
    expect(JSON.parse(JSON.stringify(generator.initParameters))).toEqual(parameters)
  })

  test('checks its options, each by its name', async () => {
    const attempt = (parameters: object) => failureOf(() => generatorOn(new ScriptedEngine(), parameters))
    expect(await attempt({ n_ctx: 1 })).toMatchObject({ code: 'OPTION_UNKNOWN', option: 'n_ctx' })
    expect(await attempt({ modelKwargs: { nope: 1 } })).toMatchObject({
      code: 'OPTION_UNKNOWN',
      option: 'modelKwargs.nope',
    })
    expect(await attempt({ generationKwargs: { topP: 2 } })).toMatchObject({
      code: 'OPTION_INVALID',
      option: 'generationKwargs.topP',
    })
    expect(await attempt({ generationKwargs: { logitsProcessor: [] } })).toMatchObject({
      code: 'OPTION_UNSUPPORTED',
      option: 'generationKwargs.logitsProcessor',
    })
    expect(await attempt({ slots: 0 })).toMatchObject({ code: 'OPTION_INVALID', option: 'slots' })
    expect(await attempt({ model: '' })).toMatchObject({ code: 'OPTION_INVALID', option: 'model' })
    expect(await attempt({ engine: 'vllm' })).toMatchObject({ code: 'OPTION_INVALID', option: 'engine' })
    expect(await attempt({ streamingCallback: 'print' })).toMatchObject({
      code: 'OPTION_INVALID',
      option: 'streamingCallback',
    })
  })

  test('refuses what completions alone have', async () => {
    const attempt = (spmInfill: boolean) => () =>
      generatorOn(new ScriptedEngine(), { modelKwargs: { spmInfill } })
    const error = await failureOf(attempt(true))
    expect([error.code, error.message]).toEqual([
      'OPTION_UNSUPPORTED',
      "No engine honours 'modelKwargs.spmInfill'. Leave it out: it is for the option 'suffix' of LlamaCppGenerator.",
    ])
    expect(attempt(false)).not.toThrow()
  })

  test('takes the engine that is asked for, and says so in the meta', async () => {
    const engineOf = async (parameters: object) => {
      const generator = new LlamaCppChatGenerator({ model: pocketPath, ...parameters })
      const { replies } = await generator.run({ messages: 'Hi', generationKwargs: { maxTokens: 1 } })
      await generator.close()
      return replies[0]?.meta?.['engine']
    }
    expect(await engineOf({})).toBe('node-llama-cpp')
    expect(await engineOf({ engine: 'llama.node', generationKwargs: { mirostatMode: 2 } })).toBe('llama.node')
  })

  test('does not trade one engine for the other because of an option, but says what that would cost', async () => {
    const sampled = () =>
      new LlamaCppChatGenerator({ model: pocketPath, generationKwargs: { typicalP: 0.5 } })
    expect((await failureOf(sampled)).message).toBe(
      "Engine 'node-llama-cpp' cannot honour 'generationKwargs.typicalP'; engine 'llama.node' can. Set engine: 'llama.node', which evaluates every prompt as a whole and has no log probabilities, drafts, contextShift or stateFolder.",
    )
    const seeing = () =>
      new LlamaCppChatGenerator({ model: pocketPath, modelClipPath: pocketVisionPath, stateFolder: 'states' })
    expect((await failureOf(seeing)).message).toBe(
      "Engine 'llama.node' cannot honour 'stateFolder'; engine 'node-llama-cpp' can, but not 'modelClipPath': no engine honours both. Leave one of them out.",
    )
  })

  test.each([
    { name: 'modelClipPath', parameters: { modelClipPath: 'mmproj.gguf' }, engine: 'llama.node' },
    {
      name: 'stateFolder',
      parameters: { stateFolder: 'states', engine: 'llama.node' },
      engine: 'node-llama-cpp',
    },
  ])('refuses $name where the engine that was asked for has it not', async ({ name, parameters, engine }) => {
    const attempt = () =>
      new LlamaCppChatGenerator({ model: pocketPath, engine: 'node-llama-cpp', ...(parameters as object) })
    expect(await failureOf(attempt)).toMatchObject({ code: 'OPTION_UNSUPPORTED', option: name, engine })
  })

  test('warns of what is not as it was meant to be, once, and says it with each reply', async () => {
    const said = { code: 'GPU_UNAVAILABLE', message: 'There is none.' } as const
    const scripted = new ScriptedEngine('a', 'b', 'c')
    const engine: Engine = {
      name: scripted.name,
      load: async (...given) => ({ ...(await scripted.load(...given)), device: 'cpu', warnings: [said] }),
    }
    const metas: unknown[] = []
    const warnings = await collectWarnings(async () => {
      const modelKwargs = { nThreads: 100_000 }
      const generator = new LlamaCppChatGenerator({ model: pocketPath, modelKwargs }, engine)
      for (const messages of ['one', 'two']) metas.push((await ask(generator, messages)).meta)
      await generator.close()
      metas.push((await ask(generator, 'three')).meta)
    })
    const codes = ['GPU_UNAVAILABLE', 'THREADS_EXCEED_CORES']
    expect(warnings.map(({ code }) => code)).toEqual(codes.map((code) => `MILLRACE_${code}`))
    expect(metas).toMatchObject(
      [1, 2, 3].map(() => ({ device: 'cpu', warnings: codes.map((code) => ({ code })) })),
    )
  })

  test('warns of options without effect, once for the component and not at every run', async () => {
    const engine = new ScriptedEngine('a', 'b')
    const warnings = await collectWarnings(async () => {
      const generator = generatorOn(engine, { generationKwargs: { tfsZ: 0.9 } })
      await generator.run({ messages: 'Hi', generationKwargs: { tfsZ: 0.8 } })
      await generator.run({ messages: 'Hi' })
      await generator.close()
    })
    expect(warnings.map(({ code }) => code)).toEqual(['MILLRACE_OPTION_INERT'])
  })
})

describe('run', () => {
  test('takes a string for one user message (8.4)', async () => {
    const engine = new ScriptedEngine('Hello!')
    const generator = generatorOn(engine)
    await generator.run({ messages: 'Hi' })
    expect(engine.requests[0]?.messages).toEqual([ChatMessage.user('Hi')])
    await generator.close()
  })

  test('gives no replies to an empty conversation, and loads nothing for it (8.4)', async () => {
    const engine = new ScriptedEngine()
    const said = await collectWarnings(async () =>
      expect(await generatorOn(engine).run({ messages: [] })).toEqual({ replies: [] }),
    )
    expect(said).toEqual([
      {
        code: 'MILLRACE_PROMPT_EMPTY',
        message: "There is no reply to no messages: 'messages' is an empty list. Look at what gives it.",
      },
    ])
    expect(engine.loads).toEqual([])
  })

  test('loads by itself when nobody has warmed it up, and once (8.4)', async () => {
    const engine = new ScriptedEngine('a', 'b')
    const generator = generatorOn(engine)
    await generator.run({ messages: 'Hi' })
    await generator.warmUp()
    await generator.run({ messages: 'Hi' })
    expect([engine.loads.length, engine.opened.length]).toEqual([1, 1])
    await generator.close()
  })

  test('passes the conversation on as it is, and changes nothing of what it was given', async () => {
    const engine = new ScriptedEngine('Paris.')
    const generationKwargs = deepFreeze({ stop: ['END'], logitBias: { '5': 1 }, seed: 1 })
    const messages = deepFreeze([ChatMessage.system('Be brief.'), ChatMessage.user('France?')])
    const generator = generatorOn(engine, { generationKwargs })
    await generator.run({ messages, generationKwargs: deepFreeze({ topK: 1 }) })
    expect(engine.requests[0]).toMatchObject({
      messages,
      stop: ['END'],
      sampling: { topK: 1, seed: 1, logitBias: { '5': 1 } },
    })
    await generator.close()
  })

  test('lets the options of the run win, key by key, for that run alone (8.4)', async () => {
    const engine = new ScriptedEngine('a', 'b')
    const generator = generatorOn(engine, { generationKwargs: { maxTokens: 128, temperature: 0.5 } })
    await generator.run({ messages: 'Hi', generationKwargs: { temperature: 0.9 } })
    await generator.run({ messages: 'Hi' })
    expect(engine.requests.map(({ maxTokens, sampling }) => [maxTokens, sampling.temperature])).toEqual([
      [128, 0.9],
      [128, 0.5],
    ])
    await generator.close()
  })

  test('checks the options of the run, and those of both together', async () => {
    const engine = new ScriptedEngine()
    const generator = generatorOn(engine, { generationKwargs: { grammar: 'root ::= "a"' } })
    const attempt = (generationKwargs: object) =>
      failureOf(generator.run({ messages: 'Hi', generationKwargs }))
    expect(await attempt({ nope: 1 })).toMatchObject({ code: 'OPTION_UNKNOWN' })
    expect(await attempt({ temperature: 'hot' })).toMatchObject({ code: 'OPTION_INVALID' })
    expect(await attempt({ responseFormat: { type: 'jsonObject' } })).toMatchObject({
      code: 'OPTION_INVALID',
      option: 'generationKwargs.grammar',
    })
    expect(engine.loads).toEqual([])
  })

  test('gives one reply with all its meta (8.4)', async () => {
    const generator = generatorOn(new ScriptedEngine('Hello there!'))
    const { replies } = await generator.run({ messages: 'Hi you' })
    expect(replies).toEqual([
      {
        role: 'assistant',
        content: [{ type: 'text', text: 'Hello there!' }],
        meta: {
          model: 'pocket.gguf',
          engine: 'node-llama-cpp',
          index: 0,
          finishReason: 'stop',
          usage: { promptTokens: 2, completionTokens: 2, totalTokens: 4, cachedTokens: 0 },
          timings: { promptMs: 1, predictedMs: 2, queueMs: 0, tokensPerSecond: 500 },
          responseId: expect.any(String),
          created: expect.any(Number),
          chatFormat: { template: 'model' },
        },
      },
    ])
    expect(replies[0] && ChatMessage.is(replies[0])).toBe(true)
    await generator.close()
  })

  test('says why a reply ended (8.4)', async () => {
    const generator = generatorOn(new ScriptedEngine('one two three', 'one two three'))
    const reasons = []
    for (const maxTokens of [2, 3]) {
      const { replies } = await generator.run({ messages: 'Hi', generationKwargs: { maxTokens } })
      reasons.push(replies[0]?.meta?.['finishReason'])
    }
    expect(reasons).toEqual(['length', 'length'])
    await generator.close()
  })

  test('gives a reply without text no parts (8.4)', async () => {
    const generator = generatorOn(new ScriptedEngine(''))
    const { replies } = await generator.run({ messages: 'Hi' })
    expect(replies[0]?.content).toEqual([])
    await generator.close()
  })

  test('calls the model by the name that the options give it', async () => {
    const generator = generatorOn(new ScriptedEngine('a'), { generationKwargs: { model: 'my-model' } })
    const { replies } = await generator.run({ messages: 'Hi' })
    expect(replies[0]?.meta?.['model']).toBe('my-model')
    await generator.close()
  })

  test('derives the seeds of its requests from that of the model', async () => {
    const seedsOf = async (seed: number) => {
      const engine = new ScriptedEngine('a', 'b', 'c')
      const generator = generatorOn(engine, { modelKwargs: { seed } })
      for (let count = 0; count < 3; count++) await generator.run({ messages: 'Hi' })
      await generator.close()
      return engine.requests.map(({ sampling }) => sampling.seed)
    }
    const seeds = await seedsOf(42)
    expect(new Set(seeds).size).toBe(3)
    expect(await seedsOf(42)).toEqual(seeds)
    expect(await seedsOf(43)).not.toEqual(seeds)
  })
})

describe('abort', () => {
  test('before the start rejects with the reason, and asks nothing of the engine', async () => {
    const engine = new ScriptedEngine('a')
    const generator = generatorOn(engine)
    const { context } = collecting(AbortSignal.abort('before'))
    await expect(generator.run({ messages: 'Hi' }, context)).rejects.toBe('before')
    await generator.warmUp()
    await expect(generator.run({ messages: 'Hi' }, context)).rejects.toBe('before')
    expect(engine.requests).toEqual([])
    await generator.close()
  })

  test('while the model loads rejects with the reason', async () => {
    const engine = new ScriptedEngine('a')
    const [begun, gate] = [deferred(), deferred()]
    engine.onLoad = () => {
      begun.resolve()
      return gate.promise
    }
    const generator = generatorOn(engine)
    const controller = new AbortController()
    const running = generator.run({ messages: 'Hi' }, collecting(controller.signal).context)
    await begun.promise
    controller.abort('meanwhile')
    await expect(running).rejects.toBe('meanwhile')
    gate.resolve()
    engine.onLoad = undefined
    expect((await generator.run({ messages: 'Hi' })).replies).toHaveLength(1)
    await generator.close()
  })

  test('in the middle of a reply gives what there is', async () => {
    const controller = new AbortController()
    const before = (token: number) => {
      if (token === 2) controller.abort()
    }
    const generator = generatorOn(new ScriptedEngine({ text: 'one two three', before }))
    const { chunks, context } = collecting(controller.signal)
    const { replies } = await generator.run({ messages: 'Hi' }, context)
    expect(replies).toMatchObject([
      { content: [{ text: 'one two' }], meta: { finishReason: 'aborted', usage: { completionTokens: 2 } } },
    ])
    expect(chunks.at(-1)?.finishReason).toBe('aborted')
    await generator.close()
  })
})

describe('close', () => {
  test('frees the model, and a later run loads again', async () => {
    const engine = new ScriptedEngine('a', 'b')
    const generator = generatorOn(engine)
    await generator.run({ messages: 'Hi' })
    await generator.close()
    await generator.close()
    expect(engine.disposed).toEqual(['context', 'weights'])
    expect((await generator.run({ messages: 'Hi' })).replies).toHaveLength(1)
    await generator.close()
    expect(engine.loads).toHaveLength(2)
  })

  test('leaves the weights to other components that use them; the last one frees them', async () => {
    const engine = new ScriptedEngine('a', 'b')
    const [one, other] = [generatorOn(engine), generatorOn(engine, { nCtx: 64 })]
    await Promise.all([one.warmUp(), other.warmUp()])
    expect(engine.loads).toHaveLength(1)
    await one.close()
    expect(engine.disposed).toEqual(['context'])
    expect((await other.run({ messages: 'Hi' })).replies).toHaveLength(1)
    await other.close()
    expect(engine.disposed).toEqual(['context', 'context', 'weights'])
  })

  test('rejects a run that has only just begun', async () => {
    const engine = new ScriptedEngine()
    const generator = generatorOn(engine)
    const failure = failureOf(generator.run({ messages: 'Hi' }))
    await generator.close()
    expect((await failure).code).toBe('CLOSED')
    expect(engine.requests).toEqual([])
  })

  test('rejects a run that waits for the model', async () => {
    const engine = new ScriptedEngine()
    const [begun, gate] = [deferred(), deferred()]
    engine.onLoad = () => {
      begun.resolve()
      return gate.promise
    }
    const generator = generatorOn(engine)
    const failure = failureOf(generator.run({ messages: 'Hi' }))
    await begun.promise
    const closing = generator.close()
    expect((await failure).code).toBe('CLOSED')
    gate.resolve()
    await closing
  })
})

describe('what goes on otherwise than one may think', () => {
  const codes = (meta: Readonly<Record<string, unknown>> | undefined) =>
    ((meta?.['warnings'] ?? []) as { code: string }[]).map(({ code }) => code)

  test('is told in the meta of a reply: one that was cut off in the middle of JSON', async () => {
    const generator = generatorOn(new ScriptedEngine('one two three', 'one two three'))
    const json = { responseFormat: { type: 'jsonObject' as const } }
    const said = await collectWarnings(async () => {
      const cut = await generator.run({ messages: 'Hi', generationKwargs: { ...json, maxTokens: 2 } })
      expect(codes(cut.replies[0]?.meta)).toEqual(['REPLY_CUT'])
      const plain = await generator.run({ messages: 'Hi', generationKwargs: { maxTokens: 2 } })
      expect(codes(plain.replies[0]?.meta)).toEqual([])
    })
    expect(said).toMatchObject([{ code: 'MILLRACE_REPLY_CUT' }])
    await generator.close()
  })

  test('is told once to the process, in the meta each time, and by check: tools in words, and a loosened schema', async () => {
    const chatTemplate = '{% for m in messages %}{{ m.role }}: {{ m.content }}\n{% endfor %}assistant: '
    const find = tool({
      name: 'find',
      description: 'Finds.',
      parameters: { type: 'object', properties: { at: { type: 'string', format: 'uri' } } },
      run: () => '',
    })
    const parameters = { model: pocketPath, tools: [find], modelKwargs: { chatTemplate } }
    const generator = new LlamaCppChatGenerator(parameters, new ScriptedEngine('a', 'b'))
    const findings = await generator.check()
    expect(findings.map(({ level, code }) => [level, code])).toEqual([
      ['warning', 'TOOLS_IN_WORDS'],
      ['warning', 'TOOL_SCHEMA_LOOSENED'],
    ])
    const said = await collectWarnings(async () => {
      await generator.warmUp()
      for (const messages of ['one', 'two']) {
        const { replies } = await generator.run({ messages })
        expect(codes(replies[0]?.meta)).toEqual(['TOOLS_IN_WORDS', 'TOOL_SCHEMA_LOOSENED'])
        expect(replies[0]?.meta?.['chatFormat']).toEqual({ template: 'given', calls: 'words' })
      }
    })
    expect(said.map(({ code }) => code)).toEqual(['MILLRACE_TOOLS_IN_WORDS', 'MILLRACE_TOOL_SCHEMA_LOOSENED'])
    await generator.close()
  })
})
