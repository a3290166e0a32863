// Models that cannot go back to each token that they have read: with sliding windows, or with one state for them all.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, jest, test } from '@jest/globals'
import { ChatMessage } from '@millrace/core'
import { LlamaContext } from 'node-llama-cpp'
import { LlamaCppChatGenerator } from '../../../src/components/chat-generator.ts'
import type { GenerationOptions } from '../../../src/options/generation-options.ts'
import { type Asking, ask } from '../../asking.ts'
import { failureOf } from '../../failure-of.ts'
import { writeRecurrentModel, writeSlidingModel } from '../../forgetful-models.ts'

const { assistant, system, user } = ChatMessage
const nBatch = 64
const folder = mkdtempSync(join(tmpdir(), 'millrace-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

interface Decoding {
  _decodeTokens(given: { readonly tokens: readonly number[] }): Promise<unknown>
}
const decode = jest.spyOn(LlamaContext.prototype as unknown as Decoding, '_decodeTokens')
afterAll(() => decode.mockRestore())

const shared = system('Nina is 42 years old and lives in Oslo. '.repeat(10))
const long = [shared, user(`Who is Nina? ${'Tell me a story. '.repeat(60)}`)]
const short = [shared, user('What is the capital of France?')]

describe.each([
  ['sliding windows', writeSlidingModel],
  ['one state for all that it read', writeRecurrentModel],
])('a model with %s', (kind, write) => {
  const model = join(folder, `${kind}.gguf`)
  write(model)

  async function withGenerator(
    work: (generator: LlamaCppChatGenerator) => Promise<void>,
    modelKwargs: object = {},
  ): Promise<void> {
    // In this process, in which the evaluations are counted.
    const generator = new LlamaCppChatGenerator({ model, nCtx: 2048, nBatch, modelKwargs, isolation: 'none' })
    await work(generator)
    await generator.close()
  }

  /** Asks, and gives besides how many tokens each evaluation had. */
  async function asked(
    generator: LlamaCppChatGenerator,
    messages: readonly ChatMessage[],
    options: GenerationOptions = {},
    asking: Asking = {},
  ) {
    decode.mockClear()
    const answer = await ask(generator, messages, { temperature: 0, maxTokens: 6, ...options }, asking)
    return { ...answer, evaluated: decode.mock.calls.map(([{ tokens }]) => tokens.length) }
  }

  const sum = (counts: readonly number[]) => counts.reduce((total, count) => total + count, 0)

  test('evaluates what it does not call cached, and no more than a batch in one go', async () => {
    await withGenerator(async (generator) => {
      const turns = [...short, assistant({ text: 'Paris.' }), user('And then?')]
      for (const messages of [long, short, turns, long, short, long]) {
        const { meta, evaluated } = await asked(generator, messages)
        const { promptTokens, cachedTokens, completionTokens } = meta.usage
        expect(sum(evaluated)).toBe(promptTokens - cachedTokens + completionTokens - 1)
        expect(Math.max(...evaluated)).toBeLessThanOrEqual(nBatch)
      }
    })
  })

  test('finds a conversation that goes on where it ended', async () => {
    await withGenerator(async (generator) => {
      const { meta } = await asked(generator, long)
      const again = await asked(generator, long)
      expect(again.meta.usage.cachedTokens).toBeGreaterThanOrEqual(meta.usage.promptTokens - 16)
    })
  })

  test('expects the same whatever was asked before, wherever the two prompts part', async () => {
    const options = { logprobs: true, maxTokens: 1 }
    const likely = (meta: object) => (meta as { logprobs: { logprob: number }[] }).logprobs[0]?.logprob ?? 0
    const prompts = [20, 44, 46, 48, 50, 55].map((count) => [
      shared,
      user(`Who is Nina? ${'Tell me a story. '.repeat(count)}What is the capital of France?`),
    ])
    await withGenerator(async (generator) => {
      for (const messages of prompts) {
        await asked(generator, long)
        const used = await asked(generator, messages, options)
        await withGenerator(async (fresh) => {
          const { meta } = await asked(fresh, messages, options)
          expect(likely(used.meta)).toBeCloseTo(likely(meta), 3)
        })
      }
    })
  })

  test('stops between slices also where it has to read a beginning again', async () => {
    await withGenerator(async (generator) => {
      await asked(generator, long)
      const controller = new AbortController()
      const onChunk = () => controller.abort('enough')
      const running = asked(generator, [shared, ...short], {}, { signal: controller.signal, onChunk })
      await expect(running).rejects.toBe('enough')
      expect(decode.mock.calls.length).toBe(1)
    })
  })

  test('refuses to forget its oldest tokens, for which it would have to read all others again', async () => {
    await withGenerator(async (generator) => {
      const error = await failureOf(asked(generator, short, { contextShift: true }))
      expect(error).toMatchObject({ code: 'OPTION_UNSUPPORTED', option: 'generationKwargs.contextShift' })
    })
  })

  test('guesses and tells probabilities without reading all of it again', async () => {
    await withGenerator(async (generator) => {
      const plain = await asked(generator, short, { maxTokens: 12 })
      const sampled = { temperature: 0.5, seed: 1, maxTokens: 12 }
      const drawn = await asked(generator, short, sampled)
      const described = await asked(generator, short, { ...sampled, logprobs: true })
      expect(described.text).toBe(drawn.text)
      // Each token but the last is evaluated twice.
      expect(sum(described.evaluated)).toBeLessThan(2 * (16 + 12))
      await withGenerator(
        async (drafting) => {
          const { text, evaluated, meta } = await asked(drafting, short, { maxTokens: 12 })
          expect(text).toBe(plain.text)
          expect(sum(evaluated)).toBeLessThan(meta.usage.promptTokens + 12 * 12)
        },
        { draftModel: { type: 'promptLookup', maxNgramSize: 1 } },
      )
    })
  })
})
