// The engine in a child process, asked through the component: it does what it does in this process.
import { afterAll, describe, expect, test } from '@jest/globals'
import { ChatMessage, type StreamingChunk } from '@millrace/core'
import { LlamaCppChatGenerator } from '../../../src/components/chat-generator.ts'
import type { Engine, ModelContext, Weights } from '../../../src/engines/engine.ts'
import { isolatedEngine } from '../../../src/engines/isolated/isolated-engine.ts'
import { nodeLlamaCpp } from '../../../src/engines/node-llama-cpp.ts'
import type { ChatRequest } from '../../../src/engines/request.ts'
import { contextSpec } from '../../../src/session/specs.ts'
import { ask } from '../../asking.ts'
import { deferred } from '../../deferred.ts'
import { failureOf } from '../../failure-of.ts'
import { cutting, plainSpec } from '../../opened-texts.ts'
import { pocketPath, pocketVisionPath } from '../../pocket.ts'
import { inTemporaryFolder } from '../../temporary-folder.ts'
import { chatRequest, pocketWeights } from '../chat-request.ts'

const engine = isolatedEngine('node-llama-cpp')
const made: LlamaCppChatGenerator[] = []
const loaded = new Map<Engine, Promise<Weights>>()

function generatorWith(
  parameters: Partial<ConstructorParameters<typeof LlamaCppChatGenerator>[0]> = {},
  by = engine,
) {
  const generator = new LlamaCppChatGenerator(
    { model: pocketPath, generationKwargs: { temperature: 0 }, ...parameters },
    by,
  )
  made.push(generator)
  return generator
}

/** Opens a context for as long as the work takes, on weights that all of them share: a load is a process. */
async function withContext(by: Engine, work: (context: ModelContext) => Promise<void>): Promise<void> {
  const weights = loaded.get(by) ?? by.load(pocketWeights, {})
  loaded.set(by, weights)
  const context = await (await weights).open(contextSpec({}, {}, {}), {})
  try {
    await work(context)
  } finally {
    await context.dispose()
  }
}

afterAll(async () => {
  await Promise.all(made.map((generator) => generator.close()))
  for (const weights of loaded.values()) await (await weights).dispose()
})

const story = 'Tell me a story.'
const capitals = ['France', 'Japan', 'Canada', 'Ghana', 'Peru', 'Norway', 'Spain', 'Germany']
const question = (country: string) => `What is the capital of ${country}?`
const contentOf = (chunks: readonly StreamingChunk[]) => chunks.map(({ content }) => content ?? '').join('')

describe('an answer', () => {
  test('is that of the same engine in this process, and so is its stream', async () => {
    const here = await ask(generatorWith({}, nodeLlamaCpp), story)
    const there = await ask(generatorWith(), story)
    expect(there.text).toBe(here.text)
    expect([here.meta.device, there.meta.device]).toEqual(['cpu', 'cpu'])
    expect(there.chunks.map(({ content }) => content)).toEqual(here.chunks.map(({ content }) => content))
    const { timings, responseId, created, ...meta } = there.meta
    expect(here.meta).toMatchObject(meta)
    expect(timings.predictedMs).toBeGreaterThan(0)
  })

  test('is streamed in order, and the next token waits for a slow listener', async () => {
    const generator = generatorWith()
    const heard: string[] = []
    let listening = 0
    let most = 0
    const { replies } = await generator.run({
      messages: story,
      streamingCallback: async ({ content }) => {
        listening++
        most = Math.max(most, listening)
        await new Promise((resolve) => setImmediate(resolve))
        heard.push(content ?? '')
        listening--
      },
    })
    expect(heard.join('')).toBe(ChatMessage.text(replies[0]))
    expect(most).toBe(1)
  })

  test('of each of 20 requests over 4 slots is the one that it would get alone', async () => {
    const generator = generatorWith({ slots: 4 })
    const countries = Array.from({ length: 20 }, (_, index) => capitals[index % capitals.length] as string)
    const alone = new Map<string, string>()
    for (const country of capitals) alone.set(country, (await ask(generator, question(country))).text)
    const together = await Promise.all(countries.map((country) => ask(generator, question(country))))
    expect(together.map(({ text }) => text)).toEqual(countries.map((country) => alone.get(country)))
  })
})

describe('an abort', () => {
  test('in the middle gives what there is', async () => {
    const controller = new AbortController()
    const onChunk = ({ index }: StreamingChunk) => {
      if (index === 2) controller.abort(new Error('enough'))
    }
    const { text, meta, chunks } = await ask(
      generatorWith(),
      story,
      {},
      { signal: controller.signal, onChunk },
    )
    expect(meta.finishReason).toBe('aborted')
    expect(text).toBe(contentOf(chunks))
    expect(text).toMatch(/^Once upon a/)
    expect(text.length).toBeLessThan(180)
  })

  test('in the queue, or within the prompt, rejects with its own reason', async () => {
    const generator = generatorWith({ nBatch: 8 })
    const first = ask(generator, story)
    const queued = new AbortController()
    const waiting = ask(generator, story, {}, { signal: queued.signal })
    queued.abort('never mind')
    await expect(waiting).rejects.toBe('never mind')
    await first
    const prompted = new AbortController()
    const onChunk = ({ meta }: StreamingChunk) => {
      if (meta?.['promptProgress']) prompted.abort('too long')
    }
    const long = 'Alice lives in Paris. '.repeat(30)
    await expect(ask(generator, long, {}, { signal: prompted.signal, onChunk })).rejects.toBe('too long')
  })

  test('before the first token leaves the slot to the others', async () => {
    const generator = generatorWith()
    await generator.warmUp()
    const aborted = Array.from({ length: 10 }, () => {
      const controller = new AbortController()
      const asked = ask(generator, story, {}, { signal: controller.signal })
      controller.abort('no')
      return expect(asked).rejects.toBe('no')
    })
    await Promise.all(aborted)
    expect((await ask(generator, question('France'))).text).toBe('The capital of France is Paris.')
  })
})

describe('an error', () => {
  test('of a request keeps its class, its code, its message and its facts', async () => {
    const generator = generatorWith({ nCtx: 32 })
    const long = 'Alice lives in Paris. '.repeat(30)
    const [there, here] = [
      await failureOf(ask(generator, long)),
      await failureOf(ask(generatorWith({ nCtx: 32 }, nodeLlamaCpp), long)),
    ]
    expect(there).toMatchObject({ code: 'CONTEXT_OVERFLOW', name: 'LlamaCppError', expected: 32 })
    expect([there.message, there.actual]).toEqual([here.message, here.actual])
    expect(there.stack).toMatch(/generate/)
    expect((await ask(generator, 'Hello', { maxTokens: 2 })).text).not.toBe('')
  })

  test('of a load keeps its code, its path and its cause', async () => {
    const kvOverrides = { 'llama.embedding_length': 64 }
    const error = await failureOf(generatorWith({ modelKwargs: { kvOverrides } }).warmUp())
    expect(error).toMatchObject({ code: 'MODEL_LOAD_FAILED', path: pocketPath, engine: 'node-llama-cpp' })
    expect(error.message).toContain('invalid n_rot: 32, expected 16')
    expect(error.cause).toBeInstanceOf(Error)
  })

  test('of a mmproj file is found before there is a process', async () => {
    expect((await failureOf(generatorWith({ model: pocketVisionPath }).warmUp())).code).toBe(
      'MODEL_UNSUPPORTED',
    )
  })

  test('of a listener ends the request as it does in this process, and the next one works', async () => {
    for (const each of [nodeLlamaCpp, engine]) {
      await withContext(each, async (context) => {
        let heard = 0
        const onDelta = () => {
          heard++
          throw new RangeError('the listener is full')
        }
        const error = await failureOf(context.chat(chatRequest(story), { signal: undefined, onDelta }))
        expect([error.code, error.message, heard]).toEqual([
          'ENGINE_FAILED',
          "Engine 'node-llama-cpp' failed during a request: the listener is full",
          1,
        ])
        const { text } = await context.chat(chatRequest('Hello'), { signal: undefined })
        expect(text).toBe('Hello! How can I help you?')
      })
    }
  })
})

describe('a context', () => {
  test('counts tokens, and knows the ids of a text', async () => {
    const counts: unknown[] = []
    for (const each of [nodeLlamaCpp, engine]) {
      await withContext(each, async (context) => {
        const { messages, tools, templateKwargs } = chatRequest('Hello')
        counts.push([
          context.contextSize,
          await context.countTokens({ messages, tools, templateKwargs }),
          await context.tokenize('<|im_end|> is a word'),
        ])
      })
    }
    expect(counts[1]).toEqual(counts[0])
  })

  test('saves what its slots hold, and reads it back', async () => {
    await inTemporaryFolder(async (folder) => {
      await withContext(engine, async (context) => {
        await context.chat(chatRequest(story, { maxTokens: 4 }), { signal: undefined })
        expect(await context.saveState(folder, {})).toBe(1)
      })
      await withContext(engine, async (context) => {
        expect(await context.loadState(folder, {})).toBe(1)
        const { cachedTokens } = await context.chat(chatRequest(story, { maxTokens: 4 }), {
          signal: undefined,
        })
        expect(cachedTokens).toBeGreaterThan(0)
      })
    })
  })

  test('embeds as it does in this process, and says how far it is', async () => {
    const outcomes: unknown[] = []
    for (const each of [nodeLlamaCpp, engine]) {
      const weights = await each.load(pocketWeights, {})
      const context = await weights.openEmbedding(plainSpec, {})
      const done: number[] = []
      const onDone = (count: number) => done.push(count)
      const embedded = await context.embed(['Alice', 'Bob likes pizza.'], { ...cutting, onDone })
      const empty = await weights.openRanking(plainSpec, {}).then(
        (ranking) => ranking.contextSize,
        (error) => [error.code, error.message],
      )
      outcomes.push({ dimensions: context.dimensions, size: context.contextSize, embedded, done, empty })
      await context.dispose()
      await weights.dispose()
    }
    expect(outcomes[1]).toEqual(outcomes[0])
  })

  test('completes a text as it does in this process', async () => {
    const { messages, tools, toolChoice, reasoning, templateKwargs, ...shared } = chatRequest('')
    const request = {
      ...shared,
      prompt: 'The capital of',
      suffix: undefined,
      promptLogprobs: false,
      maxTokens: 5,
    }
    const texts: string[] = []
    for (const each of [nodeLlamaCpp, engine]) {
      await withContext(each, async (context) => {
        texts.push((await context.complete(request, { signal: undefined })).text)
      })
    }
    expect(texts[1]).toBe(texts[0])
  })

  test('takes only data', async () => {
    await withContext(engine, async (context) => {
      const request = { ...chatRequest('Hello'), templateKwargs: { now: () => 0 } } as unknown as ChatRequest
      const error = await failureOf(context.chat(request, { signal: undefined }))
      expect([error.code, error.message]).toEqual([
        'OPTION_INVALID',
        'A request to an engine in another process has to be data, but ()=>0 could not be cloned.',
      ])
      expect((await context.chat(chatRequest('Hello'), { signal: undefined })).finishReason).toBe('stop')
    })
  })
})

describe('close', () => {
  test('ends what runs and what waits with CLOSED, and a later run loads again', async () => {
    const generator = generatorWith()
    const begun = deferred()
    const onChunk = () => begun.resolve()
    const asked = [failureOf(ask(generator, story, {}, { onChunk })), failureOf(ask(generator, story))]
    await begun.promise
    await generator.close()
    for (const error of await Promise.all(asked)) {
      expect([error.code, error.message]).toEqual([
        'CLOSED',
        'The model was closed before the request was answered.',
      ])
    }
    expect((await ask(generator, 'Hello')).text).toBe('Hello! How can I help you?')
  })

  test('while the model is being loaded ends that', async () => {
    const generator = generatorWith({ modelKwargs: { useMmap: false } })
    const loading = failureOf(generator.warmUp())
    await generator.close()
    expect((await loading).code).toBe('CLOSED')
  })
})
