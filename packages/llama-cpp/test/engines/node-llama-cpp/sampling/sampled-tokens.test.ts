// Log probabilities change nothing about a reply, and are those of the model before any option.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import type * as Binding from 'node-llama-cpp'
import {
  distributions,
  type SampledToken,
  sampledTokens,
} from '../../../../src/engines/node-llama-cpp/sampling/sampled-tokens.ts'
import { openPocket, type PocketBinding } from '../../../pocket-binding.ts'

let pocket: PocketBinding

beforeAll(async () => {
  pocket = await openPocket(2)
})
afterAll(() => pocket.dispose())

const story = '<|im_start|>user\nTell me a story.<|im_end|>\n<|im_start|>assistant\n'
const plain = { temperature: 0, topK: 40, topP: 0.95, minP: 0.05, seed: 1 }

interface Sampling {
  readonly logprobs?: number
  readonly most?: number
  readonly prompt?: string
}

/** Samples on a fresh sequence. The options are made anew, for a grammar keeps what it has seen. */
async function sample(
  options: (
    recent: () => Binding.Token[],
  ) => Promise<Binding.SequenceEvaluateOptions> | Binding.SequenceEvaluateOptions,
  { logprobs, most = 40, prompt = story }: Sampling = {},
): Promise<SampledToken[]> {
  const { model, context } = pocket
  const sequence = context.getSequence()
  const sampled: SampledToken[] = []
  try {
    const given = await options(() => sampled.map(({ token }) => token).slice(-64))
    for await (const each of sampledTokens(sequence, model.tokenize(prompt, true), given, {
      model,
      logprobs,
    })) {
      sampled.push(each)
      if (sampled.length === most) break
    }
    return sampled
  } finally {
    await sequence.dispose()
  }
}

const idsOf = (sampled: readonly SampledToken[]) => sampled.map(({ token }) => token)
const grammar = async (text: string) => {
  const { binding, llama, model } = pocket
  return new binding.LlamaGrammarEvaluationState({
    model,
    grammar: await llama.createGrammar({ grammar: text }),
  })
}

describe('with log probabilities the same tokens come', () => {
  const cases: Readonly<Record<string, Parameters<typeof sample>[0]>> = {
    'at temperature 0': () => plain,
    'with a seed': () => ({ ...plain, temperature: 0.8, seed: 7 }),
    'with another seed, from all tokens': () => ({ temperature: 1.5, topK: 0, topP: 1, minP: 0, seed: 8 }),
    'with penalties': (punishTokens) => ({
      ...plain,
      repeatPenalty: { punishTokens, penalty: 1.5, frequencyPenalty: 0.5, presencePenalty: 0.5 },
    }),
    'with a bias': () => ({
      ...plain,
      tokenBias: pocket.binding.TokenBias.for(pocket.model).set(300 as Binding.Token, { logit: 2 }),
    }),
    'with a grammar': async () => ({
      ...plain,
      grammarEvaluationState: await grammar('root ::= ("a" | "b" | "日") {12}'),
    }),
    'with a grammar and a seed': async () => ({
      ...plain,
      temperature: 1,
      grammarEvaluationState: await grammar('root ::= [a-z ]{5,20} "."'),
    }),
    'with a grammar that changes in the middle': async (recent) => {
      const first = await grammar('root ::= [a-z]+')
      const then = await grammar('root ::= [0-9]+')
      return { ...plain, grammarEvaluationState: () => (recent().length < 5 ? first : then) }
    },
  }

  test.each(Object.keys(cases))('%s', async (name) => {
    const options = cases[name] as Parameters<typeof sample>[0]
    const without = await sample(options)
    const withThem = await sample(options, { logprobs: 3 })
    expect(idsOf(withThem)).toEqual(idsOf(without))
    expect(without.every(({ logprob }) => logprob === undefined)).toBe(true)
    expect(withThem.every(({ logprob }) => logprob?.topLogprobs.length === 3)).toBe(true)
    expect(without.length).toBeGreaterThan(1)
  })
})

describe('log probabilities', () => {
  test('are the log-softmax of the logits, whatever the options make of these', async () => {
    const greedy = (await sample(() => plain, { logprobs: 1536, most: 1 }))[0]?.logprob
    const steered = (
      await sample(async () => ({ ...plain, grammarEvaluationState: await grammar('root ::= "zebra"') }), {
        logprobs: 1536,
        most: 1,
      })
    )[0]?.logprob
    if (!greedy || !steered) throw new RangeError('no log probabilities')
    const sum = greedy.topLogprobs.reduce((total, { logprob }) => total + Math.exp(logprob), 0)
    expect(sum).toBeCloseTo(1, 5)
    expect(steered.topLogprobs.map(({ token }) => token).slice(0, 20)).toEqual(
      greedy.topLogprobs.map(({ token }) => token).slice(0, 20),
    )
    for (const [index, { logprob }] of steered.topLogprobs.slice(0, 20).entries()) {
      expect(logprob).toBeCloseTo(greedy.topLogprobs[index]?.logprob ?? 0, 3)
    }
    expect(steered.logprob).toBeLessThan(greedy.logprob)
    expect(steered.token.startsWith('z')).toBe(true)
  })

  test('agree with the probabilities that the binding gives at temperature 1', async () => {
    const { model, context } = pocket
    const sequence = context.getSequence()
    const options = { temperature: 1, topK: 0, topP: 1, minP: 0, seed: 1 }
    const tokens = model.tokenize(story, true)
    const generateNext = { probabilities: true, options }
    const outputs = await sequence.controlledEvaluate([
      ...tokens.slice(0, -1),
      [tokens.at(-1) as Binding.Token, { generateNext }],
    ])
    const expected = outputs.at(-1)?.next.probabilities ?? new Map<Binding.Token, number>()
    expect(expected.size).toBe(1536)
    await sequence.dispose()
    const [first] = await sample(() => options, { logprobs: 5, most: 1 })
    const given = first?.logprob?.topLogprobs.map(({ logprob }) => logprob) ?? []
    for (const [index, probability] of [...expected.values()].slice(0, 5).entries()) {
      expect(given[index]).toBeCloseTo(Math.log(probability), 3)
    }
  })

  test('come likeliest first, with the token itself at the top when it is greedy', async () => {
    for (const { logprob } of await sample(() => plain, { logprobs: 4 })) {
      const values = logprob?.topLogprobs.map((each) => each.logprob) ?? []
      expect(values).toEqual([...values].sort((a, b) => b - a))
      expect(logprob).toMatchObject(logprob?.topLogprobs[0] ?? {})
    }
  })

  test('without alternatives are those of the token alone', async () => {
    const [first] = await sample(() => plain, { logprobs: 0, most: 1 })
    expect(first?.logprob?.topLogprobs).toEqual([])
  })

  test('have the bytes of each token, also of parts of a character', async () => {
    const text = '日本語 👩‍👩‍👧‍👦 é'
    const sampled = await sample(
      async () => ({ ...plain, grammarEvaluationState: await grammar(`root ::= "${text}"`) }),
      { logprobs: 0 },
    )
    expect(Buffer.from(sampled.flatMap(({ logprob }) => [...(logprob?.bytes ?? [])])).toString()).toBe(text)
    expect(sampled.length).toBeGreaterThan(text.length)
  })

  test('are finite, however unlikely a token is', async () => {
    const sampled = await sample(
      async () => ({ ...plain, grammarEvaluationState: await grammar('root ::= "\\u0001\\u0002\\u0003"') }),
      { logprobs: 1536 },
    )
    for (const { logprob } of sampled) {
      expect(logprob?.topLogprobs.every((each) => Number.isFinite(each.logprob))).toBe(true)
      expect(logprob?.logprob).toBeLessThan(-5)
    }
  })

  test('are there for each place of a text that is evaluated', async () => {
    const { model, context } = pocket
    const sequence = context.getSequence()
    const tokens = model.tokenize('The capital of France is Paris.')
    const all = await distributions(sequence, tokens)
    expect(all.map(({ probabilities }) => probabilities.size)).toEqual(tokens.map(() => 1536))
    expect(sequence.contextTokens).toEqual(tokens)
    await sequence.dispose()
  })
})
