import { describe, expect, jest, test } from '@jest/globals'
import type * as Binding from 'node-llama-cpp'
import { LlamaModel } from 'node-llama-cpp'
import {
  guardSampling,
  type NativeContext,
} from '../../../../src/engines/node-llama-cpp/sampling/native-sampling.ts'
import { nodeLlamaCpp } from '../../../../src/engines/node-llama-cpp.ts'
import type { GenerationOptions } from '../../../../src/options/generation-options.ts'
import { contextSpec } from '../../../../src/session/specs.ts'
import { deferred } from '../../../deferred.ts'
import { failureOf } from '../../../failure-of.ts'
import { openPocket } from '../../../pocket-binding.ts'
import { chatRequest, pocketWeights } from '../../chat-request.ts'

const options = { temperature: 0 }
const questions = ['Tell me a story.', 'Hello', 'What is the capital of Japan?', 'Who are you?']

/** A context whose samplings end when the test says so. */
function heldContext() {
  const begun: { readonly name: unknown; readonly end: (value: unknown) => void }[] = []
  const native: NativeContext = {
    decodeBatch: async () => {},
    sampleToken: (name) => {
      const { promise, resolve } = deferred<unknown>()
      begun.push({ name, end: resolve })
      return promise
    },
  }
  guardSampling({ _ctx: native } as unknown as Binding.LlamaContext)
  return { native, names: () => begun.map(({ name }) => name), end: (at: number) => begun[at]?.end(at) }
}

describe('the samplings behind a batch', () => {
  test('begin when the first of them has ended, and then together', async () => {
    const { native, names, end } = heldContext()
    await native.decodeBatch()
    const all = [native.sampleToken('a'), native.sampleToken('b'), native.sampleToken('c')]
    await Promise.resolve()
    expect(names()).toEqual(['a'])
    end(0)
    expect(await all[0]).toBe(0)
    await Promise.resolve()
    expect(names()).toEqual(['a', 'b', 'c'])
    end(2)
    end(1)
    expect(await Promise.all(all)).toEqual([0, 1, 2])
    await native.decodeBatch()
    void native.sampleToken('d')
    expect(names().at(-1)).toBe('d')
  })

  test('give each slot the answer to its own prompt', async () => {
    const { model, context, dispose } = await openPocket(questions.length)
    guardSampling(context)
    const sequences = questions.map(() => context.getSequence())
    const answer = async (index: number) => {
      const sequence = sequences[index] as Binding.LlamaContextSequence
      const text = `<|im_start|>user\n${questions[index]}<|im_end|>\n<|im_start|>assistant\n`
      await sequence.clearHistory()
      const reply: Binding.Token[] = []
      for await (const token of sequence.evaluate(model.tokenize(text, true), options)) {
        reply.push(token)
        if (reply.length === 6) break
      }
      return model.detokenize(reply)
    }
    const alone: string[] = []
    for (const index of questions.keys()) alone.push(await answer(index))
    for (let round = 0; round < 60; round++) {
      expect(await Promise.all(questions.map((_, index) => answer(index)))).toEqual(alone)
    }
    await dispose()
  })
})

/** Opens the pocket model with a native sampling that fails once, at the third token. */
async function openFailing(slots: number) {
  const weights = await nodeLlamaCpp.load(pocketWeights, {})
  const failing = jest.spyOn(LlamaModel.prototype, 'createContext')
  failing.mockImplementation(async function (this: LlamaModel, ...given) {
    failing.mockRestore()
    const context = await this.createContext(...given)
    const native = (context as unknown as { readonly _ctx: NativeContext })._ctx
    const { sampleToken } = native
    let count = 0
    const value = (...args: unknown[]) =>
      ++count === 3 ? Promise.reject(new RangeError('out of memory')) : sampleToken.apply(native, args)
    Object.defineProperty(native, 'sampleToken', { value, configurable: true })
    return context
  })
  const context = await weights.open(contextSpec({ slots }, {}, {}), {})
  const close = async () => {
    await context.dispose()
    await weights.dispose()
  }
  return { context, close }
}

describe('a sampling that fails', () => {
  const drawn = { temperature: 0.7, seed: 1 }
  test.each<[string, GenerationOptions]>([
    ['a plain request', {}],
    ['probabilities of the likeliest token', { logprobs: true }],
    ['probabilities of a token that was drawn', { logprobs: true, ...drawn }],
  ])('fails its request alone: %s', async (_, options) => {
    const { context, close } = await openFailing(1)
    const failed = failureOf(context.chat(chatRequest('Tell me a story.', options), { signal: undefined }))
    expect((await failed).code).toBe('ENGINE_FAILED')
    const { text } = await context.chat(chatRequest('What is the capital of France?'), { signal: undefined })
    expect(text).toBe('The capital of France is Paris.')
    await close()
  })

  test('fails one of two slots, and the other answers', async () => {
    const { context, close } = await openFailing(2)
    const both = ['France', 'Japan'].map((country) =>
      context.chat(chatRequest(`What is the capital of ${country}?`), { signal: undefined }).then(
        ({ text }) => text,
        ({ code }) => code,
      ),
    )
    const answers = await Promise.all(both)
    expect(answers.filter((answer) => answer === 'ENGINE_FAILED')).toHaveLength(1)
    expect(answers.filter((answer) => /^The capital of .* is (Paris|Tokyo)\.$/.test(answer))).toHaveLength(1)
    await close()
  })
})

test('a binding that looks different inside is left alone', () => {
  const context = {} as Binding.LlamaContext
  guardSampling(context)
  expect(context).toEqual({})
})
