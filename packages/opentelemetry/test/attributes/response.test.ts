import { expect, test } from '@jest/globals'
import { responseAttributes } from '../../src/attributes/response.ts'
import { replyMeta } from '../components.ts'

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
