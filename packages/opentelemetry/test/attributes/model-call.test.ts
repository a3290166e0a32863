import { describe, expect, test } from '@jest/globals'
import { ChatMessage } from '@millrace/core'
import { generationOf, providerOf } from '../../src/attributes/generation.ts'
import { requestAttributes, requestedModel } from '../../src/attributes/request.ts'
import { responseAttributes } from '../../src/attributes/response.ts'
import { replyMeta } from '../components.ts'

const meta = { model: 'm', usage: { promptTokens: 1 } }
const reply = ChatMessage.assistant({ text: 'Hi', meta })
const asked = { messages: [ChatMessage.user('Hello')] }

describe('a visit is a call of a model', () => {
  test('when its replies are messages that say how they were made', () => {
    const visit = { componentType: 'AcmeChatGenerator', inputs: asked, outputs: { replies: [reply] } }
    expect(generationOf(visit, {})).toEqual({
      operation: 'chat',
      provider: 'acme',
      inProcess: false,
      replyMetas: [meta],
    })
  })

  test.each([
    ['a list', [meta, meta]],
    ['one for all', meta],
  ])('when its replies are texts and the meta stands beside them, as %s', (_, given) => {
    const outputs = { replies: ['a', 'b'], meta: given }
    expect(
      generationOf({ componentType: 'AcmeGenerator', inputs: { prompt: 'x' }, outputs }, {}),
    ).toMatchObject({
      operation: 'text_completion',
      provider: 'acme',
    })
  })

  test('when it is a known generator that failed', () => {
    expect(
      generationOf({ componentType: 'LlamaCppChatGenerator', inputs: asked, outputs: undefined }, {}),
    ).toEqual({ operation: 'chat', provider: 'llama_cpp', inProcess: true, replyMetas: [] })
    expect(
      generationOf({ componentType: 'LlamaCppGenerator', inputs: { prompt: 'x' }, outputs: undefined }, {}),
    ).toMatchObject({ operation: 'text_completion', provider: 'llama_cpp' })
  })

  test('when it failed and its provider was named', () => {
    const visit = { componentType: 'Oracle', inputs: asked, outputs: undefined }
    expect(generationOf(visit, { Oracle: 'delphi' })).toMatchObject({ operation: 'chat', provider: 'delphi' })
    expect(generationOf(visit, {})).toBeUndefined()
  })
})

describe('a visit is no call of a model', () => {
  test.each([
    ['without replies', { text: 'x' }],
    ['when its replies say nothing about a model', { replies: [ChatMessage.assistant('Hi')] }],
    ['when its replies are texts without meta', { replies: ['Hi'] }],
    ['when it gave no reply', { replies: [], meta: [] }],
    ['when its replies are no messages', { replies: [{ meta }, 5] }],
    ['when it is called like something of every object', { replies: 'constructor' }],
  ])('%s', (_, outputs) => {
    expect(generationOf({ componentType: 'constructor', inputs: asked, outputs }, {})).toBeUndefined()
  })

  test('when it passes on a reply that it got', () => {
    const visit = (inputs: Record<string, unknown>) => ({
      componentType: 'Keep',
      inputs,
      outputs: { replies: [reply] },
    })
    expect(generationOf(visit({ replies: [reply] }), {})).toBeUndefined()
    expect(generationOf(visit({ reply }), {})).toBeUndefined()
  })

  test('when a generator had nothing to answer', () => {
    const visit = {
      componentType: 'LlamaCppChatGenerator',
      inputs: { messages: [] },
      outputs: { replies: [] },
    }
    expect(generationOf(visit, {})).toBeUndefined()
  })
})

test.each([
  ['LlamaCppChatGenerator', 'llama_cpp'],
  ['LlamaCppGenerator', 'llama_cpp'],
  ['OpenAIChatGenerator', 'openai'],
  ['MistralAIGenerator', 'mistral_ai'],
  ['AnthropicChatGenerator', 'anthropic'],
  ['Acme.HTTPChatGenerator', 'acme_http'],
  ['ChatGenerator', 'chat_generator'],
])('%s is of %s', (type, provider) => {
  expect(providerOf(type)).toBe(provider)
})

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

test('what the meta of a reply says is recorded', () => {
  expect(responseAttributes([replyMeta])).toEqual({
    'gen_ai.response.model': 'acme-1-mini',
    'gen_ai.response.id': 'chatcmpl-1',
    'gen_ai.response.finish_reasons': ['stop'],
    'gen_ai.usage.input_tokens': 12,
    'gen_ai.usage.output_tokens': 3,
    'gen_ai.usage.cache_read.input_tokens': 5,
    'millrace.generation.engine': 'acme-engine',
    'millrace.generation.prompt_ms': 4.5,
    'millrace.generation.predicted_ms': 9.25,
    'millrace.generation.queue_ms': 1,
    'millrace.generation.tokens_per_second': 216,
  })
})

test('finish reasons are named as in the conventions, one for each reply', () => {
  const metas = ['stop', 'length', 'toolCalls', 'contentFilter', 'aborted', 'constructor', undefined].map(
    (finishReason) => ({ finishReason }),
  )
  expect(responseAttributes(metas)).toEqual({
    'gen_ai.response.finish_reasons': [
      'stop',
      'length',
      'tool_call',
      'content_filter',
      'error',
      'constructor',
      'error',
    ],
  })
})

test('nothing is recorded of what is not there', () => {
  expect(responseAttributes([])).toEqual({})
  expect(responseAttributes([{ usage: null, timings: 'fast', model: 5 }])).toEqual({})
})
