import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import type * as Binding from 'node-llama-cpp'
import { type Drafts, draftedTokens } from '../../../../src/engines/node-llama-cpp/sampling/drafted-tokens.ts'
import { openPocket, type PocketBinding } from '../../../pocket-binding.ts'

let pocket: PocketBinding

beforeAll(async () => {
  pocket = await openPocket()
})
afterAll(() => pocket.dispose())

const story = '<|im_start|>user\nTell me a story.<|im_end|>\n<|im_start|>assistant\n'
const options = { temperature: 0, topK: 40, topP: 0.95, minP: 0.05, seed: 1 }
const signal = undefined

interface Drafted {
  readonly tokens: readonly Binding.Token[]
  /** What the sequence holds at the end. */
  readonly held: readonly Binding.Token[]
  /** How long the states were that guesses were asked for. */
  readonly asked: readonly number[]
}

/** Samples a whole reply with guesses. */
async function draft(
  guess: (tokens: readonly Binding.Token[], asked: number) => readonly Binding.Token[],
  given: Binding.SequenceEvaluateOptions = options,
  most = 100,
): Promise<Drafted> {
  const sequence = pocket.context.getSequence()
  const asked: number[] = []
  const drafts: Drafts = {
    guess: async (tokens) => {
      asked.push(tokens.length)
      return guess(tokens, asked.length)
    },
  }
  try {
    const tokens: Binding.Token[] = []
    const prompt = pocket.model.tokenize(story, true)
    for await (const { token } of draftedTokens(sequence, prompt, given, drafts, signal)) {
      tokens.push(token)
      if (tokens.length === most) break
    }
    return { tokens, held: sequence.contextTokens, asked }
  } finally {
    await sequence.dispose()
  }
}

/** What the binding samples by itself. */
async function sampled(given: Binding.SequenceEvaluateOptions = options): Promise<Binding.Token[]> {
  const sequence = pocket.context.getSequence()
  const tokens: Binding.Token[] = []
  for await (const token of sequence.evaluate(pocket.model.tokenize(story, true), given)) tokens.push(token)
  await sequence.dispose()
  return tokens
}

const promptLength = () => pocket.model.tokenize(story, true).length

describe('drafted tokens', () => {
  test('are those that come without guesses, when there are none', async () => {
    expect((await draft(() => [])).tokens).toEqual(await sampled())
  })

  test('are the same with right guesses, for a fraction of the evaluations', async () => {
    const expected = await sampled()
    const right = (tokens: readonly Binding.Token[]) => {
      const done = tokens.length - promptLength()
      return expected.slice(done, done + 8)
    }
    const { tokens, asked } = await draft(right)
    expect(tokens).toEqual(expected)
    expect(asked.length).toBeLessThan(expected.length / 6)
  })

  test('are the same with wrong guesses, of which nothing is left', async () => {
    const expected = await sampled()
    const { tokens, held } = await draft(() => [300, 301, 302] as Binding.Token[])
    expect(tokens).toEqual(expected)
    expect(held).toEqual([...pocket.model.tokenize(story, true), ...expected])
  })

  test('take of several guesses those before the first wrong one', async () => {
    const expected = await sampled()
    const { tokens, asked } = await draft((state) => {
      const done = state.length - promptLength()
      return [...expected.slice(done, done + 2), 300 as Binding.Token, ...expected.slice(done + 3, done + 5)]
    })
    expect(tokens).toEqual(expected)
    const steps = asked.slice(1, -1).map((length, index) => length - (asked[index] ?? 0))
    expect(steps.every((step) => step === 3)).toBe(true)
  })

  test('leave the sequence as the binding does, wherever one stops listening', async () => {
    const expected = await sampled()
    const prompt = pocket.model.tokenize(story, true)
    for (const most of [1, 2, 4, 7, 9, 10]) {
      const right = (state: readonly Binding.Token[]) => expected.slice(state.length - prompt.length)
      const { held } = await draft((state) => right(state).slice(0, 8), options, most)
      expect(held).toEqual([...prompt, ...expected.slice(0, most - 1)])
    }
  })

  test('go on to the end of the context, where no guess fits any more', async () => {
    const bias = pocket.binding.TokenBias.for(pocket.model)
    bias.set(300 as Binding.Token, { logit: 1000 })
    const most = pocket.context.contextSize - promptLength()
    const { tokens, held } = await draft(
      () => Array.from({ length: 50 }, () => 300 as Binding.Token),
      { ...options, tokenBias: bias },
      most,
    )
    expect(tokens).toEqual(Array.from({ length: most }, () => 300))
    expect(held.length).toBeLessThan(pocket.context.contextSize)
  })

  test('with a seed are the same again, and others with another', async () => {
    const expected = await sampled()
    const right = (state: readonly Binding.Token[]) => expected.slice(state.length - promptLength())
    const tell = async (seed: number) =>
      (await draft(right, { ...options, temperature: 1.2, seed }, 20)).tokens.join()
    expect(await tell(1)).toBe(await tell(1))
    const texts = [await tell(1), await tell(2), await tell(3), await tell(4)]
    expect(new Set(texts).size).toBeGreaterThan(1)
  })

  test('go on without a guess when guessing is aborted; what else fails does fail', async () => {
    const [first] = await sampled()
    const sequence = pocket.context.getSequence()
    const controller = new AbortController()
    const guessing = (drafts: Drafts) =>
      draftedTokens(sequence, pocket.model.tokenize(story, true), options, drafts, controller.signal)
    const failing: Drafts = { guess: () => Promise.reject(new RangeError('no guess')) }
    const failed = guessing(failing)
    await failed.next()
    await expect(failed.next()).rejects.toThrow('no guess')
    await sequence.clearHistory()
    controller.abort()
    const aborted = guessing({ guess: () => Promise.reject(controller.signal.reason) })
    expect((await aborted.next()).value).toEqual({ token: first })
    expect((await aborted.next()).done).toBe(false)
    await sequence.dispose()
  })
})
