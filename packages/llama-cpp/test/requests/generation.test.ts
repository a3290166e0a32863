import { describe, expect, test } from '@jest/globals'
import type { GenerationOptions } from '../../src/options/generation-options.ts'
import type { LoadOptions } from '../../src/options/options.ts'
import { generationRequest, mergeOptions, Seeds } from '../../src/requests/generation.ts'

const request = (given: GenerationOptions = {}, load: LoadOptions = {}) =>
  generationRequest(given, load, new Seeds(1))

describe('mergeOptions', () => {
  test('lets those of the run win, key by key (8.4)', () => {
    expect(mergeOptions({ maxTokens: 128, temperature: 0.5 }, { temperature: 0.9 })).toEqual({
      maxTokens: 128,
      temperature: 0.9,
    })
  })

  test('changes nothing where a key has no value', () => {
    const atRun = { temperature: undefined } as unknown as GenerationOptions
    expect(mergeOptions({ temperature: 0.5 }, atRun)).toEqual({ temperature: 0.5 })
  })

  test('lets null take an option back', () => {
    expect(request(mergeOptions({ stop: 'a', grammar: 'g' }, { stop: null, grammar: null }))).toMatchObject({
      stop: [],
      constraint: undefined,
    })
  })

  test('changes neither of its arguments', () => {
    const [one, other] = [Object.freeze({ topK: 1 }), Object.freeze({ topK: 2 })]
    expect(mergeOptions(one, other)).toEqual({ topK: 2 })
    expect(mergeOptions()).toEqual({})
  })
})

describe('generationRequest', () => {
  test("says every sampling option, with llama-cpp-python's defaults for chats", () => {
    expect(request()).toEqual({
      sampling: {
        temperature: 0.2,
        topK: 40,
        topP: 0.95,
        minP: 0.05,
        repeatPenalty: 1,
        frequencyPenalty: 0,
        presencePenalty: 0,
        seed: expect.any(Number),
        typicalP: 1,
        mirostatMode: 0,
        mirostatTau: 5,
        mirostatEta: 0.1,
        penaltyWindow: 64,
        logitBias: {},
      },
      maxTokens: undefined,
      stop: [],
      constraint: undefined,
      contextShift: false,
      logprobs: undefined,
      toolChoice: 'auto',
      reasoning: { enabled: undefined, budget: undefined, format: 'separate' },
      templateKwargs: {},
    })
  })

  test('passes on what was given', () => {
    const sampling = {
      temperature: 0,
      topK: 0,
      topP: 0,
      minP: 0,
      repeatPenalty: 0,
      frequencyPenalty: 2,
      presencePenalty: -2,
      typicalP: 0.5,
      mirostatMode: 2,
      mirostatTau: 4,
      mirostatEta: 0.2,
      seed: 0,
      logitBias: { '7': -1 },
    }
    const given = request({ ...sampling, contextShift: true }, { lastNTokensSize: 0 })
    expect(given.sampling).toEqual({ ...sampling, penaltyWindow: 0 })
    expect(given.contextShift).toBe(true)
  })

  test.each<{ given: GenerationOptions; asked: object }>([
    { given: { logprobs: true }, asked: { logprobs: 0 } },
    { given: { logprobs: true, topLogprobs: 3 }, asked: { logprobs: 3 } },
    { given: { logprobs: false }, asked: { logprobs: undefined } },
    { given: { toolChoice: 'required' }, asked: { toolChoice: 'required' } },
    { given: { functionCall: { name: 'a' } }, asked: { toolChoice: { name: 'a' } } },
    {
      given: { enableThinking: false, reasoningBudget: 5, reasoningFormat: 'text' },
      asked: { reasoning: { enabled: false, budget: 5, format: 'text' } },
    },
    { given: { chatTemplateKwargs: { a: [1] } }, asked: { templateKwargs: { a: [1] } } },
  ])('takes $given for $asked', ({ given, asked }) => {
    expect(request(given)).toMatchObject(asked)
  })

  test.each([
    { maxTokens: 1, limit: 1 },
    { maxTokens: 0, limit: undefined },
    { maxTokens: -1, limit: undefined },
    { maxTokens: null, limit: undefined },
  ])('takes maxTokens $maxTokens for the limit $limit', ({ maxTokens, limit }) => {
    expect(request({ maxTokens }).maxTokens).toBe(limit)
  })

  test('makes a list of one stop text', () => {
    expect(request({ stop: 'END' }).stop).toEqual(['END'])
    expect(request({ stop: ['a', 'b'] }).stop).toEqual(['a', 'b'])
  })

  test.each<{ given: GenerationOptions; constraint: unknown }>([
    { given: { grammar: 'root ::= "a"' }, constraint: { kind: 'grammar', gbnf: 'root ::= "a"' } },
    { given: { responseFormat: { type: 'text' } }, constraint: undefined },
    {
      given: { responseFormat: { type: 'jsonObject' } },
      constraint: { kind: 'json', schema: undefined },
    },
    {
      given: { responseFormat: { type: 'jsonObject', schema: { type: 'array' } } },
      constraint: { kind: 'json', schema: { type: 'array' } },
    },
  ])('takes $given for the constraint $constraint', ({ given, constraint }) => {
    expect(request(given).constraint).toEqual(constraint)
  })
})

describe('Seeds', () => {
  const take = (seeds: Seeds, count: number) => Array.from({ length: count }, () => seeds.next())

  test('derives the same seeds from the same one, each another', () => {
    const derived = take(new Seeds(42), 1000)
    expect(take(new Seeds(42), 1000)).toEqual(derived)
    expect(new Set(derived).size).toBe(1000)
    expect(take(new Seeds(43), 1000)).not.toEqual(derived)
    expect(derived.every((seed) => Number.isInteger(seed) && seed >= 0 && seed < 2 ** 32)).toBe(true)
  })

  test.each([undefined, 2 ** 32 - 1])('is random for %s', (seed) => {
    expect(take(new Seeds(seed), 4)).not.toEqual(take(new Seeds(seed), 4))
  })

  test('is not asked where the request has one', () => {
    const seeds = new Seeds(42)
    expect(generationRequest({ seed: 5 }, {}, seeds).sampling.seed).toBe(5)
    expect(generationRequest({}, {}, seeds).sampling.seed).toBe(new Seeds(42).next())
    expect(generationRequest({ seed: null }, {}, seeds).sampling.seed).not.toBe(new Seeds(42).next())
  })
})
