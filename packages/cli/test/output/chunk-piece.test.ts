import { expect, test } from '@jest/globals'
import { ImageContent, StreamingChunk, ToolCall } from '@millrace/core'
import type { StreamingChunkFields } from '@millrace/core/component'
import type { Piece } from '../../src/output/block-writer.ts'
import { pieceOf } from '../../src/output/chunk-piece.ts'

const origin = ToolCall.create({ name: 'look', arguments: {} })
const result = (text: string, error = false) => ({
  toolCallResult: { type: 'toolCallResult', result: text, origin, error } as const,
  index: 0,
})

test.each<[string, StreamingChunkFields, Piece | undefined]>([
  ['a text', { content: 'Yes', start: true }, { kind: 'reply', text: 'Yes', starts: true }],
  ['nothing', { finishReason: 'stop' }, undefined],
  ['a thought', { reasoning: 'Hm', index: 0, start: true }, { kind: 'reasoning', text: 'Hm', starts: false }],
  [
    'the beginning of a call',
    { toolCalls: [{ index: 0, id: 'c', name: 'add' }], index: 0 },
    { kind: 'call', text: '→ add(', starts: true },
  ],
  [
    'more of a call',
    { toolCalls: [{ index: 0, arguments: '{"a"' }], index: 1 },
    { kind: 'call', text: '{"a"', starts: false },
  ],
  [
    'two whole calls',
    {
      toolCalls: [
        { index: 0, name: 'add', arguments: '{}' },
        { index: 1, name: 'now', arguments: '{}' },
      ],
      index: 0,
    },
    { kind: 'call', text: '→ add({})\n→ now({}', starts: true },
  ],
  ['a result', result(' one\n  two '), { kind: 'result', text: '← look: one two\n', starts: true }],
  ['a failure', result('No.', true), { kind: 'result', text: '✗ look: No.\n', starts: true }],
  [
    'a long result',
    result('a'.repeat(300)),
    { kind: 'result', text: `← look: ${'a'.repeat(200)}…\n`, starts: true },
  ],
])('a chunk with %s', (_, fields, piece) => {
  expect(pieceOf(StreamingChunk.create(fields))).toEqual(piece)
})

test('a chunk with a result of several parts', () => {
  const parts = [
    { type: 'text', text: 'This:' } as const,
    ImageContent.fromBytes(Buffer.from('x'), { mimeType: 'image/png' }),
  ]
  const toolCallResult = { type: 'toolCallResult', result: parts, origin, error: false } as const
  expect(pieceOf(StreamingChunk.create({ toolCallResult, index: 0 }))?.text).toBe(
    '← look: This: (an image)\n',
  )
})
