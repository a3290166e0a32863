// Answers of the pocket model are recorded, and given again where there is no model.
import { copyFile, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { ChatMessage, ImageContent, tool } from '@millrace/core'
import { recordedEngine } from '@millrace/llama-cpp/testing'
import { LlamaCppChatGenerator } from '../../src/components/chat-generator.ts'
import { LlamaCppTextEmbedder } from '../../src/components/text-embedder.ts'
import type { GivenEngine } from '../../src/session/choose-engine.ts'
import { type Answer, type Asking, ask } from '../asking.ts'
import { failureOf } from '../failure-of.ts'
import { pocketPath, pocketVisionPath } from '../pocket.ts'
import { inTemporaryFolder } from '../temporary-folder.ts'

type Parameters = Partial<ConstructorParameters<typeof LlamaCppChatGenerator>[0]>

const pocketImages = join(dirname(pocketPath), 'images')
const france = 'What is the capital of France?'
const story = 'Tell me a story.'

/** Works with a generator on an engine, and closes it. */
async function withGenerator<Result>(
  engine: GivenEngine,
  parameters: Parameters,
  work: (generator: LlamaCppChatGenerator) => Promise<Result>,
): Promise<Result> {
  const generator = new LlamaCppChatGenerator(
    { model: pocketPath, generationKwargs: { temperature: 0 }, ...parameters },
    engine,
  )
  try {
    return await work(generator)
  } finally {
    await generator.close()
  }
}

/** Does the work with a model that is recorded, then with one that is not there any more. */
async function recordAndReplay<Result>(
  work: (generator: LlamaCppChatGenerator) => Promise<Result>,
  parameters: Parameters = {},
): Promise<{ readonly live: Result; readonly replayed: Result; readonly files: readonly string[] }> {
  const outcome: { live: Result; replayed: Result; files: readonly string[] }[] = []
  await inTemporaryFolder(async (dir) => {
    const model = join(dir, 'pocket.gguf')
    const folder = join(dir, 'recordings')
    await copyFile(pocketPath, model)
    const record = recordedEngine({ folder, mode: 'record' })
    const live = await withGenerator(record, { ...parameters, model }, work)
    await rm(model)
    const replayed = await withGenerator(recordedEngine({ folder }), { ...parameters, model }, work)
    outcome.push({ live, replayed, files: await filesIn(folder) })
  })
  return outcome[0] as (typeof outcome)[number]
}

async function filesIn(folder: string): Promise<string[]> {
  const models = await readdir(folder)
  const files = await Promise.all(models.map((model) => readdir(join(folder, model))))
  return files.flat().sort()
}

const shown = ({ text, meta, chunks }: Answer) => ({
  text,
  finishReason: meta.finishReason,
  model: meta.model,
  engine: meta.engine,
  promptTokens: meta.usage.promptTokens,
  completionTokens: meta.usage.completionTokens,
  pieces: chunks
    .filter(({ content, toolCalls }) => content || toolCalls)
    .map(({ content, toolCalls, index, start }) => ({ content, toolCalls, index, start })),
})

describe('a recorded answer', () => {
  test('is replayed without the model, in the same pieces', async () => {
    const { live, replayed, files } = await recordAndReplay((generator) => ask(generator, story))
    expect(shown(replayed)).toEqual(shown(live))
    expect(replayed.text).toMatch(/^Once upon a time/)
    expect(replayed.chunks.length).toBeGreaterThan(10)
    expect(replayed.meta.timings).toEqual({ promptMs: 0, predictedMs: 0, queueMs: 0, tokensPerSecond: 0 })
    expect(files).toEqual([
      expect.stringMatching(/^chat-[0-9a-f]{16}\.json$/),
      expect.stringMatching(/^open-[0-9a-f]{16}\.json$/),
    ])
  })

  test('has the calls of tools, with the same ids in the next turn', async () => {
    const add = tool({
      name: 'add',
      description: 'Add two numbers.',
      parameters: {
        type: 'object',
        properties: { a: { type: 'integer' }, b: { type: 'integer' } },
        required: ['a', 'b'],
      },
      run: () => 579,
    })
    const { live, replayed } = await recordAndReplay(
      async (generator) => {
        const question = ChatMessage.user('What is 123 plus 456?')
        const first = await generator.run({ messages: [question] })
        const [called] = first.replies
        const [origin] = ChatMessage.toolCalls(called)
        if (!called || !origin) throw new RangeError('nothing was called')
        const messages = [question, called, ChatMessage.tool({ result: '579', origin })]
        return { origin, said: ChatMessage.text((await generator.run({ messages })).replies[0]) }
      },
      { tools: [add] },
    )
    expect(replayed).toEqual(live)
    expect(live.origin).toMatchObject({ name: 'add', arguments: { a: 123, b: 456 } })
    expect(live.origin.id).toMatch(/^[0-9a-f]{9}$/)
    expect(live.said).toBe('The result is 579.')
  })

  test('is replayed for an image, with the model that sees', async () => {
    const image = await ImageContent.fromFile(join(pocketImages, 'red-circle.png'))
    const messages = [ChatMessage.user(['What is in this image?', image])]
    const { live, replayed } = await recordAndReplay(
      async (generator) => ChatMessage.text((await generator.run({ messages })).replies[0]),
      { modelClipPath: pocketVisionPath },
    )
    expect(live).toBe('I see a red circle on a white background.')
    expect(replayed).toBe(live)
  })

  test('may be an error that would come again', async () => {
    const long = 'Alice lives in Paris. '.repeat(30)
    const { live, replayed } = await recordAndReplay(
      async (generator) => {
        const { code, message, actual, expected } = await failureOf(ask(generator, long))
        return { code, message, actual, expected }
      },
      { nCtx: 64 },
    )
    expect(replayed).toEqual(live)
    expect(live).toMatchObject({ code: 'CONTEXT_OVERFLOW', expected: 64 })
  })

  test('of a model with an adapter or a template of its own is another one', async () => {
    const chatTemplate = "{% for m in messages %}{{ m['content'] }} {% endfor %}"
    const { files } = await recordAndReplay(async (generator) => {
      const answer = await ask(generator, france)
      return answer.text
    })
    const other = await recordAndReplay((generator) => ask(generator, france), {
      modelKwargs: { chatTemplate },
    })
    expect(other.files).not.toEqual(files)
  })

  test('is stopped by an abort, as a live one is', async () => {
    const { replayed } = await recordAndReplay(async (generator) => {
      await ask(generator, story)
      const controller = new AbortController()
      const asking: Asking = {
        signal: controller.signal,
        onChunk: ({ index }) => {
          if (index === 2) controller.abort('enough')
        },
      }
      const { text, meta } = await ask(generator, story, {}, asking)
      await expect(ask(generator, story, {}, { signal: AbortSignal.abort('no') })).rejects.toBe('no')
      return { begun: text.startsWith('Once upon'), short: text.length < 150, reason: meta.finishReason }
    })
    expect(replayed).toEqual({ begun: true, short: true, reason: 'aborted' })
  })

  test('is one of several for equal requests, in their order; the last comes again', async () => {
    const { live, replayed, files } = await recordAndReplay(async (generator) => {
      const asked = await Promise.all(
        [1, 2].map(() => ask(generator, story, { temperature: 2, maxTokens: 12 })),
      )
      return asked.map(({ text }) => text)
    })
    expect(replayed).toEqual(live)
    expect(live[0]).not.toBe(live[1])
    expect(files.length).toBe(2)
    await inTemporaryFolder(async (folder) => {
      const record = recordedEngine({ folder, mode: 'record' })
      const texts = await withGenerator(record, {}, async (generator) => [
        (await ask(generator, story, { temperature: 2, maxTokens: 12 })).text,
        (await ask(generator, story, { temperature: 2, maxTokens: 12 })).text,
      ])
      const again = await withGenerator(recordedEngine({ folder }), {}, async (generator) => {
        const answers: string[] = []
        for (let round = 0; round < 4; round++) {
          answers.push((await ask(generator, story, { temperature: 2, maxTokens: 12 })).text)
        }
        return answers
      })
      expect(again).toEqual([texts[0], texts[1], texts[1], texts[1]])
    })
  })

  test('counts a seed where one was chosen and chance decides', async () => {
    const { files } = await recordAndReplay(async (generator) => {
      const texts: string[] = []
      for (const options of [
        { temperature: 1, seed: 1 },
        { temperature: 1, seed: 2 },
        { seed: 1 },
        { seed: 2 },
      ]) {
        texts.push((await ask(generator, france, { ...options, maxTokens: 3 })).text)
      }
      return texts
    })
    expect(files.filter((file) => file.startsWith('chat-')).length).toBe(3)
  })

  test('of an embedder is its vector', async () => {
    await inTemporaryFolder(async (dir) => {
      const folder = join(dir, 'recordings')
      const vectors: (readonly number[])[] = []
      for (const mode of ['record', 'replay'] as const) {
        const model = mode === 'record' ? pocketPath : join(dir, 'elsewhere', 'pocket.gguf')
        const embedder = new LlamaCppTextEmbedder({ model }, recordedEngine({ folder, mode }))
        vectors.push((await embedder.run({ text: 'Alice lives in Paris.' })).embedding)
        await embedder.close()
      }
      expect(vectors[1]).toEqual(vectors[0])
      expect(vectors[0]?.length).toBe(128)
      const [file = ''] = (await readdir(join(folder, 'pocket.gguf'))).filter((name) =>
        name.startsWith('embed'),
      )
      const text = await readFile(join(folder, 'pocket.gguf', file), 'utf8')
      expect(text.split('\n').length).toBeLessThan(30)
    })
  })

  test('ends with CLOSED when the component is closed', async () => {
    await inTemporaryFolder(async (folder) => {
      await withGenerator(recordedEngine({ folder, mode: 'record' }), {}, (generator) =>
        ask(generator, story),
      )
      await withGenerator(recordedEngine({ folder }), {}, async (generator) => {
        const streamingCallback = () => new Promise<void>(() => {})
        const running = failureOf(generator.run({ messages: story, streamingCallback }))
        await new Promise((resolve) => setImmediate(resolve))
        await generator.warmUp()
        await generator.close()
        expect((await running).code).toBe('CLOSED')
      })
    })
  })
})

describe('a recording', () => {
  test('is the same file each time, with nothing of the machine or the clock in it', async () => {
    const contents: string[] = []
    await inTemporaryFolder(async (dir) => {
      for (const folder of [join(dir, 'one'), join(dir, 'two')]) {
        const engine = recordedEngine({ folder, mode: 'record' })
        const parameters = { slots: folder.endsWith('two') ? 2 : 1 }
        await withGenerator(engine, parameters, async (generator) => {
          await ask(generator, france)
          await ask(generator, france)
        })
        const files = (await readdir(join(folder, 'pocket.gguf'))).sort()
        for (const file of files) contents.push(await readFile(join(folder, 'pocket.gguf', file), 'utf8'))
      }
    })
    expect(contents.slice(2)).toEqual(contents.slice(0, 2))
    expect(contents.join('')).not.toContain(process.cwd())
    expect(JSON.parse(contents[0] ?? '')).toEqual({
      version: 1,
      kind: 'chat',
      model: 'pocket.gguf',
      options: {},
      request: expect.objectContaining({
        messages: [{ role: 'user', content: [{ type: 'text', text: france }] }],
      }),
      answers: [
        {
          result: {
            pieces: expect.arrayContaining(['The']),
            finishReason: 'stop',
            promptTokens: expect.any(Number),
            completionTokens: expect.any(Number),
          },
        },
      ],
    })
  })

  test('is replaced when it is recorded again', async () => {
    await inTemporaryFolder(async (folder) => {
      const texts: string[] = []
      for (let round = 0; round < 2; round++) {
        await withGenerator(recordedEngine({ folder, mode: 'record' }), {}, async (generator) => {
          texts.push((await ask(generator, story, { temperature: 2, maxTokens: 12 })).text)
        })
      }
      const again = await withGenerator(recordedEngine({ folder }), {}, (generator) =>
        ask(generator, story, { temperature: 2, maxTokens: 12 }),
      )
      expect(again.text).toBe(texts[1])
    })
  })
})

describe('a request that was not recorded', () => {
  test('fails with what it differs in from the nearest that was', async () => {
    await inTemporaryFolder(async (dir) => {
      const folder = join(dir, 'recordings')
      await withGenerator(recordedEngine({ folder, mode: 'record' }), {}, async (generator) => {
        await ask(generator, france)
        await ask(generator, story, { maxTokens: 5, stop: ['x'] })
      })
      await withGenerator(recordedEngine({ folder }), {}, async (generator) => {
        const error = await failureOf(ask(generator, 'What is the capital of Japan?', { topK: 1 }))
        const message = error.message.replaceAll(folder, 'FOLDER').replace(/[0-9a-f]{16}/g, 'HASH')
        expect(error).toMatchObject({ code: 'RECORDING_MISSING', model: 'pocket.gguf' })
        expect(message).toBe(
          `No recording in 'FOLDER' answers this request of kind 'chat' to 'pocket.gguf' (HASH). The nearest, 'chat-HASH.json', differs in request.messages[0].content[0].text (asked "What is the capital of Japan?", recorded "What is the capital of France?"); request.sampling.topK (asked 1, recorded 40). Record it with the mode 'record', or MILLRACE_RECORD=record:FOLDER on the command line, or ask what was recorded.`,
        )
        expect((await ask(generator, france)).text).toBe('The capital of France is Paris.')
      })
    })
  })

  test('of a model that was not recorded fails with those that were', async () => {
    await inTemporaryFolder(async (folder) => {
      await mkdir(join(folder, 'pocket.gguf'))
      const error = await failureOf(
        withGenerator(recordedEngine({ folder }), { model: 'npm:somewhere/poket.gguf' }, (generator) =>
          generator.warmUp(),
        ),
      )
      expect(error.code).toBe('RECORDING_MISSING')
      expect(error.message.replaceAll(folder, 'FOLDER')).toBe(
        "Nothing that 'poket.gguf' answers is recorded in 'FOLDER'. There are recordings of 'pocket.gguf'. Did you mean 'pocket.gguf'? Record it with the mode 'record', or MILLRACE_RECORD=record:FOLDER on the command line, or ask what was recorded.",
      )
    })
  })

  test('in a folder that is not there says so', async () => {
    const error = await failureOf(
      withGenerator(recordedEngine({ folder: 'no/such/folder' }), {}, (generator) => generator.warmUp()),
    )
    expect([error.code, error.message]).toEqual([
      'RECORDING_MISSING',
      "Nothing that 'pocket.gguf' answers is recorded in 'no/such/folder'. There are no recordings there. Record it with the mode 'record', or MILLRACE_RECORD=record:no/such/folder on the command line, or ask what was recorded.",
    ])
  })
})

describe('a file that no recording wrote', () => {
  test.each([
    ['cut off', (text: string) => text.slice(0, 50), 'is not JSON: '],
    [
      'of another version',
      (text: string) => text.replace('"version": 1', '"version": 7'),
      'is not a recording: ',
    ],
    [
      'without answers',
      (text: string) => text.replace(/"answers": [\s\S]*/, '"answers": []}'),
      'is not a recording: ',
    ],
    [
      'with a wrong piece',
      (text: string) => text.replace('"The"', '{"kind": "text"}'),
      'is not a recording: in answers[0], ',
    ],
    [
      'with a wrong end',
      (text: string) => text.replace('"stop"', '"tired"'),
      'is not a recording: in answers[0], ',
    ],
    [
      'with another request',
      (text: string) => text.replace('France', 'Spain'),
      'does not hold the request that it is named after',
    ],
  ])('because it is %s is refused', async (_, change, problem) => {
    await inTemporaryFolder(async (folder) => {
      await withGenerator(recordedEngine({ folder, mode: 'record' }), {}, (generator) =>
        ask(generator, france),
      )
      const [file = ''] = (await filesIn(folder)).filter((name) => name.startsWith('chat'))
      const path = join(folder, 'pocket.gguf', file)
      await writeFile(path, change(await readFile(path, 'utf8')))
      const error = await failureOf(
        withGenerator(recordedEngine({ folder }), {}, (generator) => ask(generator, france)),
      )
      expect([error.code, error.path]).toEqual(['RECORDING_INVALID', path])
      expect(error.message.startsWith(`'${path}' ${problem}`)).toBe(true)
      expect(error.message.endsWith('. Delete the file and record it again.')).toBe(true)
      expect(error.message).not.toContain('.. ')
    })
  })
})
