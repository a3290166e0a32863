import { describe, expect, test } from '@jest/globals'
import { requestAttributes, requestedModel } from '../../src/attributes/request.ts'

describe('options of a request', () => {
  test('those that the conventions know are recorded', () => {
    const generationKwargs = {
      temperature: 0,
      topP: 0.9,
      topK: 40,
      minP: 0.05,
      maxTokens: 64,
      seed: 7,
      stop: ['a', 'b'],
      frequencyPenalty: 0.5,
      presencePenalty: -0.5,
      responseFormat: { type: 'jsonObject' },
    }
    expect(requestAttributes({}, { generationKwargs })).toEqual({
      'gen_ai.request.temperature': 0,
      'gen_ai.request.top_p': 0.9,
      'gen_ai.request.top_k': 40,
      'gen_ai.request.max_tokens': 64,
      'gen_ai.request.seed': 7,
      'gen_ai.request.stop_sequences': ['a', 'b'],
      'gen_ai.request.frequency_penalty': 0.5,
      'gen_ai.request.presence_penalty': -0.5,
      'gen_ai.output.type': 'json',
    })
  })

  test('those of the run win over those of the component, key by key', () => {
    const init = { generationKwargs: { temperature: 1, topP: 0.5, seed: 7, stop: 'end' } }
    const run = { generationKwargs: { temperature: 0, topP: undefined, seed: null } }
    expect(requestAttributes(init, run)).toEqual({
      'gen_ai.request.temperature': 0,
      'gen_ai.request.top_p': 0.5,
      'gen_ai.request.stop_sequences': ['end'],
    })
  })

  test('a limit below 1 is none', () => {
    expect(requestAttributes({}, { generationKwargs: { maxTokens: -1 } })).toEqual({})
    expect(requestAttributes({}, { generationKwargs: { maxTokens: null } })).toEqual({})
  })

  test('what is of a wrong kind is not recorded', () => {
    const generationKwargs = { temperature: 'hot', seed: Number.NaN, stop: [1], responseFormat: 'json' }
    expect(requestAttributes({ generationKwargs: 5 }, { generationKwargs })).toEqual({})
  })
})

describe('the model that is asked for', () => {
  test.each([
    ['/home/ada/models/qwen.gguf', 'qwen.gguf'],
    ['./qwen.gguf', 'qwen.gguf'],
    ['models/qwen.gguf', 'qwen.gguf'],
    ['~/qwen', 'qwen'],
    ['C:\\models\\qwen.gguf', 'qwen.gguf'],
    ['file:///models/qwen.gguf', 'qwen.gguf'],
    ['https://ada:secret@example.com/m/qwen.gguf?token=secret', 'qwen.gguf'],
    ['https://ada:secret@example.com', undefined],
    ['hf:Qwen/Qwen3-0.6B-GGUF:Q4_0', 'hf:Qwen/Qwen3-0.6B-GGUF:Q4_0'],
    ['npm:@millrace/pocket-model/pocket.gguf', 'npm:@millrace/pocket-model/pocket.gguf'],
    ['meta-llama/Llama-3', 'meta-llama/Llama-3'],
    ['gpt-5', 'gpt-5'],
    ['${env:MODEL}', undefined],
    ['', undefined],
  ])('%s is called %s', (model, name) => {
    expect(requestedModel({ model })).toBe(name)
  })

  test('is that of modelKwargs where it overrides the parameter', () => {
    expect(requestedModel({ model: 'a.gguf', modelKwargs: { modelPath: '/b.gguf' } })).toBe('b.gguf')
  })

  test('is unknown without parameters', () => {
    expect(requestedModel({})).toBeUndefined()
  })
})
