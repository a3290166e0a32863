import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { ChatMessage } from '../../src/data/chat-message.ts'
import { StreamingChunk, type ToolCallDelta } from '../../src/data/streaming-chunk.ts'
import * as arbitrary from './arbitraries.ts'

const { create, merge } = StreamingChunk

function chunksOf(...deltas: ToolCallDelta[]): StreamingChunk[] {
  return deltas.map((delta) => create({ index: delta.index, toolCalls: [delta] }))
}

test('no chunks make an empty assistant message', () => {
  expect(merge([])).toStrictEqual({ role: 'assistant', content: [] })
})

test('texts and reasonings are joined, and reasoning stands first', () => {
  const chunks = [
    create({ reasoning: 'so ', index: 0, start: true }),
    create({ reasoning: 'what', index: 0 }),
    create({ content: ' Par', index: 1, start: true }),
    create({ content: 'is' }),
    create({ finishReason: 'stop' }),
  ]
  expect(merge(chunks)).toStrictEqual({
    role: 'assistant',
    content: [
      { type: 'reasoning', text: 'so what' },
      { type: 'text', text: ' Paris' },
    ],
    meta: { index: 0, finishReason: 'stop' },
  })
})

test('chunks without a word make a message without parts', () => {
  expect(merge([create(), create({ finishReason: 'length' })])).toStrictEqual({
    role: 'assistant',
    content: [],
    meta: { index: 0, finishReason: 'length' },
  })
})

test('any way of cutting a text into chunks gives the text', () => {
  fc.assert(
    fc.property(fc.array(arbitrary.text), (pieces) => {
      const message = merge(pieces.map((content) => create({ content })))
      expect(ChatMessage.text(message) ?? '').toBe(pieces.join(''))
      expect(ChatMessage.validate(JSON.parse(JSON.stringify(message)))).toStrictEqual(message)
      expect(ChatMessage.is(message)).toBe(true)
    }),
  )
})

test('meta has the last of what chunks carry, and the time of the first', () => {
  const chunks = [
    create({ content: 'x', meta: { model: 'a', receivedAt: 't0', usage: null, logprobs: [1] } }),
    create({
      content: 'y',
      finishReason: 'length',
      meta: { model: 'b', receivedAt: 't1', logprobs: [2, 3] },
    }),
    create({ finishReason: 'toolCalls', meta: { usage: { totalTokens: 3 }, timings: { totalMs: 5 } } }),
    create({ meta: { usage: null } }),
  ]
  expect(merge(chunks).meta).toStrictEqual({
    index: 0,
    model: 'b',
    finishReason: 'toolCalls',
    completionStartTime: 't0',
    usage: { totalTokens: 3 },
    timings: { totalMs: 5 },
    logprobs: [1, 2, 3],
  })
})

describe('tool calls', () => {
  test('are joined by index and sorted by it', () => {
    const chunks = chunksOf(
      { index: 1, id: 'b', name: 'second', arguments: '' },
      { index: 0, id: 'a', name: 'fi' },
      { index: 0, name: 'rst', arguments: '{"x":' },
      { index: 0, id: 'a', arguments: ' 1}' },
    )
    expect(ChatMessage.toolCalls(merge(chunks))).toStrictEqual([
      { type: 'toolCall', id: 'a', name: 'first', arguments: { x: 1 } },
      { type: 'toolCall', id: 'b', name: 'second', arguments: {} },
    ])
  })

  test('without an id get one of their own', () => {
    const [one, other] = ChatMessage.toolCalls(
      merge(chunksOf({ index: 0, name: 'a', id: '' }, { index: 1, name: 'b' })),
    )
    expect([one?.id, other?.id]).toEqual([
      expect.stringMatching(/^call_[0-9a-f]{32}$/),
      expect.stringMatching(/^call_/),
    ])
    expect(one?.id).not.toBe(other?.id)
  })

  test('with arguments that are no JSON object are kept in meta, as the model wrote them', () => {
    const chunks = chunksOf(
      { index: 0, id: 'a', name: 'good', arguments: '{}' },
      { index: 1, id: 'b', name: 'cut', arguments: '{"x": ' },
      { index: 2, name: 'list', arguments: '[1]' },
    )
    const message = merge(chunks)
    expect(ChatMessage.toolCalls(message).map(({ name }) => name)).toEqual(['good'])
    expect(message.meta).toStrictEqual({
      index: 0,
      malformedToolCalls: [
        { index: 1, id: 'b', name: 'cut', arguments: '{"x": ' },
        { index: 2, name: 'list', arguments: '[1]' },
      ],
    })
  })

  test('however their arguments are cut, they come out whole', () => {
    fc.assert(
      fc.property(arbitrary.jsonObject, fc.array(fc.nat({ max: 100 })), (given, cuts) => {
        const text = JSON.stringify(given)
        const places = [...cuts.map((cut) => cut % text.length), 0, text.length].sort((a, b) => a - b)
        const deltas = places
          .slice(1)
          .map((end, index) => ({ index: 0, arguments: text.slice(places[index], end) }))
        const [call] = ChatMessage.toolCalls(merge(chunksOf({ index: 0, id: 'a', name: 'x' }, ...deltas)))
        expect(call?.arguments).toStrictEqual(given)
      }),
    )
  })

  test('results of tools are not the words of the assistant', () => {
    const origin = { type: 'toolCall', name: 'x', arguments: {} } as const
    const toolCallResult = { type: 'toolCallResult', result: 'noon', origin, error: false } as const
    expect(merge([create({ toolCallResult, index: 0 })]).content).toEqual([])
  })
})
