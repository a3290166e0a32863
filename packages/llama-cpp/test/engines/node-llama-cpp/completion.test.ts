// Completions, through the component: real llama.cpp on the pocket model.
import { join } from 'node:path'
import { afterAll, describe, expect, test } from '@jest/globals'
import { testComponent } from '@millrace/core/testing'
import { LlamaCppGenerator } from '../../../src/components/generator.ts'
import type { CompletionOptions } from '../../../src/options/completion-options.ts'
import { complete } from '../../completing.ts'
import { failureOf } from '../../failure-of.ts'
import { pocketPath } from '../../pocket.ts'
import { writePocketWith } from '../../pocket-with.ts'
import { inTemporaryFolder } from '../../temporary-folder.ts'

type Parameters = ConstructorParameters<typeof LlamaCppGenerator>[0]

const opened: LlamaCppGenerator[] = []

function generatorWith(parameters: Partial<Parameters> = {}): LlamaCppGenerator {
  const generator = new LlamaCppGenerator({
    model: pocketPath,
    generationKwargs: { temperature: 0 },
    ...parameters,
  })
  opened.push(generator)
  return generator
}

afterAll(async () => {
  for (const each of opened) await each.close()
})

const generator = generatorWith()
const begun = 'Once upon a time there was'
const told = ' a dentist named Zoe who lived in Mumbai. Zoe was very sad and had'

describe('the component contract', () => {
  testComponent(() => new LlamaCppGenerator({ model: pocketPath, generationKwargs: { maxTokens: 4 } }), {
    test,
    inputs: [{ prompt: 'Hello' }, { prompt: begun, generationKwargs: { temperature: 0 } }],
  })
})

describe('a completion', () => {
  test('continues the prompt as it is, for 16 tokens', async () => {
    const { text, meta, chunks } = await complete(generator, begun)
    expect(text).toBe(told)
    expect(meta).toMatchObject({ finishReason: 'length', usage: { promptTokens: 6, completionTokens: 16 } })
    expect(chunks.map(({ content }) => content).join('')).toBe(told)
    expect(chunks.length).toBeGreaterThan(10)
  })

  test('with maxTokens null goes on to its end', async () => {
    const { text, meta } = await complete(generator, begun, { maxTokens: null })
    expect(text.startsWith(told)).toBe(true)
    expect(meta.finishReason).toBe('stop')
    expect(meta.usage.completionTokens).toBeGreaterThan(30)
  })

  test('evaluates only what the slot does not hold yet', async () => {
    const own = generatorWith()
    await complete(own, begun)
    const { meta } = await complete(own, `${begun}${told}`)
    expect(meta.usage.cachedTokens).toBeGreaterThan(15)
    await own.close()
  })

  test('reads control tokens in the prompt as plain text', async () => {
    const one = (await complete(generator, 'Hello', { maxTokens: 1 })).meta.usage.promptTokens
    const marked = await complete(generator, 'Hello<|im_end|><|endoftext|>', { maxTokens: 1 })
    expect(marked.meta.usage.promptTokens).toBeGreaterThan(one + 8)
  })

  test.each<CompletionOptions>([
    { stop: ' named' },
    { grammar: 'root ::= " an old " [a-z]+' },
    { logitBias: { '300': 1000 }, maxTokens: 2 },
    { repeatPenalty: 3, maxTokens: 30 },
    { temperature: 1.5, seed: 3 },
  ])('honours %j', async (options) => {
    const { text } = await complete(generator, begun, options)
    expect(text).not.toBe(told)
    expect((await complete(generator, begun, options)).text).toBe(text)
  })

  test('that does not fit the context is an error with both numbers', async () => {
    const small = generatorWith({ nCtx: 8 })
    const error = await failureOf(complete(small, `${begun} ${begun}`))
    expect(error).toMatchObject({ code: 'CONTEXT_OVERFLOW', actual: 13, expected: 8 })
    const { text } = await complete(small, begun, { contextShift: true })
    expect(text.length).toBeGreaterThan(0)
    await small.close()
  })

  test('aborted in the middle keeps what there is, and frees the slot', async () => {
    const controller = new AbortController()
    const { text, meta } = await complete(
      generator,
      begun,
      { maxTokens: null },
      {
        signal: controller.signal,
        onChunk: ({ index }) => index === 3 && controller.abort(),
      },
    )
    expect(meta.finishReason).toBe('aborted')
    expect(text !== '' && told.startsWith(text)).toBe(true)
    expect((await complete(generator, begun)).text).toBe(told)
  })
})

describe('logprobs', () => {
  test('are those of the tokens of the reply, with so many alternatives', async () => {
    const { text, meta, chunks } = await complete(generator, begun, { logprobs: 3 })
    expect(text).toBe(told)
    expect(meta.logprobs?.map(({ token }) => token).join('')).toBe(told)
    expect(meta.logprobs?.every(({ topLogprobs }) => topLogprobs.length === 3)).toBe(true)
    expect(meta.logprobs?.every(({ logprob }) => logprob <= 0)).toBe(true)
    expect(meta.promptLogprobs).toBeUndefined()
    const streamed = chunks
      .slice(0, -1)
      .flatMap((chunk) => (chunk.meta as { logprobs?: unknown[] }).logprobs ?? [])
    expect(streamed).toEqual(meta.logprobs)
  })

  test('with echo are those of the prompt too, but for its first token', async () => {
    const { text, meta } = await complete(generator, begun, { logprobs: 1, echo: true })
    expect(text).toBe(`${begun}${told}`)
    expect(meta.promptLogprobs?.map(({ token }) => token).join('')).toBe(' upon a time there was')
    expect(meta.logprobs?.map(({ token }) => token).join('')).toBe(told)
    expect(meta.usage).toMatchObject({ promptTokens: 6, completionTokens: 16, cachedTokens: 0 })
  })

  test('of a prompt are those that its tokens have in a reply', async () => {
    const reply = await complete(generator, begun, { logprobs: 2 })
    const echoed = await complete(generator, `${begun}${told}`, { logprobs: 2, echo: true, maxTokens: 1 })
    const again = echoed.meta.promptLogprobs?.slice(5) ?? []
    expect(again.map(({ token }) => token)).toEqual(reply.meta.logprobs?.map(({ token }) => token))
    for (const [index, { logprob }] of again.entries()) {
      expect(logprob).toBeCloseTo(reply.meta.logprobs?.[index]?.logprob ?? 0, 1)
    }
  })

  test('of a prompt of one token are none', async () => {
    const { meta } = await complete(generator, 'a', { logprobs: 1, echo: true, maxTokens: 1 })
    expect(meta.promptLogprobs).toEqual([])
  })
})

describe('a suffix', () => {
  test('is refused where the model has no infill tokens', async () => {
    const error = await failureOf(complete(generator, begun, { suffix: 'The end.' }))
    expect(error).toMatchObject({ code: 'MODEL_UNSUPPORTED', option: 'generationKwargs.suffix' })
    expect(error.message).toMatchInlineSnapshot(
      `"This model cannot fill a gap: it has no tokens for what stands before and after one. Leave 'suffix' out, or use a model made for code."`,
    )
  })

  test('stands with the prompt between the infill tokens of the model', async () => {
    await inTemporaryFolder(async (dir) => {
      const model = join(dir, 'infill.gguf')
      const mark = (name: string) => `tokenizer.ggml.fim_${name}_token_id`
      await writePocketWith(model, { [mark('pre')]: 3, [mark('suf')]: 4, [mark('mid')]: 5 })
      const plain = (await complete(generator, begun, { maxTokens: 1 })).meta.usage.promptTokens
      const end = (await complete(generator, 'The end.', { maxTokens: 1 })).meta.usage.promptTokens
      for (const spmInfill of [false, true]) {
        const infill = generatorWith({ model, modelKwargs: { spmInfill } })
        const { text, meta } = await complete(infill, begun, { suffix: 'The end.' })
        expect(meta.usage.promptTokens).toBe(plain + end + 3)
        expect(text).not.toBe(told)
        await infill.close()
      }
    })
  })
})
