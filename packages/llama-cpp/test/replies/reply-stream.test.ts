import { describe, expect, test } from '@jest/globals'
import { ChatMessage, type RunContext, StreamingChunk } from '@millrace/core'
import { aloneContext } from '@millrace/core/component'
import type { Generation, ReplyDelta } from '../../src/engines/request.ts'
import { ReplyStream } from '../../src/replies/reply-stream.ts'
import { deferred } from '../deferred.ts'
import { collectWarnings } from '../warnings.ts'

const generation = { text: 'ab', finishReason: 'stop' } as Generation
const meta = { model: 'a.gguf', index: 0, finishReason: 'stop', usage: { promptTokens: 1 } }

const text = (piece: string): ReplyDelta => ({ kind: 'text', text: piece })

function listening(): { readonly context: RunContext; readonly emitted: StreamingChunk[] } {
  const emitted: StreamingChunk[] = []
  const context = {
    ...aloneContext({ type: 'Generator' }),
    emit: (chunk: StreamingChunk) => emitted.push(chunk),
  }
  return { context: context as RunContext, emitted }
}

describe('ReplyStream', () => {
  test('numbers its chunks, marks the first, and ends with the finish reason (8.5)', async () => {
    const { context, emitted } = listening()
    const stream = new ReplyStream(context, undefined, 'a.gguf')
    const { onDelta } = stream.listening()
    await onDelta?.(text('a'))
    await onDelta?.(text('b'))
    await stream.end(generation, meta)
    expect(
      emitted.map(({ index, start, content, finishReason }) => [index, start, content, finishReason]),
    ).toEqual([
      [0, true, 'a', undefined],
      [1, false, 'b', undefined],
      [2, false, '', 'stop'],
    ])
    for (const chunk of emitted) {
      expect(chunk.component).toEqual({ name: 'Generator', type: 'Generator' })
      expect(chunk.meta).toMatchObject({
        model: 'a.gguf',
        receivedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
      })
      expect(StreamingChunk.is(chunk)).toBe(true)
    }
  })

  test('marks the last chunk as the first when there is no text', async () => {
    const { context, emitted } = listening()
    await new ReplyStream(context, undefined, 'a').end(generation, meta)
    expect(emitted).toMatchObject([{ index: 0, start: true, content: '', finishReason: 'stop' }])
  })

  test('tells of the prompt before that, without a number of its own', async () => {
    const { context, emitted } = listening()
    const { onPromptProgress, onDelta } = new ReplyStream(context, undefined, 'a').listening()
    await onPromptProgress?.(64, 200)
    await onDelta?.(text('a'))
    expect(emitted).toMatchObject([
      { index: 0, start: false, content: '', meta: { promptProgress: { doneTokens: 64, totalTokens: 200 } } },
      { index: 0, start: true, content: 'a' },
    ])
  })

  test('gives the callback the same chunks, after the run', () => {
    const { context, emitted } = listening()
    const heard: StreamingChunk[] = []
    const stream = new ReplyStream(context, (chunk) => void heard.push(chunk), 'a')
    expect(stream.listening().onDelta?.(text('a'))).toBeUndefined()
    expect(heard).toEqual(emitted)
  })

  test('waits for a callback that returns a promise', async () => {
    const gate = deferred()
    const stream = new ReplyStream(listening().context, () => gate.promise, 'a')
    let ready = false
    const waiting = Promise.resolve(stream.listening().onDelta?.(text('a'))).then(() => {
      ready = true
    })
    await Promise.resolve()
    expect(ready).toBe(false)
    gate.resolve()
    await waiting
  })

  test('does not mind what a callback returns', () => {
    const stream = new ReplyStream(listening().context, (() => true) as unknown as () => void, 'a')
    expect(stream.listening().onDelta?.(text('a'))).toBeUndefined()
  })

  test.each([
    {
      what: 'throws',
      callback: () => {
        throw new RangeError('full')
      },
    },
    { what: 'rejects', callback: () => Promise.reject(new RangeError('full')) },
  ])('reports a callback that $what once, and goes on (8.5)', async ({ callback }) => {
    const { context, emitted } = listening()
    const stream = new ReplyStream(context, callback, 'a')
    const warnings = await collectWarnings(async () => {
      await stream.listening().onDelta?.(text('a'))
      await stream.listening().onDelta?.(text('b'))
      await stream.end(generation, meta)
    })
    expect(warnings).toEqual([
      { message: "The streamingCallback of 'Generator' threw: full", code: 'MILLRACE_CALLBACK_FAILED' },
    ])
    expect(emitted).toHaveLength(3)
  })

  test('sends thoughts and pieces of calls in chunks of their own, and marks the beginning of each call', async () => {
    const { context, emitted } = listening()
    const { onDelta } = new ReplyStream(context, undefined, 'a').listening()
    await onDelta?.({ kind: 'reasoning', text: 'A sum.' })
    await onDelta?.({ kind: 'toolCall', index: 0, id: 'call_1', name: 'add', arguments: '' })
    await onDelta?.({ kind: 'toolCall', index: 0, arguments: '{"a":1}' })
    expect(emitted).toMatchObject([
      { index: 0, start: true, content: '', reasoning: 'A sum.' },
      { index: 1, start: true, toolCalls: [{ index: 0, id: 'call_1', name: 'add', arguments: '' }] },
      { index: 2, start: false, toolCalls: [{ index: 0, arguments: '{"a":1}' }] },
    ])
    expect(emitted.every((chunk) => StreamingChunk.is(chunk))).toBe(true)
    expect(ChatMessage.toolCalls(StreamingChunk.merge(emitted))).toEqual([
      { type: 'toolCall', id: 'call_1', name: 'add', arguments: { a: 1 } },
    ])
  })

  test('gives the log probabilities with the text they belong to', async () => {
    const { context, emitted } = listening()
    const likely = { token: 'a', bytes: [97], logprob: -0.5 }
    await new ReplyStream(context, undefined, 'a')
      .listening()
      .onDelta?.({ kind: 'text', text: 'a', logprobs: [{ ...likely, topLogprobs: [likely] }] })
    expect(emitted[0]).toMatchObject({
      content: 'a',
      meta: { logprobs: [{ ...likely, topLogprobs: [likely] }] },
    })
  })
})
