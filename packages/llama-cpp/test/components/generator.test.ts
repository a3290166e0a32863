// What the component does itself, with an engine whose replies are written down.
import { describe, expect, test } from '@jest/globals'
import type { StreamingChunk } from '@millrace/core'
import { deepFreeze } from '@millrace/core/testing'
import { LlamaCppGenerator } from '../../src/components/generator.ts'
import { complete } from '../completing.ts'
import { deferred } from '../deferred.ts'
import { failureOf } from '../failure-of.ts'
import { pocketPath } from '../pocket.ts'
import { ScriptedEngine } from '../scripted-engine.ts'

type Parameters = ConstructorParameters<typeof LlamaCppGenerator>[0]

const generatorOn = (engine: ScriptedEngine, parameters: Partial<Parameters> = {}) =>
  new LlamaCppGenerator({ model: pocketPath, ...parameters }, engine)

/** What a request with these options asks of the engine. */
async function asked(parameters: Partial<Parameters>, options: Parameters['generationKwargs'] = {}) {
  const engine = new ScriptedEngine('Paris.')
  await complete(generatorOn(engine, parameters), 'The capital of France is', options)
  const [request] = engine.completions
  if (!request) throw new RangeError('nothing was asked')
  return request
}

describe('construction', () => {
  test('loads nothing and keeps the parameters exactly as they were given', () => {
    const engine = new ScriptedEngine()
    const parameters = deepFreeze({
      model: '/nowhere/at-all.gguf',
      modelKwargs: { seed: 3 },
      generationKwargs: { suffix: '.', maxTokens: 4 },
    })
    const generator = generatorOn(engine, parameters)
    expect(JSON.parse(JSON.stringify(generator.initParameters))).toEqual(parameters)
    expect(engine.loads).toEqual([])
  })

  test('checks its options, each by its name', async () => {
    const attempt = (parameters: object) => failureOf(() => generatorOn(new ScriptedEngine(), parameters))
    expect(await attempt({ tools: [] })).toMatchObject({ code: 'OPTION_UNKNOWN', option: 'tools' })
    expect(await attempt({ generationKwargs: { responseFormat: {} } })).toMatchObject({
      code: 'OPTION_UNKNOWN',
      option: 'generationKwargs.responseFormat',
    })
    expect(await attempt({ generationKwargs: { logprobs: true } })).toMatchObject({
      code: 'OPTION_INVALID',
      option: 'generationKwargs.logprobs',
    })
    const error = await attempt({ generationKwargs: { stoppingCriteria: [] } })
    expect(error).toMatchObject({ code: 'OPTION_UNSUPPORTED', option: 'generationKwargs.stoppingCriteria' })
    expect(error.message).toMatchInlineSnapshot(
      `"No engine honours 'generationKwargs.stoppingCriteria'. Leave it out: use stop, maxTokens, or abort the run."`,
    )
  })

  test.each([{ chatFormat: 'chatml' }, { chatTemplate: '{{ messages[0].content }}' }])(
    'refuses what chats alone have: %j',
    async (modelKwargs) => {
      const [name] = Object.keys(modelKwargs)
      const error = await failureOf(() => generatorOn(new ScriptedEngine(), { modelKwargs }))
      expect([error.code, error.message]).toEqual([
        'OPTION_UNSUPPORTED',
        `No engine honours 'modelKwargs.${name}'. Leave it out: the model reads the prompt as it is; LlamaCppChatGenerator has chats.`,
      ])
    },
  )

  test('checks the options of a run as well', async () => {
    const generator = generatorOn(new ScriptedEngine())
    const error = await failureOf(complete(generator, 'Hi', { best_of: 2 } as object))
    expect(error).toMatchObject({ code: 'OPTION_UNKNOWN', option: 'generationKwargs.best_of' })
  })
})

describe('a request', () => {
  test("has llama-cpp-python's defaults for completions", async () => {
    expect(await asked({ modelKwargs: { seed: 1 } })).toMatchObject({
      prompt: 'The capital of France is',
      sampling: { temperature: 0.8, topP: 0.95, topK: 40, minP: 0.05, repeatPenalty: 1 },
      maxTokens: 16,
      stop: [],
      suffix: undefined,
      suffixFirst: false,
      constraint: undefined,
      contextShift: false,
      logprobs: undefined,
      promptLogprobs: false,
    })
  })

  test.each([null, 0, -1])('with maxTokens %j fills the context', async (maxTokens) => {
    expect((await asked({ generationKwargs: { maxTokens: 4 } }, { maxTokens })).maxTokens).toBeUndefined()
  })

  test('takes the options of the run over those of the component, key by key', async () => {
    const request = await asked(
      { generationKwargs: { temperature: 0, stop: ['a'], suffix: 'x' }, modelKwargs: { spmInfill: true } },
      { stop: 'b', suffix: null, logprobs: 2, grammar: 'root ::= "a"' },
    )
    expect(request).toMatchObject({
      sampling: { temperature: 0 },
      stop: ['b'],
      suffix: undefined,
      suffixFirst: true,
      logprobs: 2,
      promptLogprobs: false,
      constraint: { kind: 'grammar', gbnf: 'root ::= "a"' },
    })
  })

  test('asks for the log probabilities of the prompt with echo alone', async () => {
    expect((await asked({}, { logprobs: 0, echo: true })).promptLogprobs).toBe(true)
    expect((await asked({}, { echo: true })).promptLogprobs).toBe(false)
  })
})

describe('run', () => {
  test('gives the reply and what a chat would say in its meta', async () => {
    const { text, meta } = await complete(
      generatorOn(new ScriptedEngine(' Paris.')),
      'The capital of France is',
    )
    expect(text).toBe(' Paris.')
    expect(meta).toMatchObject({
      model: 'pocket.gguf',
      engine: 'node-llama-cpp',
      index: 0,
      finishReason: 'stop',
      usage: { promptTokens: 5, completionTokens: 1, totalTokens: 6, cachedTokens: 0 },
    })
    expect(meta.responseId).toMatch(/^cmpl-/)
  })

  test('streams, to the callback of the run or else of the component', async () => {
    const heard: string[] = []
    const streamingCallback = ({ content }: StreamingChunk) => void heard.push(`component:${content}`)
    const generator = generatorOn(new ScriptedEngine('One two', 'Three'), { streamingCallback })
    const { chunks } = await complete(generator, 'Count')
    expect(chunks.map(({ content }) => content).join('')).toBe('One two')
    expect(chunks.at(0)).toMatchObject({ index: 0, start: true })
    expect(chunks.at(-1)).toMatchObject({ finishReason: 'stop', meta: { usage: { completionTokens: 2 } } })
    expect(heard).toEqual(['component:One', 'component: two', 'component:'])
    await generator.run({
      prompt: 'Count',
      streamingCallback: ({ content }) => void heard.push(`run:${content}`),
    })
    expect(heard.slice(3)).toEqual(['run:Three', 'run:'])
  })

  test('with echo puts the prompt in front, of the stream too', async () => {
    const generator = generatorOn(new ScriptedEngine(' Paris.', ''), { generationKwargs: { echo: true } })
    const { text, chunks } = await complete(generator, 'The capital is')
    expect(text).toBe('The capital is Paris.')
    expect(chunks.map(({ content }) => content)).toEqual(['The capital is', ' Paris.', ''])
    expect(chunks.map(({ start }) => start ?? false)).toEqual([true, false, false])
    const empty = await complete(generator, 'Nothing')
    expect(empty.text).toBe('Nothing')
    expect(empty.chunks.map(({ content }) => content)).toEqual(['Nothing', ''])
  })

  test('aborted in the middle keeps what there is; before the first token it rejects', async () => {
    const held = deferred()
    const before = (token: number) => (token === 1 ? held.promise : undefined)
    const generator = generatorOn(new ScriptedEngine({ text: 'One two three', before }))
    const controller = new AbortController()
    const { text, meta } = await complete(
      generator,
      'Count',
      { echo: true },
      {
        signal: controller.signal,
        onChunk: ({ content }) => content === 'One' && controller.abort(),
      },
    )
    expect([text, meta.finishReason]).toEqual(['CountOne', 'aborted'])
    const reason = new RangeError('too late')
    const signal = AbortSignal.abort(reason)
    await expect(complete(generator, 'Count', {}, { signal })).rejects.toBe(reason)
  })

  test('after close loads again, and closing ends what runs', async () => {
    const held = deferred()
    const begun = deferred()
    const before = () => {
      begun.resolve()
      return held.promise
    }
    const engine = new ScriptedEngine({ text: 'One', before }, 'Two')
    const generator = generatorOn(engine)
    const running = failureOf(complete(generator, 'Count'))
    await begun.promise
    await generator.close()
    expect(await running).toMatchObject({ code: 'CLOSED' })
    expect((await complete(generator, 'Count')).text).toBe('Two')
    expect(engine.loads.length).toBe(2)
  })
})

test('check says what opening would fail with', async () => {
  const generator = generatorOn(new ScriptedEngine(), { model: 'missing.gguf' })
  expect(await generator.check()).toMatchObject([{ level: 'error', code: 'MISSING_FILE', option: 'model' }])
})
