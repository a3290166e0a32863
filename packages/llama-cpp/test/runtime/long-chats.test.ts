// What a long conversation costs on the real engine: only what is new is evaluated, and an abort stops it at once.
import { describe, expect, test } from '@jest/globals'
import { ChatMessage, type StreamingChunk } from '@millrace/core'
import { LlamaCppChatGenerator } from '../../src/components/chat-generator.ts'
import { ask } from '../asking.ts'
import { failureOf } from '../failure-of.ts'
import { pocketPath } from '../pocket.ts'

const { assistant, user } = ChatMessage

async function withGenerator(
  parameters: Partial<ConstructorParameters<typeof LlamaCppChatGenerator>[0]>,
  work: (generator: LlamaCppChatGenerator) => Promise<void>,
): Promise<void> {
  const generator = new LlamaCppChatGenerator({
    model: pocketPath,
    generationKwargs: { temperature: 0, maxTokens: 40 },
    ...parameters,
  })
  try {
    await work(generator)
  } finally {
    await generator.close()
  }
}

const sentences = (count: number) => 'Nina is 42 years old and lives in Oslo. '.repeat(count)

describe('the second turn of a chat of 600 tokens', () => {
  test('evaluates only what is new', async () => {
    await withGenerator({ slots: 2 }, async (generator) => {
      const chat = [user(`${sentences(45)}What is the capital of France?`)]
      const first = await ask(generator, chat)
      expect(first.meta.usage.totalTokens).toBeGreaterThan(550)
      const next = [...chat, assistant({ text: first.text }), user('What is the capital of Peru?')]
      const { usage } = (await ask(generator, next)).meta
      expect(usage.cachedTokens).toBeGreaterThanOrEqual(first.meta.usage.totalTokens - 1)
      expect(usage.promptTokens - usage.cachedTokens).toBeLessThan(30)
    })
  })
})

describe('an abort at a tenth of a long prompt', () => {
  interface Progress {
    readonly doneTokens: number
    readonly totalTokens: number
  }

  /** Asks for so long, and aborts when a tenth of the prompt is done. */
  async function abortedAtATenth(generator: LlamaCppChatGenerator, prompt: string): Promise<Progress> {
    const controller = new AbortController()
    let last: Progress = { doneTokens: 0, totalTokens: 0 }
    const onChunk = ({ meta }: StreamingChunk) => {
      last = (meta?.['promptProgress'] as Progress | undefined) ?? last
      if (last.doneTokens >= last.totalTokens / 10) controller.abort('enough')
    }
    await expect(ask(generator, prompt, {}, { signal: controller.signal, onChunk })).rejects.toBe('enough')
    return last
  }

  test('evaluates no more of it', async () => {
    await withGenerator({ nCtx: 4096, nBatch: 128 }, async (generator) => {
      const { doneTokens, totalTokens } = await abortedAtATenth(generator, sentences(150))
      expect(totalTokens).toBeGreaterThan(1500)
      expect(doneTokens).toBeLessThan(totalTokens / 4)
      const { usage } = (await ask(generator, sentences(150), { maxTokens: 1 })).meta
      expect(usage.cachedTokens).toBe(doneTokens)
    })
  })

  test('gives the slot to the request that waits for it', async () => {
    await withGenerator({ nCtx: 4096, nBatch: 128 }, async (generator) => {
      const order: string[] = []
      const aborting = abortedAtATenth(generator, sentences(150)).then(() => order.push('aborted'))
      const waiting = ask(
        generator,
        'What is the capital of Japan?',
        {},
        {
          onChunk: () => {
            if (order.at(-1) !== 'waiting') order.push('waiting')
          },
        },
      )
      expect((await waiting).text).toBe('The capital of Japan is Tokyo.')
      await aborting
      expect(order).toEqual(['aborted', 'waiting'])
    })
  })

  test('of which nobody hears leaves an error for those that wait when it is closed', async () => {
    await withGenerator({ nCtx: 4096, nBatch: 128 }, async (generator) => {
      const running = failureOf(ask(generator, sentences(150)))
      const waiting = failureOf(ask(generator, 'Hello'))
      await generator.warmUp()
      await generator.close()
      expect([(await running).code, (await waiting).code]).toEqual(['CLOSED', 'CLOSED'])
    })
  })
})
