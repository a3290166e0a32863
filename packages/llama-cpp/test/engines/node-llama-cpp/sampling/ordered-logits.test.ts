import { describe, expect, test } from '@jest/globals'
import type * as Binding from 'node-llama-cpp'
import {
  type NativeContext,
  orderLogits,
} from '../../../../src/engines/node-llama-cpp/sampling/ordered-logits.ts'
import { deferred } from '../../../deferred.ts'
import { openPocket } from '../../../pocket-binding.ts'

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
  orderLogits({ _ctx: native } as unknown as Binding.LlamaContext)
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
    orderLogits(context)
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

test('a binding that looks different inside is left alone', () => {
  const context = {} as Binding.LlamaContext
  orderLogits(context)
  expect(context).toEqual({})
})
