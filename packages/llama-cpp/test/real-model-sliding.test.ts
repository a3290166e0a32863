// With a model that has sliding windows, as Gemma 3 270M. Its prompts are longer than the window. Opt in:
//
//   MILLRACE_TEST_SLIDING_MODEL=models/gemma-3-270m-q4_k_m.gguf corepack pnpm test:unit packages/llama-cpp/test/real-model
import { resolve } from 'node:path'
import { afterAll, describe, expect, jest, test } from '@jest/globals'
import { LlamaContext } from 'node-llama-cpp'
import { LlamaCppGenerator } from '../src/components/generator.ts'
import { checkGgufHeader } from '../src/gguf/gguf-header.ts'
import { modelShape } from '../src/memory/model-shape.ts'
import type { ReplyMeta } from '../src/replies/reply.ts'

const { MILLRACE_TEST_SLIDING_MODEL } = process.env
const reason = MILLRACE_TEST_SLIDING_MODEL
  ? ''
  : ' (skipped: MILLRACE_TEST_SLIDING_MODEL names no model file)'
const model = resolve(import.meta.dirname, '../../..', MILLRACE_TEST_SLIDING_MODEL ?? '')
const suite = MILLRACE_TEST_SLIDING_MODEL ? describe : describe.skip

interface Decoding {
  _decodeTokens(given: { readonly tokens: readonly number[] }): Promise<unknown>
}

suite(`a real model with sliding windows${reason}`, () => {
  const nBatch = 64
  const options = { model, nCtx: 4096, nBatch, generationKwargs: { temperature: 0, maxTokens: 8 } }
  const generator = new LlamaCppGenerator(options)
  afterAll(() => generator.close())

  const shared = 'Nina is 42 years old and lives in Oslo, where she repairs old clocks. '.repeat(9)
  const long = `${shared}${'One owl sat in a tree and looked at the moon. '.repeat(60)}`
  const other = `${shared}The capital of France is`

  async function asked(prompt: string, by = generator) {
    const decode = jest.spyOn(LlamaContext.prototype as unknown as Decoding, '_decodeTokens')
    const { replies, meta } = await by.run({ prompt })
    const evaluated = decode.mock.calls.map(([{ tokens }]) => tokens.length)
    decode.mockRestore()
    return { text: replies[0], usage: (meta[0] as unknown as ReplyMeta).usage, evaluated }
  }

  test('reads what it does not call cached, no more than a batch in one go, and forgets nothing that counts', async () => {
    const { cache } = modelShape(await checkGgufHeader(model))
    expect(cache?.layers.some(({ slides }) => slides)).toBe(true)
    const texts: unknown[] = []
    for (const prompt of [other, long, other, `${other} Paris`]) {
      const { text, usage, evaluated } = await asked(prompt)
      const total = evaluated.reduce((sum, count) => sum + count, 0)
      expect(total).toBe(usage.promptTokens - usage.cachedTokens + usage.completionTokens - 1)
      expect(Math.max(...evaluated)).toBeLessThanOrEqual(nBatch)
      if (prompt === long) expect(usage.promptTokens).toBeGreaterThan((cache?.window ?? 0) + 2 * nBatch)
      if (prompt === other) texts.push(text)
    }
    expect(texts[1]).toBe(texts[0])
  }, 600_000)

  test('with the full cache finds a beginning that is behind its window', async () => {
    const full = new LlamaCppGenerator({ ...options, modelKwargs: { swaFull: true } })
    await asked(long, full)
    expect((await asked(other, full)).usage.cachedTokens).toBeGreaterThan(100)
    await full.close()
  }, 600_000)
})
