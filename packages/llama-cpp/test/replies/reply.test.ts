import { describe, expect, test } from '@jest/globals'
import { ChatMessage } from '@millrace/core'
import type { Generation } from '../../src/engines/request.ts'
import { type Answering, makeReplyMeta, replyMessage, replyMeta } from '../../src/replies/reply.ts'

const generation: Generation = {
  text: 'Hello!',
  reasoning: '',
  toolCalls: [],
  logprobs: undefined,
  finishReason: 'stop',
  promptTokens: 9,
  cachedTokens: 3,
  completionTokens: 5,
  queueMs: 0.123,
  promptMs: 10.006,
  predictedMs: 40,
}

const by: Answering = { model: 'a.gguf', engine: 'node-llama-cpp', device: 'cpu', warnings: [] }

describe('the meta of a reply', () => {
  test('says what the reply took (8.4)', () => {
    expect(makeReplyMeta(generation, by)).toEqual({
      model: 'a.gguf',
      engine: 'node-llama-cpp',
      device: 'cpu',
      index: 0,
      finishReason: 'stop',
      usage: { promptTokens: 9, completionTokens: 5, totalTokens: 14, cachedTokens: 3 },
      timings: { queueMs: 0.12, promptMs: 10.01, predictedMs: 40, tokensPerSecond: 100 },
      responseId: expect.stringMatching(/^chatcmpl-[0-9a-f-]{36}$/),
      created: expect.any(Number),
    })
  })

  test('has the warnings of the model, and no device where nothing was evaluated', () => {
    const warning = { code: 'GPU_UNAVAILABLE', message: 'There is none.' } as const
    expect(makeReplyMeta(generation, { ...by, warnings: [warning] }).warnings).toEqual([warning])
    expect(makeReplyMeta(generation, { ...by, device: undefined })).not.toHaveProperty('device')
  })

  test('has the second of its making, and an id of its own', () => {
    const [one, other] = [makeReplyMeta(generation, by), makeReplyMeta(generation, by)]
    expect(Math.abs(one.created - Date.now() / 1000)).toBeLessThan(5)
    expect(Number.isInteger(one.created)).toBe(true)
    expect(one.responseId).not.toBe(other.responseId)
  })

  test.each([
    { completionTokens: 0, predictedMs: 0 },
    { completionTokens: 1, predictedMs: 0 },
    { completionTokens: 1, predictedMs: 5 },
  ])('gives no speed for $completionTokens tokens in $predictedMs ms', (took) => {
    expect(makeReplyMeta({ ...generation, ...took }, by).timings.tokensPerSecond).toBe(0)
  })
})

describe('replyMessage', () => {
  const meta = makeReplyMeta(generation, by)

  test("is the assistant's, with the meta", () => {
    expect(replyMessage(generation, meta)).toEqual(
      ChatMessage.assistant({ text: 'Hello!', meta: { ...meta } }),
    )
  })

  test('has no parts when there is no text (8.4)', () => {
    expect(replyMessage({ ...generation, text: '' }, meta)).toEqual({ role: 'assistant', content: [], meta })
  })

  test('holds the thought, the text and the calls, in this order (8.4)', () => {
    const message = replyMessage(
      {
        ...generation,
        reasoning: 'A sum.',
        toolCalls: [{ id: 'call_1', name: 'add', arguments: '{"a": 1, "b": 2}' }],
      },
      meta,
    )
    expect(message.content).toEqual([
      { type: 'reasoning', text: 'A sum.' },
      { type: 'text', text: 'Hello!' },
      { type: 'toolCall', id: 'call_1', name: 'add', arguments: { a: 1, b: 2 } },
    ])
    expect(ChatMessage.is(message)).toBe(true)
  })

  test.each(['{"a": 1', '[1]', '5', 'a=1'])(
    'keeps a call with the arguments %s, but not as a call (8.4)',
    (written) => {
      const toolCalls = [
        { id: 'call_1', name: 'add', arguments: written },
        { id: 'call_2', name: 'now', arguments: '' },
      ]
      const message = replyMessage({ ...generation, text: '', toolCalls }, meta)
      expect(message.content).toEqual([{ type: 'toolCall', id: 'call_2', name: 'now', arguments: {} }])
      expect(message.meta?.['malformedToolCalls']).toEqual([
        { index: 0, id: 'call_1', name: 'add', arguments: written },
      ])
    },
  )
})

test('replyMeta gives the meta of our replies with its types, and nothing for other messages', () => {
  const reply = replyMessage(generation, makeReplyMeta(generation, by))
  expect(replyMeta(reply)?.usage.completionTokens).toBe(5)
  expect(replyMeta(JSON.parse(JSON.stringify(reply)))).toEqual(reply.meta)
  const others = [
    undefined,
    ChatMessage.user('x'),
    ChatMessage.assistant({ meta: { engine: 'x', usage: {} } }),
  ]
  expect(others.map(replyMeta)).toEqual([undefined, undefined, undefined])
})
