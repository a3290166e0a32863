import { describe, expect, test } from '@jest/globals'
import { parseModelChoice } from '../../src/arguments/model-choice.ts'
import { failureOf } from '../failure-of.ts'

describe('parseModelChoice', () => {
  test.each([
    ['llm=model.gguf', { component: 'llm', model: 'model.gguf' }],
    ['llm=a=b.gguf', { component: 'llm', model: 'a=b.gguf' }],
    ['capital.llm=a.gguf', { component: 'capital.llm', model: 'a.gguf' }],
    ['../a=b.gguf', { component: undefined, model: '../a=b.gguf' }],
    ['model.gguf', { component: undefined, model: 'model.gguf' }],
    ['./a=b.gguf', { component: undefined, model: './a=b.gguf' }],
    ['C:\\a=b.gguf', { component: undefined, model: 'C:\\a=b.gguf' }],
    ['https://host/m.gguf?a=b', { component: undefined, model: 'https://host/m.gguf?a=b' }],
    ['hf:user/repository:Q4_K_M', { component: undefined, model: 'hf:user/repository:Q4_K_M' }],
  ])('reads %j', (written, choice) => {
    expect(parseModelChoice(written)).toEqual(choice)
  })

  test.each(['', 'llm='])('refuses %j', async (written) => {
    expect(await failureOf(() => parseModelChoice(written))).toBe(
      'USAGE_INVALID: --model names no model. Write --model model.gguf, or --model llm=model.gguf for one component of several.',
    )
  })
})
