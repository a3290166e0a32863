import { describe, expect, test } from '@jest/globals'
import { ChatMessage, Pipeline, StreamingChunk } from '@millrace/core'
import { aloneContext } from '@millrace/core/component'
import { testComponent } from '@millrace/core/testing'
import { ScriptedChatGenerator } from '../../src/generators/scripted-chat-generator.ts'

const weather = { toolCalls: [{ name: 'get_weather', arguments: { city: 'Paris' } }] }
const question = ChatMessage.user('What is the weather in Paris?')

describe('ScriptedChatGenerator', () => {
  testComponent(() => new ScriptedChatGenerator({ replies: [weather, 'It is 22 degrees.'] }), { test })

  test('gives the reply that follows those of the conversation, and begins again after the last', async () => {
    const generator = new ScriptedChatGenerator({ replies: [weather, 'It is 22 degrees.'] })
    const [call] = (await generator.run({ messages: [question] })).replies
    expect(ChatMessage.toolCalls(call)).toEqual([
      { type: 'toolCall', id: 'call-1-1', name: 'get_weather', arguments: { city: 'Paris' } },
    ])
    expect(call?.meta).toMatchObject({ model: 'script', finishReason: 'toolCalls' })
    const [answer] = (await generator.run({ messages: [question, call as ChatMessage] })).replies
    expect(ChatMessage.text(answer)).toBe('It is 22 degrees.')
    // The same question has the same answer, and a third turn the first reply.
    expect((await generator.run({ messages: [question] })).replies).toEqual([call])
    const third = await generator.run({ messages: [question, call as ChatMessage, answer as ChatMessage] })
    expect(ChatMessage.toolCalls(third.replies[0])).toMatchObject([{ id: 'call-3-1' }])
  })

  test('counts calls where it is told to, until it is closed', async () => {
    const generator = new ScriptedChatGenerator({ replies: ['one', 'two'], by: 'calls' })
    const ask = async () => ChatMessage.text((await generator.run({ messages: 'Go' })).replies[0])
    expect([await ask(), await ask(), await ask(), await ask()]).toEqual(['one', 'two', 'one', 'two'])
    await ask()
    generator.close()
    expect(await ask()).toBe('one')
  })

  test('streams thoughts, words and calls, from which the reply can be put together', async () => {
    const reply = { reasoning: 'Hm.', text: 'Let me  look. ', ...weather }
    const chunks: StreamingChunk[] = []
    const context = {
      ...aloneContext(ScriptedChatGenerator),
      emit: (chunk: StreamingChunk) => void chunks.push(chunk),
    }
    const { replies } = await new ScriptedChatGenerator({ replies: [reply] }).run(
      { messages: [question] },
      context,
    )
    expect(chunks.map(({ content }) => content).filter((content) => content !== '')).toEqual([
      'Let',
      ' me',
      '  look. ',
    ])
    expect(StreamingChunk.merge(chunks).content).toEqual(replies[0]?.content)
    expect(chunks.at(-1)).toMatchObject({ finishReason: 'toolCalls', meta: { usage: { totalTokens: 12 } } })
    expect(replies[0]?.meta?.['usage']).toEqual({ promptTokens: 6, completionTokens: 6, totalTokens: 12 })
  })

  test('reports what it was asked and what it said as a call of a model', async () => {
    const calls: unknown[] = []
    const pipeline = new Pipeline({
      llm: new ScriptedChatGenerator({ replies: [{ chunks: ['Par', 'is.'] }] }),
    })
    await pipeline.run(
      { messages: [question] },
      { onEvent: (event) => event.type === 'modelCall' && calls.push(event.call) },
    )
    expect(calls).toMatchObject([
      {
        operation: 'chat',
        model: 'script',
        finishReason: 'stop',
        usage: { promptTokens: 6, completionTokens: 1 },
      },
    ])
  })

  test('fails with the message and the code of the script, after what is to be said', async () => {
    const said: string[] = []
    const context = {
      ...aloneContext(ScriptedChatGenerator),
      emit: ({ content }: StreamingChunk) => void said.push(content),
    }
    const fail = (reply: object) =>
      new ScriptedChatGenerator({ replies: [reply] }).run({ messages: 'Go' }, context)
    await expect(fail({ text: 'Well', error: 'no ink' })).rejects.toMatchObject({
      code: 'SCRIPTED_FAILURE',
      message: 'no ink',
    })
    await expect(fail({ errorCode: 'CONTEXT_OVERFLOW' })).rejects.toMatchObject({ code: 'CONTEXT_OVERFLOW' })
    expect(said).toEqual(['Well'])
  })

  test('stops waiting when it is aborted', async () => {
    const controller = new AbortController()
    const generator = new ScriptedChatGenerator({ replies: [{ text: 'Never.', delayMs: 60_000 }] })
    const running = generator.run(
      { messages: 'Go' },
      { ...aloneContext(ScriptedChatGenerator), signal: controller.signal },
    )
    const reason = new Error('enough')
    controller.abort(reason)
    await expect(running).rejects.toBe(reason)
  })
})
