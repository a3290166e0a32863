// Many requests, aborts and closes on the real engine. Nothing here waits for a time: only for events.
import { setImmediate } from 'node:timers/promises'
import { afterAll, describe, expect, jest, test } from '@jest/globals'
import { ChatMessage, type StreamingChunk } from '@millrace/core'
import { aloneContext } from '@millrace/core/component'
import { LlamaCppChatGenerator } from '../../../src/components/chat-generator.ts'
import { nodeLlamaCpp } from '../../../src/engines/node-llama-cpp.ts'
import { ask } from '../../asking.ts'
import { deferred } from '../../deferred.ts'
import { failureOf } from '../../failure-of.ts'
import { pocketPath } from '../../pocket.ts'

const { assistant, system, user } = ChatMessage
const made: LlamaCppChatGenerator[] = []

function generatorWith(parameters: Partial<ConstructorParameters<typeof LlamaCppChatGenerator>[0]> = {}) {
  const generator = new LlamaCppChatGenerator({
    model: pocketPath,
    generationKwargs: { temperature: 0 },
    ...parameters,
  })
  made.push(generator)
  return generator
}

afterAll(async () => {
  await Promise.all(made.map((generator) => generator.close()))
})

const capitals = {
  France: 'Paris',
  Japan: 'Tokyo',
  Canada: 'Ottawa',
  Ghana: 'Accra',
  Peru: 'Lima',
  Norway: 'Oslo',
  Spain: 'Madrid',
  Germany: 'Berlin',
}
const question = (country: string) => `What is the capital of ${country}?`
const answer = (country: string, capital: string) => `The capital of ${country} is ${capital}.`

describe('requests at the same time', () => {
  test('get the answers that they would get alone', async () => {
    const generator = generatorWith({ slots: 4 })
    const asked = Object.entries(capitals).map(async ([country, capital]) => {
      const { text } = await ask(generator, question(country))
      return [text, answer(country, capital)]
    })
    for (const [text, expected] of await Promise.all(asked)) expect(text).toBe(expected)
  })

  test('are evaluated together, as many as there are slots', async () => {
    const generator = generatorWith({ slots: 2 })
    await meetsOther(generator)
  })

  test('wait in the order in which they came', async () => {
    const generator = generatorWith()
    const order: string[] = []
    const asked = Object.keys(capitals).map(async (country) => {
      const { meta } = await ask(generator, question(country))
      order.push(country)
      return meta.timings.queueMs
    })
    const waits = await Promise.all(asked)
    expect(order).toEqual(Object.keys(capitals))
    expect(waits).toEqual([...waits].sort((one, other) => one - other))
  })

  test('go to the slot that holds most of their conversation', async () => {
    const generator = generatorWith({ slots: 2 })
    const chats = ['Priya', 'Omar'].map((name) => [user(`My name is ${name}.`)])
    const openings = await Promise.all(chats.map((chat) => ask(generator, chat)))
    const turns = chats.map((chat, index) => [
      ...chat,
      assistant({ text: openings[index]?.text ?? '' }),
      user('What is my name?'),
    ])
    for (const index of [1, 0]) {
      const { text, meta } = await ask(generator, turns[index] ?? [])
      expect(text).toBe(`Your name is ${index === 0 ? 'Priya' : 'Omar'}.`)
      expect(meta.usage.cachedTokens).toBe(openings[index]?.meta.usage.totalTokens)
    }
  })

  test('with one system prompt do not push each other out while a slot is empty', async () => {
    const generator = generatorWith({ slots: 2 })
    const prompt = system('Be brief.')
    const chats = ['France', 'Japan'].map((country) => [prompt, user(question(country))])
    const openings = []
    for (const chat of chats) openings.push(await ask(generator, chat))
    const next = [...(chats[0] ?? []), assistant({ text: openings[0]?.text ?? '' }), user('Who are you?')]
    const { meta } = await ask(generator, next)
    expect(meta.usage.cachedTokens).toBe(openings[0]?.meta.usage.totalTokens)
  })
})

describe('abort', () => {
  test('while a request waits for a slot rejects with the reason, and leaves the others alone', async () => {
    const generator = generatorWith()
    const [begun, gate] = [deferred(), deferred()]
    const first = generator.run({
      messages: question('France'),
      streamingCallback: () => {
        begun.resolve()
        return gate.promise
      },
    })
    await begun.promise
    const controller = new AbortController()
    const leaving = ask(generator, question('Japan'), {}, { signal: controller.signal })
    const staying = ask(generator, question('Peru'))
    await setImmediate()
    controller.abort('enough')
    await expect(leaving).rejects.toBe('enough')
    gate.resolve()
    expect(ChatMessage.text((await first).replies[0] ?? user(''))).toBe(answer('France', 'Paris'))
    expect((await staying).text).toBe(answer('Peru', 'Lima'))
  })

  test('in the middle of a prompt rejects with the reason before the prompt is done', async () => {
    const generator = generatorWith({ nCtx: 4096 })
    const controller = new AbortController()
    const progress: { doneTokens: number; totalTokens: number }[] = []
    const onChunk = ({ meta }: StreamingChunk) => {
      progress.push(meta?.['promptProgress'] as (typeof progress)[number])
      controller.abort('enough')
    }
    const long = 'Nina is 42 years old and lives in Oslo. '.repeat(150)
    await expect(ask(generator, long, {}, { signal: controller.signal, onChunk })).rejects.toBe('enough')
    expect(progress).toHaveLength(1)
    expect(progress[0]?.totalTokens).toBeGreaterThan(1500)
    expect(progress[0]?.doneTokens).toBeLessThan(600)
    expect((await ask(generator, question('France'))).text).toBe(answer('France', 'Paris'))
  })

  test('in the middle of a reply gives what there is, and frees the slot', async () => {
    const generator = generatorWith()
    const controller = new AbortController()
    const onChunk = ({ content }: StreamingChunk) => {
      if (content.includes(' capital')) controller.abort()
    }
    const { text, meta, chunks } = await ask(
      generator,
      question('France'),
      {},
      { signal: controller.signal, onChunk },
    )
    expect(text).toBe('The capital')
    expect(meta.finishReason).toBe('aborted')
    expect(meta.usage.completionTokens).toBe(2)
    expect(chunks.at(-1)).toMatchObject({ content: '', finishReason: 'aborted' })
    expect((await ask(generator, question('Japan'))).text).toBe(answer('Japan', 'Tokyo'))
  })

  test('does not wait for a callback that is waiting itself', async () => {
    const generator = generatorWith()
    const controller = new AbortController()
    const { replies } = await generator.run(
      {
        messages: question('France'),
        streamingCallback: ({ finishReason }) => {
          controller.abort()
          return finishReason ? undefined : new Promise(() => {})
        },
      },
      { ...aloneContext({ type: 'LlamaCppChatGenerator' }), signal: controller.signal },
    )
    expect(replies[0]?.meta?.['finishReason']).toBe('aborted')
  })

  test('at any moment, 200 times, loses no slot', async () => {
    const generator = generatorWith({ slots: 2 })
    const outcomes = new Set<unknown>()
    for (let round = 0; round < 50; round++) {
      const asked = [0, 1, 2, 3].map(async (place) => {
        const controller = new AbortController()
        // Two of four abort a few turns of the event loop later, and two at a chunk that may never come.
        const moment = (round * 7 + place * 5) % 13
        const onChunk = ({ index }: StreamingChunk) => {
          if (place < 2 && index === moment) controller.abort()
        }
        const running = ask(generator, question('France'), {}, { signal: controller.signal, onChunk }).then(
          ({ meta }) => meta.finishReason,
          () => 'rejected',
        )
        if (place >= 2) {
          for (let turn = 0; turn < moment; turn++) await setImmediate()
          controller.abort()
        }
        outcomes.add(await running)
      })
      await Promise.all(asked)
    }
    expect(outcomes).toEqual(new Set(['rejected', 'aborted', 'stop']))
    await meetsOther(generator)
    expect((await ask(generator, question('Ghana'))).text).toBe(answer('Ghana', 'Accra'))
  })
})

describe('close', () => {
  test('rejects what runs and what waits, and a later run loads again', async () => {
    const generator = generatorWith()
    const [begun, gate] = [deferred(), deferred()]
    const running = failureOf(
      generator.run({
        messages: question('France'),
        streamingCallback: () => {
          begun.resolve()
          return gate.promise
        },
      }),
    )
    const waiting = failureOf(ask(generator, question('Japan')))
    await begun.promise
    await generator.close()
    for (const error of [await running, await waiting]) {
      expect(error.code).toBe('CLOSED')
      expect(error.message).toBe('The model was closed before the request was answered.')
    }
    gate.resolve()
    expect((await ask(generator, question('Peru'))).text).toBe(answer('Peru', 'Lima'))
  })

  test('from inside a callback comes to an end', async () => {
    const generator = generatorWith()
    const closing = failureOf(
      generator.run({ messages: question('France'), streamingCallback: () => generator.close() }),
    )
    expect((await closing).code).toBe('CLOSED')
  })

  test('at any moment of a run leaves it answered or rejected as closed', async () => {
    const outcomes = new Set<string>()
    const generator = generatorWith()
    for (let moment = 0; moment < 24; moment++) {
      let closing: Promise<void> | undefined
      const onChunk = ({ index }: StreamingChunk) => {
        if (moment >= 12 && index === moment - 12) closing = generator.close()
      }
      const running = ask(generator, question('France'), {}, { onChunk }).then(
        ({ text }) => text,
        (error) => error.code,
      )
      for (let turn = 0; turn < moment && moment < 12; turn++) await setImmediate()
      if (moment < 12) closing = generator.close()
      outcomes.add(await running)
      await closing
    }
    expect([...outcomes].sort()).toEqual(['CLOSED', answer('France', 'Paris')])
  })

  test('of the last of two components that share a model frees it', async () => {
    const load = jest.spyOn(nodeLlamaCpp, 'load')
    // Not shared with the generators of the other tests.
    const modelKwargs = { useMmap: false }
    const [one, other] = [generatorWith({ modelKwargs }), generatorWith({ modelKwargs, nCtx: 128, slots: 2 })]
    await Promise.all([one.warmUp(), other.warmUp()])
    expect(load).toHaveBeenCalledTimes(1)
    const weights = await load.mock.results[0]?.value
    const dispose = jest.spyOn(weights as { dispose(): Promise<void> }, 'dispose')
    await one.close()
    expect((await ask(other, question('France'))).text).toBe(answer('France', 'Paris'))
    expect(dispose).not.toHaveBeenCalled()
    await other.close()
    expect(dispose).toHaveBeenCalledTimes(1)
    load.mockRestore()
  })

  test('gives the memory back, twenty times', async () => {
    const generator = generatorWith({ nCtx: 4096, modelKwargs: { useMmap: false } })
    let early = 0
    for (let round = 1; round <= 20; round++) {
      await ask(generator, question('France'), { maxTokens: 2 })
      await generator.close()
      if (round === 5) early = process.memoryUsage.rss()
    }
    // Each time 12 MB of keys and values, and more to compute and for the weights.
    expect(process.memoryUsage.rss() - early).toBeLessThan(60 * 1024 * 1024)
  })
})

/** Two requests that each go on only when the other has begun: with one slot they would never end. */
async function meetsOther(generator: LlamaCppChatGenerator): Promise<void> {
  const begun = [deferred(), deferred()]
  const both = begun.map((own) =>
    generator.run({
      messages: question('France'),
      streamingCallback: async () => {
        own.resolve()
        await Promise.all(begun.map(({ promise }) => promise))
      },
    }),
  )
  for (const { replies } of await Promise.all(both)) {
    expect(ChatMessage.text(replies[0] ?? user(''))).toBe(answer('France', 'Paris'))
  }
}
