// An agent whose model stands behind OpenAI's protocol.
import { describe, expect, test } from '@jest/globals'
import { Agent } from '@millrace/components'
import { Pipeline, t, tool } from '@millrace/core'
import { OpenAIChatGenerator } from '../../src/components/chat-generator.ts'
import { type Behaviour, chunk, refuses, streams, testServer, texts, usage } from '../server/test-server.ts'

const server = testServer()

const weather = tool({
  name: 'get_weather',
  description: 'The weather of a city.',
  parameters: t.object({ city: t.string() }),
  run: ({ city }) => ({ city, temperature: 22 }),
})

const call = (index: number, id: string, city: string) =>
  chunk({
    tool_calls: [
      { index, id, type: 'function', function: { name: 'get_weather', arguments: JSON.stringify({ city }) } },
    ],
  })
const calls = (...made: object[]): Behaviour => streams([...made, chunk({}, 'tool_calls'), usage])
const says = (...words: string[]): Behaviour => streams(texts(...words))

async function ask(parameters: object = {}) {
  const chatGenerator = new OpenAIChatGenerator({ model: 'm', apiBaseUrl: server.url })
  await using pipeline = new Pipeline({
    agent: new Agent({ chatGenerator, tools: [weather], ...parameters }),
  })
  const result = await pipeline.run({ agent: { messages: 'How is it in Paris?' } })
  return { ...result.outputs.agent, warnings: result.warnings }
}

const sent = (request: number) => Object(server.asked[request]?.body)['messages'] as readonly object[]

describe('an agent with an OpenAIChatGenerator', () => {
  test('sends calls and results as the protocol has them, each result with the id of its call', async () => {
    server.behave(calls(call(0, 'a', 'Paris'), call(1, 'b', 'Rome')), says('It is 22 degrees.'))
    const { exitReason, steps, usage: sum } = await ask({ systemPrompt: 'Be brief.' })
    expect({ exitReason, steps, sum }).toEqual({
      exitReason: 'text',
      steps: 2,
      sum: { promptTokens: 22, completionTokens: 6, totalTokens: 28, cachedTokens: 16 },
    })
    expect(sent(1)).toMatchObject([
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: 'How is it in Paris?' },
      { role: 'assistant', tool_calls: [{ id: 'a' }, { id: 'b' }] },
      { role: 'tool', tool_call_id: 'a', content: '{"city":"Paris","temperature":22}' },
      { role: 'tool', tool_call_id: 'b', content: '{"city":"Rome","temperature":22}' },
    ])
  })

  test('goes on after an empty reply, and offers no tools in the last step', async () => {
    server.behave(says(), calls(call(0, 'a', 'Paris')), says('It is 22 degrees.'))
    const { exitReason } = await ask({ maxSteps: 3 })
    expect(exitReason).toBe('steps')
    expect(server.asked.map(({ body }) => 'tools' in body)).toEqual([true, true, false])
    expect(sent(2).at(-1)).toMatchObject({ role: 'user', content: expect.stringContaining('Answer now') })
  })

  test('ends with what there is when the conversation is too long for the server', async () => {
    const full = refuses(400, 'This model has 10 tokens.', {}, 'context_length_exceeded')
    server.behave(calls(call(0, 'a', 'Paris')), full)
    const { exitReason, messages, warnings } = await ask()
    expect(exitReason).toBe('contextOverflow')
    expect(messages?.map(({ role }) => role)).toEqual(['user', 'assistant', 'tool'])
    expect(warnings).toMatchObject([{ code: 'CONTEXT_OVERFLOW' }])
  })
})
