import { expect, test } from '@jest/globals'
import {
  checkStreamingChunk,
  countPayloads,
  streamingChunkSchema,
} from '../../src/data/streaming-chunk-shape.ts'
import { testSchemaAgreement } from './schema-agreement.ts'

const base = { content: '', index: 0, start: false }
const toolCallResult = {
  type: 'toolCallResult',
  result: '',
  origin: { type: 'toolCall', name: 'x', arguments: {} },
  error: false,
}

testSchemaAgreement(streamingChunkSchema, (value) => checkStreamingChunk(value, '') === undefined, {
  good: [
    base,
    { ...base, content: 'x', finishReason: 'aborted', component: { type: 'Mock' }, meta: { a: 1 } },
    { ...base, toolCalls: [{ index: 0 }, { index: 1, id: 'a', name: 'x', arguments: '{' }] },
    { ...base, toolCalls: [], reasoning: '', content: 'x' },
    { ...base, toolCallResult },
    { ...base, reasoning: 'x', component: { name: 'llm', type: 'Mock' } },
  ],
  bad: [
    { ...base, content: 'x', reasoning: 'y' },
    { ...base, content: 'x', toolCalls: [{ index: 0 }] },
    { ...base, toolCallResult, reasoning: 'x' },
    { ...base, toolCalls: [{ index: 0 }], toolCallResult },
    { ...base, toolCalls: [{ name: 'x' }] },
    { ...base, toolCalls: [{ index: 0, type: 'function' }] },
    { ...base, index: -1 },
    { ...base, index: 0.5 },
    { ...base, start: 'yes' },
    { ...base, content: null },
    { ...base, finishReason: 'tool_calls' },
    { ...base, component: 'llm' },
    { ...base, component: { name: 'llm' } },
    { ...base, delta: 'x' },
    { content: 'x', start: true },
  ],
})

test('an empty payload counts as none', () => {
  expect(countPayloads({ content: '', toolCalls: [], reasoning: '' })).toBe(0)
  expect(countPayloads({ content: 'x', reasoning: 'y' })).toBe(2)
})
