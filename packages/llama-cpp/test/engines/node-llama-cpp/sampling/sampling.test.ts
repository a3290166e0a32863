// How tokens are chosen, and where a reply ends: real llama.cpp on the pocket model.
import { afterAll, describe, expect, test } from '@jest/globals'
import type { LlamaModel } from 'node-llama-cpp'
import { LlamaCppChatGenerator } from '../../../../src/components/chat-generator.ts'
import { evaluateOptions } from '../../../../src/engines/node-llama-cpp/sampling/sampling.ts'
import { Seeds, sharedRequest } from '../../../../src/requests/generation.ts'
import { ask } from '../../../asking.ts'
import { failureOf } from '../../../failure-of.ts'
import { pocketPath } from '../../../pocket.ts'

const generator = new LlamaCppChatGenerator({ model: pocketPath, generationKwargs: { temperature: 0 } })
const others: LlamaCppChatGenerator[] = []

/** A generator of its own, for load options; closed at the end. */
function generatorWith(parameters: Partial<ConstructorParameters<typeof LlamaCppChatGenerator>[0]>) {
  const other = new LlamaCppChatGenerator({
    model: pocketPath,
    generationKwargs: { temperature: 0 },
    ...parameters,
  })
  others.push(other)
  return other
}

afterAll(async () => {
  for (const each of [generator, ...others]) await each.close()
})

const france = 'What is the capital of France?'
const paris = 'The capital of France is Paris.'
const story = 'Tell me a story.'

describe('sampling', () => {
  const tell = async (options: Parameters<typeof ask>[2]) =>
    (await ask(generator, story, { temperature: 1, maxTokens: 24, ...options })).text

  test('with a seed gives the same text again', async () => {
    expect(await tell({ seed: 5 })).toBe(await tell({ seed: 5 }))
  })

  test('with other seeds gives other texts', async () => {
    const texts = []
    for (let seed = 0; seed < 6; seed++) texts.push(await tell({ seed }))
    expect(new Set(texts).size).toBeGreaterThan(1)
  })

  test('without a seed is random, unless the model has one', async () => {
    const many = async (options: object) => {
      const other = generatorWith({ generationKwargs: { temperature: 1, maxTokens: 24 }, ...options })
      const texts = []
      for (let count = 0; count < 6; count++) texts.push((await ask(other, story)).text)
      await other.close()
      return texts
    }
    expect(await many({})).not.toEqual(await many({}))
    const seeded = await many({ modelKwargs: { seed: 9 } })
    expect(await many({ modelKwargs: { seed: 9 } })).toEqual(seeded)
    expect(new Set(seeded).size).toBeGreaterThan(1)
  })

  test.each([{ topK: 1 }, { topP: 0 }, { minP: 1 }])('from one token (%j) is greedy', async (options) => {
    const greedy = await tell({ temperature: 0 })
    for (let seed = 0; seed < 3; seed++) expect(await tell({ ...options, seed, temperature: 2 })).toBe(greedy)
  })

  test('below temperature 0 takes the plain distribution, whatever the truncations say', async () => {
    const plain = await tell({ temperature: -1, topK: 1, topP: 0.1, minP: 0.9, seed: 3 })
    expect(plain).toBe(await tell({ temperature: 1, topK: 0, topP: 1, minP: 0, seed: 3 }))
  })

  test('with topK below 1 takes all tokens', async () => {
    expect(await tell({ topK: -1, seed: 3 })).toBe(await tell({ topK: 0, seed: 3 }))
  })

  test('is changed by penalties on what the reply holds already', async () => {
    const words = (text: string) => text.toLowerCase().match(/\w+/g) ?? []
    const repeated = (text: string) => words(text).length - new Set(words(text)).size
    const long = { temperature: 0, maxTokens: 55 }
    const free = await tell(long)
    expect(repeated(free)).toBeGreaterThan(0)
    for (const penalty of [{ repeatPenalty: 2 }, { frequencyPenalty: 20 }, { presencePenalty: 20 }]) {
      const penalized = await tell({ ...long, ...penalty })
      expect(penalized).not.toBe(free)
      expect(repeated(penalized)).toBeLessThan(repeated(free))
    }
  })

  test('is not changed by penalties that look at no tokens', async () => {
    const other = generatorWith({ modelKwargs: { lastNTokensSize: 0 } })
    const options = { maxTokens: 55, repeatPenalty: 2 }
    expect((await ask(other, story, options)).text).toBe((await ask(other, story, { maxTokens: 55 })).text)
  })
})

describe('what is said to the binding', () => {
  const said = async (given: object) => {
    const { sampling } = sharedRequest(given, {}, new Seeds(1))
    return evaluateOptions(sampling, () => [], await import('node-llama-cpp'), {} as LlamaModel)
  }

  test('is every option, for its defaults are others: greedy, and nothing cut off by minP', async () => {
    expect(await said({})).toMatchObject({ temperature: 0.2, topK: 40, topP: 0.95, minP: 0.05 })
    expect((await said({})).seed).toEqual(expect.any(Number))
  })

  test('is no repeat penalty unless one is asked for, which its chats have by themselves', async () => {
    expect(await said({})).not.toHaveProperty('repeatPenalty')
    expect(await said({ repeatPenalty: 1.1 })).toMatchObject({
      repeatPenalty: { penalty: 1.1, maxPunishTokens: 64, frequencyPenalty: 0, presencePenalty: 0 },
    })
  })
})

describe('logitBias', () => {
  test('makes a token certain', async () => {
    const { text, chunks } = await ask(generator, france, { logitBias: { '300': 1000 }, maxTokens: 4 })
    expect(text).toBe((chunks[0]?.content ?? '').repeat(4))
  })

  test('rules a token out', async () => {
    const first = await ask(generator, france, { maxTokens: 1 })
    const isAmong = async (tokens: readonly number[]) => {
      const logitBias = Object.fromEntries(tokens.map((token) => [token, -1000]))
      return (await ask(generator, france, { logitBias, maxTokens: 1 })).text !== first.text
    }
    let candidates = Array.from({ length: 1533 }, (_, index) => index + 3)
    while (candidates.length > 1) {
      const half = candidates.slice(0, candidates.length / 2)
      candidates = (await isAmong(half)) ? half : candidates.slice(half.length)
    }
    expect(await isAmong(candidates)).toBe(true)
    expect(await isAmong([])).toBe(false)
  })

  test.each(['1536', '-1', '1.5', '', ' 7', '0x10', 'Paris'])('refuses the key %j', async (key) => {
    const error = await failureOf(ask(generator, france, { logitBias: { [key]: 1 } }))
    expect(error).toMatchObject({ code: 'OPTION_INVALID', option: 'generationKwargs.logitBias' })
    expect(error.message).toBe(
      `Option 'generationKwargs.logitBias' has the key '${key}', which is no token id: those of this model go from 0 to 1535.`,
    )
  })

  test('refuses a token that ends a reply, which the binding would pass over', async () => {
    const error = await failureOf(ask(generator, france, { logitBias: { '0': -1 } }))
    expect(error).toMatchObject({ code: 'OPTION_UNSUPPORTED', engine: 'node-llama-cpp' })
    expect(error.message).toMatchInlineSnapshot(
      `"Option 'generationKwargs.logitBias' has the key '0', a token that ends a reply; engine 'node-llama-cpp' gives those no bias."`,
    )
  })
})

describe('stop texts', () => {
  test('end a reply and are no part of it', async () => {
    const { text, meta } = await ask(generator, france, { stop: ' is Paris' })
    expect([text, meta.finishReason]).toEqual(['The capital of France', 'stop'])
  })

  test.each([' Fra', 'rance is', 'ital of F', ' '])('are found across tokens: %j', async (stop) => {
    const { text, chunks } = await ask(generator, france, { stop: ['never', stop] })
    expect(text).toBe(paris.slice(0, paris.indexOf(stop)))
    expect(chunks.map(({ content }) => content).join('')).toBe(text)
  })

  test('are held back in the stream until it is certain what they become', async () => {
    const { text, chunks } = await ask(generator, france, { stop: 'capital of Spain' })
    expect(text).toBe(paris)
    const pieces = chunks.map(({ content }) => content)
    expect(pieces.some((piece) => /capital of F/.test(piece))).toBe(true)
    expect(pieces.join('')).toBe(paris)
  })

  test('of any script end a reply', async () => {
    const grammar = 'root ::= "日本語 👍🏽 終わり。はい"'
    expect((await ask(generator, 'Hello', { grammar, stop: '終わり' })).text).toBe('日本語 👍🏽 ')
    expect((await ask(generator, 'Hello', { grammar, stop: '🏽' })).text).toBe('日本語 👍')
  })
})

describe('maxTokens', () => {
  test('ends a reply with the reason length (8.4)', async () => {
    const { text, meta } = await ask(generator, france, { maxTokens: 3 })
    expect(paris.startsWith(text)).toBe(true)
    expect([meta.finishReason, meta.usage.completionTokens]).toEqual(['length', 3])
  })

  test.each([0, -1, null])('of %j lets a reply end by itself', async (maxTokens) => {
    const { text, meta } = await ask(generator, france, { maxTokens })
    expect([text, meta.finishReason]).toEqual([paris, 'stop'])
  })

  test.each([undefined, 1000])('of %j is clipped to what fits the context', async (maxTokens) => {
    const other = generatorWith({ nCtx: 24 })
    const { meta } = await ask(other, story, maxTokens === undefined ? {} : { maxTokens })
    expect(meta.finishReason).toBe('length')
    expect(meta.usage.totalTokens).toBe(24)
  })
})
