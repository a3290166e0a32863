import { describe, expect, test } from '@jest/globals'
import { StreamingChunk } from '../../src/data/streaming-chunk.ts'
import { rejected } from '../component/thrown.ts'

describe('create', () => {
  test('without fields makes an empty chunk', () => {
    expect(StreamingChunk.create()).toStrictEqual({ content: '', index: 0, start: false })
  })

  test('keeps what is given and leaves out what is empty', () => {
    const fields = {
      content: 'x',
      toolCalls: [],
      reasoning: '',
      index: 2,
      start: true,
      finishReason: 'stop',
      component: { name: 'llm', type: 'Mock' },
      meta: { model: 'm' },
    } as const
    const { toolCalls, reasoning, ...rest } = fields
    expect([toolCalls.length, reasoning.length]).toEqual([0, 0])
    expect(StreamingChunk.create(fields)).toStrictEqual(rest)
  })

  test.each<[Parameters<typeof StreamingChunk.create>[0], string]>([
    [
      { content: 'x', reasoning: 'y', index: 0 },
      'it has more than one of content, tool calls, a tool result and reasoning; send one chunk for each.',
    ],
    [
      { reasoning: 'y' },
      "with tool calls, a tool result or reasoning it must have an 'index', the number of the block.",
    ],
    [
      { toolCalls: [{ index: 0 }] },
      "with tool calls, a tool result or reasoning it must have an 'index', the number of the block.",
    ],
    [{ content: 'x', index: -1 }, "'index': must be >= 0, got the number -1."],
    [{ content: 1 as never }, "'content': expected string, got the number 1."],
  ])('refuses %j', async (fields, reason) => {
    expect(await rejected(async () => StreamingChunk.create(fields))).toBe(
      `DATA_INVALID_CHUNK: Invalid streaming chunk: ${reason}`,
    )
  })
})
