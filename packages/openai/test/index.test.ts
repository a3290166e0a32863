import { describe, expect, test } from '@jest/globals'
import { Agent, FallbackChatGenerator, standardComponents } from '@millrace/components'
import { ChatMessage, Pipeline, Registry, t, tool } from '@millrace/core'
import { dumpPipeline, loadPipeline } from '@millrace/core/yaml'
import { OpenAIChatGenerator, openAIComponents } from '../src/index.ts'
import { chunk, done, refuses, streams, testServer, texts, usage } from './server/test-server.ts'

const server = testServer()

test('a FallbackChatGenerator goes on where a server refuses, or breaks off', async () => {
  const make = (model: string) => new OpenAIChatGenerator({ model, apiBaseUrl: server.url, maxRetries: 0 })
  const fallback = new FallbackChatGenerator({ generators: ['a', 'b', 'c'].map(make) })
  await using made = new Pipeline({ llm: fallback })
  const registry = new Registry([standardComponents, openAIComponents])
  const text = dumpPipeline(made, { registry })
  // By way of a file, which names a server of this machine.
  await using pipeline = loadPipeline(text, { registry })
  server.behave(refuses(500, 'no'), streams([chunk({ content: 'x' })], done), streams(texts('Yes.')))
  const result = await pipeline.run({ messages: 'Hi' })
  expect(ChatMessage.text((result.get('llm.replies') as ChatMessage[])[0])).toBe('Yes.')
  expect(result.get('llm.meta')).toMatchObject({ successfulChatGeneratorIndex: 2, totalAttempts: 3 })
  expect(server.asked.map(({ body }) => body.model)).toEqual(['a', 'b', 'c'])
  expect(dumpPipeline(pipeline, { registry })).toBe(text)
})

describe('an Agent', () => {
  const weather = tool({
    name: 'get_weather',
    description: 'The weather of a city.',
    parameters: t.object({ city: t.string() }),
    run: ({ city }) => `It is sunny in ${city}.`,
  })
  const call = { index: 0, id: 'a', function: { name: 'get_weather', arguments: '{"city":"Rome"}' } }
  const called = streams([chunk({ tool_calls: [call] }), chunk({}, 'tool_calls'), usage])

  function ask() {
    const chatGenerator = new OpenAIChatGenerator({ model: 'm', apiBaseUrl: server.url, maxRetries: 0 })
    return new Agent({ chatGenerator, tools: [weather] }).run({ messages: [ChatMessage.user('Weather?')] })
  }

  test('calls tools, and sends their results back', async () => {
    server.behave(called, streams(texts('Sunny.')))
    const { lastMessage, exitReason, usage: sum } = await ask()
    expect([ChatMessage.text(lastMessage), exitReason, sum.totalTokens]).toEqual(['Sunny.', 'text', 28])
    expect(server.asked[1]?.body['messages']).toEqual([
      { role: 'user', content: 'Weather?' },
      { role: 'assistant', tool_calls: [{ type: 'function', ...call, index: undefined }] },
      { role: 'tool', tool_call_id: 'a', content: 'It is sunny in Rome.' },
    ])
  })

  test('ends where the conversation gets too long for the server', async () => {
    server.behave(called, refuses(400, 'This model has a maximum context length of 8 tokens'))
    expect((await ask()).exitReason).toBe('contextOverflow')
  })
})
