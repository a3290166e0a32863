import { describe, expect, test } from '@jest/globals'
import type * as Binding from 'node-llama-cpp'
import { completionPrompt } from '../../../../src/engines/node-llama-cpp/prompt/completion-prompt.ts'
import { failureOf } from '../../../failure-of.ts'

interface Marks {
  readonly bos?: number | null
  readonly prepend?: boolean
  readonly middle?: number | null
}

/** A model whose tokens are the characters' codes. */
function modelWith({ bos = 1, prepend = false, middle = 12 }: Marks = {}): Binding.LlamaModel {
  const model = {
    tokenize: (text: string) => Array.from(text, (character) => character.charCodeAt(0)),
    tokens: { bos, shouldPrependBosToken: prepend, infill: { prefix: 10, suffix: 11, middle } },
    fileInfo: { metadata: { tokenizer: { ggml: { tokens: Array.from({ length: 128 }) } } } },
  }
  return model as unknown as Binding.LlamaModel
}

const tokensOf = (
  prompt: string | readonly number[],
  marks: Marks = {},
  suffix?: string,
  suffixFirst = false,
) => completionPrompt({ prompt, suffix, suffixFirst }, modelWith(marks), {}).then(({ tokens }) => tokens)

describe('the prompt of a completion', () => {
  test('is its tokens, with the beginning that the model wants', async () => {
    expect(await tokensOf('ab')).toEqual([97, 98])
    expect(await tokensOf('ab', { prepend: true })).toEqual([1, 97, 98])
    expect(await tokensOf([1, 97], { prepend: true })).toEqual([1, 97])
    expect(await tokensOf('ab', { prepend: true, bos: null })).toEqual([97, 98])
  })

  test('has a beginning in any case when it is empty', async () => {
    expect(await tokensOf('')).toEqual([1])
    expect(await tokensOf([])).toEqual([1])
  })

  test('may be token ids, as they are', async () => {
    expect(await tokensOf([5, 127, 0])).toEqual([5, 127, 0])
    for (const id of [128, -1, 1.5]) {
      const error = await failureOf(() => tokensOf([5, id]))
      expect(error).toMatchObject({ code: 'OPTION_INVALID', option: 'prompt' })
      expect(error.message).toBe(
        `The prompt has ${id} among its token ids; those of this model go from 0 to 127.`,
      )
    }
  })

  test('with a suffix is put between infill tokens, in the order that is asked for', async () => {
    expect(await tokensOf('ab', {}, 'c')).toEqual([10, 97, 98, 11, 99, 12])
    expect(await tokensOf('ab', {}, 'c', true)).toEqual([11, 99, 10, 97, 98, 12])
    expect(await tokensOf('ab', { prepend: true }, 'c')).toEqual([1, 10, 97, 98, 11, 99, 12])
    expect(await tokensOf([97], {}, '')).toEqual([10, 97, 11, 12])
  })

  test('of a model without a middle token ends with what is continued', async () => {
    expect(await tokensOf('ab', { middle: null }, 'c')).toEqual([11, 99, 10, 97, 98])
  })
})
