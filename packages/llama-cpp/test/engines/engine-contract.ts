// What every engine does alike. Real engines answer with the pocket model at temperature 0; for the scripted one the
// same replies are written down.
import { afterAll, describe, expect, test } from '@jest/globals'
import { ChatMessage } from '@millrace/core'
import { deepFreeze } from '@millrace/core/testing'
import type { ContextSpec, Engine, ModelContext, Weights, WeightsSpec } from '../../src/engines/engine.ts'
import type {
  ChatRequest,
  CompletionRequest,
  Generation,
  GenerationRequest,
  ReplyDelta,
  RequestOptions,
} from '../../src/engines/request.ts'
import { deferred } from '../deferred.ts'
import { pocketPath } from '../pocket.ts'
import type { ScriptedReply } from '../scripted-engine.ts'

const weights: WeightsSpec = {
  modelPath: pocketPath,
  nGpuLayers: 0,
  useMmap: true,
  useMlock: false,
  kvOverrides: {},
  numa: false,
  verbose: false,
}

const slot: ContextSpec = {
  nCtx: 512,
  nBatch: 128,
  slots: 1,
  nThreads: 1,
  flashAttn: false,
  nUbatch: undefined,
  swaFull: undefined,
  noPerf: undefined,
  typeK: undefined,
  typeV: undefined,
  ropeFreqBase: undefined,
  ropeFreqScale: undefined,
  lora: undefined,
  chatTemplate: undefined,
  draft: undefined,
  projector: undefined,
}

const asked: GenerationRequest = {
  sampling: {
    temperature: 0,
    topK: 40,
    topP: 0.95,
    minP: 0.05,
    typicalP: 1,
    mirostatMode: 0,
    mirostatTau: 5,
    mirostatEta: 0.1,
    seed: 1,
    repeatPenalty: 1,
    frequencyPenalty: 0,
    presencePenalty: 0,
    penaltyWindow: 64,
    logitBias: {},
  },
  maxTokens: undefined,
  stop: [],
  constraint: undefined,
  contextShift: false,
  logprobs: undefined,
}

const add = {
  name: 'add',
  description: 'Add two numbers.',
  parameters: {
    type: 'object',
    properties: { a: { type: 'integer' }, b: { type: 'integer' } },
    required: ['a', 'b'],
  },
} as const
const getWeather = {
  name: 'get_weather',
  description: 'Get the current weather in a city.',
  parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
} as const

function chat(question: string, fields: Partial<ChatRequest> = {}): ChatRequest {
  return deepFreeze({
    ...asked,
    messages: [ChatMessage.user(question)],
    tools: [],
    toolChoice: 'none',
    reasoning: { enabled: undefined, budget: undefined, format: 'separate' },
    templateKwargs: {},
    ...fields,
  })
}

const france = 'What is the capital of France?'
const paris = 'The capital of France is Paris.'
const story = 'Tell me a story.'
/** As much as the tests need of it. */
const told = 'Once upon a time there was a lawyer named Ivan who lived in Milan.'

/** The pieces that came, and the generation. */
async function answer(
  asking: (options: RequestOptions) => Promise<Generation>,
  options: Partial<RequestOptions> = {},
): Promise<{ readonly generation: Generation; readonly deltas: ReplyDelta[] }> {
  const deltas: ReplyDelta[] = []
  const generation = await asking({
    signal: undefined,
    ...options,
    onDelta: (delta) => {
      deltas.push(delta)
      return options.onDelta?.(delta)
    },
  })
  return { generation, deltas }
}

function textOf(deltas: readonly ReplyDelta[]): string {
  return deltas.map((delta) => (delta.kind === 'text' ? delta.text : '')).join('')
}

export interface ContractOptions {
  readonly name: string
  /** An engine that answers with these replies, if it needs to be told. */
  readonly engineFor: (...replies: (string | ScriptedReply)[]) => Engine
}

/** Declares the tests of the contract for one engine. */
export function testEngine({ name, engineFor }: ContractOptions): void {
  describe(`the contract of engines: ${name}`, () => {
    const opened: ModelContext[] = []
    const loaded = new Map<Engine, Promise<Weights>>()

    async function open(
      replies: (string | ScriptedReply)[],
      spec: Partial<ContextSpec> = {},
    ): Promise<ModelContext> {
      const engine = engineFor(...replies)
      const present = loaded.get(engine) ?? engine.load(deepFreeze({ ...weights }), {})
      loaded.set(engine, present)
      const context = await (await present).open(deepFreeze({ ...slot, ...spec }), {})
      opened.push(context)
      return context
    }

    afterAll(async () => {
      for (const context of opened) await context.dispose()
      for (const present of loaded.values()) await (await present).dispose()
    })

    test('weights know the size of their file and the context of their training', async () => {
      const loaded = await engineFor().load(weights, {})
      expect(loaded.bytes).toBeGreaterThan(1_000_000)
      expect(loaded.trainedContext).toBe(1024)
      await loaded.dispose()
    })

    test('a context of size 0 is as large as the model was trained with', async () => {
      expect((await open([], { nCtx: 0 })).contextSize).toBe(1024)
      expect((await open([], { nCtx: 512 })).contextSize).toBe(512)
    })

    test('a load that is aborted before it begins rejects with the reason', async () => {
      await expect(engineFor().load(weights, { signal: AbortSignal.abort('no') })).rejects.toBe('no')
    })

    test('a reply comes in pieces that add up to its text, with what it took', async () => {
      const context = await open([paris])
      const { generation, deltas } = await answer((options) => context.chat(chat(france), options))
      expect(generation).toMatchObject({
        text: paris,
        reasoning: '',
        toolCalls: [],
        logprobs: undefined,
        finishReason: 'stop',
        cachedTokens: 0,
      })
      expect(textOf(deltas)).toBe(paris)
      expect(deltas.length).toBeGreaterThan(1)
      expect(deltas.every((delta) => delta.kind === 'text' && delta.text !== '')).toBe(true)
      expect(generation.promptTokens).toBe(await context.countTokens(chat(france)))
      expect(generation.completionTokens).toBeGreaterThan(3)
      expect(generation.queueMs + generation.promptMs + generation.predictedMs).toBeGreaterThan(0)
    })

    test('requests and what comes of them are data', async () => {
      const context = await open([paris])
      const request = structuredClone(chat(france, { tools: [add], toolChoice: 'auto' }))
      const { generation, deltas } = await answer((options) => context.chat(request, options))
      expect(structuredClone(generation)).toEqual(generation)
      expect(structuredClone(deltas)).toEqual(deltas)
    })

    test('a limit of tokens ends a reply with the reason length', async () => {
      const context = await open([told])
      const { generation, deltas } = await answer((options) =>
        context.chat(chat(story, { maxTokens: 4 }), options),
      )
      expect(generation).toMatchObject({ finishReason: 'length', completionTokens: 4 })
      expect(generation.text).toBe(textOf(deltas))
      expect(told.startsWith(generation.text.trim())).toBe(true)
    })

    test('a stop text ends a reply, and no part of it is shown', async () => {
      const context = await open([told])
      const { generation, deltas } = await answer((options) =>
        context.chat(chat(story, { stop: [' there was'] }), options),
      )
      expect([generation.text, generation.finishReason]).toEqual(['Once upon a time', 'stop'])
      expect(textOf(deltas)).toBe('Once upon a time')
    })

    test('the next piece waits for the listener', async () => {
      const context = await open([told])
      let listening = 0
      let most = 0
      await answer((options) => context.chat(chat(story, { maxTokens: 8 }), options), {
        onDelta: async () => {
          most = Math.max(most, ++listening)
          await new Promise(setImmediate)
          listening--
        },
      })
      expect(most).toBe(1)
    })

    test('an abort before the start rejects with the reason', async () => {
      const context = await open([])
      const { signal } = abortedWith('before')
      await expect(context.chat(chat(france), { signal })).rejects.toBe('before')
    })

    test('an abort in the middle gives what there is, and the slot is free', async () => {
      const context = await open([told, paris])
      const controller = new AbortController()
      let pieces = 0
      const { generation, deltas } = await answer((options) => context.chat(chat(story), options), {
        signal: controller.signal,
        onDelta: () => {
          if (++pieces === 3) controller.abort('enough')
        },
      })
      expect(generation.finishReason).toBe('aborted')
      expect(generation.text).toBe(textOf(deltas))
      expect(told.startsWith(generation.text.trim())).toBe(true)
      expect(generation.text).not.toBe('')
      expect((await context.chat(chat(france), { signal: undefined })).text).toBe(paris)
    })

    test('an abort while it waits for a slot rejects with the reason, and the others go on', async () => {
      const context = await open([told, paris])
      const gate = deferred()
      const begun = deferred()
      const first = context.chat(chat(story, { maxTokens: 4 }), {
        signal: undefined,
        onDelta: () => {
          begun.resolve()
          return gate.promise
        },
      })
      await begun.promise
      const controller = new AbortController()
      const waiting = context.chat(chat(story), { signal: controller.signal })
      const last = context.chat(chat(france), { signal: undefined })
      controller.abort('changed my mind')
      await expect(waiting).rejects.toBe('changed my mind')
      gate.resolve()
      expect((await first).finishReason).toBe('length')
      expect((await last).text).toBe(paris)
    })

    test('requests beyond the slots are all answered', async () => {
      const context = await open(
        Array.from({ length: 6 }, () => paris),
        { slots: 2 },
      )
      const replies = await Promise.all(
        Array.from({ length: 6 }, () => context.chat(chat(france), { signal: undefined })),
      )
      expect(replies.map(({ text }) => text)).toEqual(Array.from({ length: 6 }, () => paris))
    })

    test('a tool call comes with its name once, then pieces of its arguments', async () => {
      const context = await open([{ toolCalls: [{ name: 'add', arguments: '{"a": 123, "b": 456}' }] }])
      const request = chat('What is 123 plus 456?', { tools: [getWeather, add], toolChoice: 'auto' })
      const { generation, deltas } = await answer((options) => context.chat(request, options))
      expect(generation).toMatchObject({ finishReason: 'toolCalls', text: '' })
      expect(generation.toolCalls).toEqual([
        { id: expect.stringMatching(/^\S+$/), name: 'add', arguments: expect.any(String) },
      ])
      const [call] = generation.toolCalls
      expect(JSON.parse(call?.arguments ?? '')).toEqual({ a: 123, b: 456 })
      const pieces = deltas.filter((delta) => delta.kind === 'toolCall')
      expect(pieces[0]).toMatchObject({ index: 0, id: call?.id, name: 'add' })
      expect(pieces.slice(1).some((piece) => 'id' in piece || 'name' in piece)).toBe(false)
      expect(pieces.map((piece) => piece.arguments).join('')).toBe(call?.arguments)
    })

    test('several calls in one turn have numbers and ids of their own', async () => {
      const context = await open([
        {
          toolCalls: [
            { name: 'get_weather', arguments: '{"city": "Rome"}' },
            { name: 'get_weather', arguments: '{"city": "Oslo"}' },
          ],
        },
      ])
      const request = chat('What is the weather in Rome and in Oslo?', {
        tools: [getWeather],
        toolChoice: 'auto',
      })
      const { generation, deltas } = await answer((options) => context.chat(request, options))
      expect(generation.toolCalls.map((call) => JSON.parse(call.arguments))).toEqual([
        { city: 'Rome' },
        { city: 'Oslo' },
      ])
      expect(new Set(generation.toolCalls.map(({ id }) => id)).size).toBe(2)
      for (const [index, call] of generation.toolCalls.entries()) {
        const own = deltas.filter((delta) => delta.kind === 'toolCall' && delta.index === index)
        expect(own.map((delta) => (delta.kind === 'toolCall' ? delta.arguments : '')).join('')).toBe(
          call.arguments,
        )
      }
    })

    test.each([
      { choice: 'required' as const, tools: [getWeather, add] },
      { choice: { name: 'add' }, tools: [add] },
    ])('a choice of $choice always gives a call', async ({ choice, tools }) => {
      const context = await open([{ toolCalls: [{ name: 'add', arguments: '{"a": 1, "b": 2}' }] }])
      const { generation } = await answer((options) =>
        context.chat(chat('Hello', { tools, toolChoice: choice }), options),
      )
      expect(generation.finishReason).toBe('toolCalls')
      expect(generation.toolCalls.length).toBeGreaterThan(0)
      for (const call of generation.toolCalls) {
        expect(tools.map((each) => each.name)).toContain(call.name)
        expect(JSON.parse(call.arguments)).toEqual(expect.any(Object))
      }
    })

    test('the result of a tool is worded', async () => {
      const context = await open(['The result is 579.'])
      const call = { type: 'toolCall', id: 'call_1', name: 'add', arguments: { a: 123, b: 456 } } as const
      const messages = [
        ChatMessage.user('What is 123 plus 456?'),
        ChatMessage.assistant({ toolCalls: [call] }),
        ChatMessage.tool({ result: '579', origin: call }),
      ]
      const { generation } = await answer((options) =>
        context.chat(chat('', { messages, tools: [add], toolChoice: 'auto' }), options),
      )
      expect([generation.text, generation.finishReason]).toEqual(['The result is 579.', 'stop'])
    })

    test('a reply obeys a schema', async () => {
      const context = await open(['{"name": "Nina", "age": 42, "city": "Oslo"}'])
      const schema = {
        type: 'object',
        properties: { name: { type: 'string' }, age: { type: 'integer' }, city: { type: 'string' } },
        required: ['name', 'age', 'city'],
        additionalProperties: false,
      }
      const { generation } = await answer((options) =>
        context.chat(
          chat('Extract name, age and city as JSON: Nina is 42 years old and lives in Oslo.', {
            constraint: { kind: 'json', schema },
          }),
          options,
        ),
      )
      expect(JSON.parse(generation.text)).toEqual({ name: 'Nina', age: 42, city: 'Oslo' })
    })

    test('a completion goes on where its prompt ends', async () => {
      const context = await open([' Paris.'])
      const request: CompletionRequest = {
        ...asked,
        prompt: 'The capital of France is',
        suffix: undefined,
        promptLogprobs: false,
        maxTokens: 3,
      }
      const { generation, deltas } = await answer((options) => context.complete(request, options))
      expect(generation.completionTokens).toBeGreaterThan(0)
      expect(generation.text).toBe(textOf(deltas))
      expect(generation.promptTokens).toBeGreaterThan(0)
    })

    test('a text has tokens', async () => {
      const tokens = await (await open([])).tokenize('one two three')
      expect(tokens.length).toBeGreaterThan(1)
      expect(tokens.every(Number.isInteger)).toBe(true)
    })

    test('what runs or waits when the context is disposed ends with CLOSED, and so does what comes', async () => {
      const loaded = await engineFor(told, told).load(weights, {})
      const context = await loaded.open(slot, {})
      const begun = deferred()
      const running = context.chat(chat(story), {
        signal: undefined,
        onDelta: () => begun.resolve(),
      })
      const waiting = context.chat(chat(story), { signal: undefined })
      const ends = Promise.allSettled([running, waiting])
      await begun.promise
      await context.dispose()
      for (const end of await ends) {
        expect(end).toMatchObject({ status: 'rejected', reason: { code: 'CLOSED' } })
      }
      await expect(context.chat(chat(france), { signal: undefined })).rejects.toMatchObject({
        code: 'CLOSED',
      })
      await loaded.dispose()
    })
  })
}

function abortedWith(reason: string): AbortController {
  const controller = new AbortController()
  controller.abort(reason)
  return controller
}
