// Child processes that end by themselves, by kill -9: whatever they worked on fails, and nothing else does.
import { once } from 'node:events'
import { afterEach, describe, expect, test } from '@jest/globals'
import type { StreamingChunk } from '@millrace/core'
import { turnsUntil } from '../../../../../test/turns-until.ts'
import { LlamaCppChatGenerator } from '../../../src/components/chat-generator.ts'
import { isolatedEngine } from '../../../src/engines/isolated/isolated-engine.ts'
import { ask } from '../../asking.ts'
import { failureOf } from '../../failure-of.ts'
import { pocketPath } from '../../pocket.ts'
import { chatRequest, pocketWeights, withContext } from '../chat-request.ts'
import { watchEngineChildren } from './engine-children.ts'

const children = watchEngineChildren()
// Its process starts in a third of the time that the other engine's takes, and what is tested here is of neither.
const engine = isolatedEngine('llama.node')
const made: LlamaCppChatGenerator[] = []

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

function killNewest(): void {
  process.kill(children.at(-1)?.pid ?? 0, 'SIGKILL')
}

afterEach(async () => {
  await Promise.all(made.splice(0).map((generator) => generator.close()))
})

const story = 'Tell me a story.'
const crashMessage =
  "The process of engine 'llama.node' was killed by SIGKILL, as the system does when memory runs out. What it was working on failed; the next request starts it again."

test("the parameter isolation: 'process' is what asks for a child", async () => {
  for (const [isolation, started] of [
    ['none', 0],
    ['process', 1],
  ] as const) {
    const before = children.length
    const generator = new LlamaCppChatGenerator({ model: pocketPath, isolation })
    await generator.warmUp()
    expect(children.length - before).toBe(started)
    await generator.close()
  }
})

describe('a crash', () => {
  test('in the middle of a reply fails that request, after what it had streamed, and the next one works', async () => {
    const generator = generatorWith()
    const whole = await ask(generator, story)
    const before = children.length
    const chunks: StreamingChunk[] = []
    const onChunk = (chunk: StreamingChunk) => {
      chunks.push(chunk)
      if (chunk.index === 3) killNewest()
    }
    const error = await failureOf(ask(generator, story, {}, { onChunk }))
    expect(error).toMatchObject({
      code: 'ENGINE_CRASHED',
      message: expect.stringContaining(crashMessage),
      engine: 'llama.node',
      signal: 'SIGKILL',
      exitCode: undefined,
    })
    const streamed = chunks.map(({ content }) => content ?? '').join('')
    expect(streamed).not.toBe('')
    expect(whole.text.startsWith(streamed)).toBe(true)
    expect((await ask(generator, story)).text).toBe(whole.text)
    expect(children.length).toBe(before + 1)
  })

  test('fails all that runs and waits, with one start for all that come after', async () => {
    // Components share the weights of this engine, and so a process.
    const shared = isolatedEngine('node-llama-cpp')
    const generators = [generatorWith({ slots: 2 }, shared), generatorWith({}, shared)]
    await Promise.all(generators.map((generator) => generator.warmUp()))
    const before = children.length
    const asked = generators.flatMap((generator) => [
      failureOf(ask(generator, story)),
      failureOf(ask(generator, story)),
      failureOf(ask(generator, story)),
    ])
    killNewest()
    for (const error of await Promise.all(asked)) expect(error.code).toBe('ENGINE_CRASHED')
    const again = await Promise.all(generators.flatMap((each) => [ask(each, 'Hello'), ask(each, 'Hello')]))
    expect(again.map(({ text }) => text)).toEqual(again.map(() => 'Hello! How can I help you?'))
    expect(children.length).toBe(before + 1)
  })

  test('while nothing is asked costs nothing', async () => {
    const generator = generatorWith()
    await generator.warmUp()
    const child = children.at(-1)
    killNewest()
    if (child) await once(child, 'close')
    expect((await ask(generator, 'Hello')).text).toBe('Hello! How can I help you?')
  })

  test('of one model is none of another', async () => {
    const [one, other] = [generatorWith(), generatorWith({ modelKwargs: { useMmap: false } })]
    await other.warmUp()
    await one.warmUp()
    const failed = failureOf(ask(one, story))
    const answered = ask(other, story)
    killNewest()
    expect((await failed).code).toBe('ENGINE_CRASHED')
    expect((await answered).meta.finishReason).toBe('stop')
  })

  test('gives the reason of its signal to a request that was aborted before', async () => {
    const generator = generatorWith()
    await generator.warmUp()
    const controller = new AbortController()
    const asked = ask(generator, story, {}, { signal: controller.signal })
    killNewest()
    controller.abort('no longer')
    await expect(asked).rejects.toBe('no longer')
  })
})

describe('a crash while the model is loaded', () => {
  test('fails what waits for it, and the next load works', async () => {
    const generator = generatorWith()
    const before = children.length
    const loading = [failureOf(generator.warmUp()), failureOf(ask(generator, 'Hello'))]
    await turnsUntil(() => children.length > before)
    killNewest()
    for (const error of await Promise.all(loading)) expect(error.code).toBe('ENGINE_CRASHED')
    expect(children.length).toBe(before + 1)
    expect((await ask(generator, 'Hello')).text).toBe('Hello! How can I help you?')
  })

  test('again, after one in a request, is one attempt and no more', async () => {
    await withContext(engine, async (context) => {
      killNewest()
      expect((await failureOf(context.chat(chatRequest(story), { signal: undefined }))).code).toBe(
        'ENGINE_CRASHED',
      )
      const before = children.length
      const asked = [1, 2].map(() => failureOf(context.chat(chatRequest('Hello'), { signal: undefined })))
      await turnsUntil(() => children.length > before)
      killNewest()
      for (const error of await Promise.all(asked)) expect(error.code).toBe('ENGINE_CRASHED')
      expect(children.length).toBe(before + 1)
      expect((await context.chat(chatRequest('Hello'), { signal: undefined })).text).toMatch(/^Hello!/)
    })
  })
})

describe('dispose', () => {
  test('during a crash, and during the load after one, settles everything', async () => {
    const weights = await engine.load(pocketWeights, {})
    const spec = {
      nCtx: 256,
      nBatch: 256,
      slots: 1,
      nThreads: 1,
      flashAttn: false,
    }
    const context = await weights.open(spec as Parameters<typeof weights.open>[0], {})
    const crashing = failureOf(context.chat(chatRequest(story), { signal: undefined }))
    killNewest()
    expect((await crashing).code).toBe('ENGINE_CRASHED')
    const before = children.length
    const reloading = failureOf(context.chat(chatRequest(story), { signal: undefined }))
    await turnsUntil(() => children.length > before)
    await weights.dispose()
    expect((await reloading).code).toBe('CLOSED')
    expect(children.at(-1)?.killed).toBe(true)
    expect((await failureOf(context.countTokens({ messages: [], tools: [], templateKwargs: {} }))).code).toBe(
      'CLOSED',
    )
    await context.dispose()
  })

  test('leaves no child', async () => {
    await withContext(engine, async () => {})
    const running = children.filter((child) => child.exitCode === null && child.signalCode === null)
    expect(running).toEqual([])
    const last = children.at(-1)
    expect(last?.signalCode).toBe('SIGKILL')
  })
})
