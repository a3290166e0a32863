import { describe, expect, test } from '@jest/globals'
import { requestAttributes } from '../../src/attributes/request.ts'
import { finishReasonOf, responseAttributes } from '../../src/attributes/response.ts'
import { answered } from '../components.ts'

describe('options of a request', () => {
  test('those that the conventions know are recorded', () => {
    const options = {
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
    expect(requestAttributes(options)).toEqual({
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

  test('a limit below 1 is none', () => {
    expect(requestAttributes({ maxTokens: -1 })).toEqual({})
    expect(requestAttributes({ maxTokens: null })).toEqual({})
  })

  test('what is of a wrong kind is not recorded', () => {
    const options = { temperature: 'hot', seed: Number.NaN, stop: [1], responseFormat: 'json' }
    expect(requestAttributes(options)).toEqual({})
  })
})

const asked = { operation: 'chat', provider: 'acme', model: 'acme-1', durationMs: 3 } as const

test('what a model says of its answer is recorded', () => {
  expect(responseAttributes({ ...asked, ...answered })).toEqual({
    'gen_ai.response.model': 'acme-1-mini',
    'gen_ai.response.id': 'chatcmpl-1',
    'gen_ai.response.finish_reasons': ['stop'],
    'gen_ai.usage.input_tokens': 12,
    'gen_ai.usage.output_tokens': 3,
    'gen_ai.usage.cache_read.input_tokens': 5,
    'millrace.generation.engine': 'acme-engine',
    'millrace.generation.warnings': ['REPLY_CUT'],
    'millrace.generation.prompt_ms': 4.5,
    'millrace.generation.predicted_ms': 9.25,
    'millrace.generation.queue_ms': 1,
    'millrace.generation.tokens_per_second': 216,
  })
})

test('nothing is recorded of what is not known: of an answer only its model, of a failure nothing', () => {
  expect(responseAttributes(asked)).toEqual({ 'gen_ai.response.model': 'acme-1' })
  expect(responseAttributes({ ...asked, error: new Error('no') })).toEqual({})
})

test('finish reasons are named as in the conventions', () => {
  expect(
    ['stop', 'length', 'toolCalls', 'contentFilter', 'aborted', 'constructor'].map(finishReasonOf),
  ).toEqual(['stop', 'length', 'tool_call', 'content_filter', 'error', 'constructor'])
})
