// The pocket weights with the templates of other families: the formats are theirs, the words are nonsense. The schemas
// of the tools leave little room, so that each call comes to an end.
import { afterAll, describe, expect, test } from '@jest/globals'
import { ChatMessage, type ToolCall } from '@millrace/core'
import type { ToolDescription } from '../../../src/engines/request.ts'
import { chatTemplates } from '../../chat/chat-templates.ts'
import { rowTemplates } from '../../chat/row-templates.ts'
import { OpenedChats } from './opened-chats.ts'

const chats = new OpenedChats()
afterAll(() => chats.close())

const templates = { ...chatTemplates, turnEndInFront: rowTemplates['the end of a turn in front'] }
const formats = Object.keys(templates) as (keyof typeof templates)[]

function tool(name: string, key: string, values: readonly string[]): ToolDescription {
  return {
    name,
    description: `Does ${name}.`,
    parameters: {
      type: 'object',
      properties: { [key]: { enum: [...values] } },
      required: [key],
      additionalProperties: false,
    },
  }
}
const weather = tool('get_weather', 'city', ['Paris', 'Rome', 'Oslo'])
const light = tool('get', 'colour', ['red', 'green'])
const values: Record<string, object> = {
  get_weather: { city: expect.stringMatching(/^(Paris|Rome|Oslo)$/) },
  get: { colour: expect.stringMatching(/^(red|green)$/) },
}

test('an answer ends with the mark that calls begin with, too', async () => {
  const template = templates.turnEndInFront
  const { generation } = await chats.ask('Hello', { tools: [weather], maxTokens: 60 }, { template })
  expect(generation).toMatchObject({ text: 'Hello! How can I help you?', finishReason: 'stop' })
})

describe.each(formats)('with the template %s', (name) => {
  const template = templates[name]

  test.each(['What is the weather in Rome?', 'Hello'])(
    'a call that is required comes, read into its name and arguments: %s',
    async (asked) => {
      const { calls, generation, deltas } = await chats.ask(
        asked,
        { tools: [weather, light], toolChoice: 'required', maxTokens: 160 },
        { template },
      )
      expect(calls.length).toBeGreaterThan(0)
      for (const [called, given] of calls) expect(given).toEqual(values[called])
      // A tiny model may go on calling, until the limit cuts a call off.
      if (generation.finishReason === 'toolCalls') expect(generation.text).toBe('')
      const pieces = deltas.filter((delta) => delta.kind === 'toolCall')
      expect(pieces[0]).toMatchObject({
        index: 0,
        id: expect.any(String),
        name: calls[0]?.[0],
        arguments: '',
      })
    },
  )

  test('only the named tool is called', async () => {
    const { calls } = await chats.ask(
      'What is the weather in Rome?',
      { tools: [light], toolChoice: { name: 'get' }, maxTokens: 160 },
      { template },
    )
    expect(calls.length).toBeGreaterThan(0)
    expect(new Set(calls.map(([called]) => called))).toEqual(new Set(['get']))
  })

  test('a conversation with calls and results has room for an answer', async () => {
    const rome = { type: 'toolCall', id: 'call_1', name: 'get_weather', arguments: { city: 'Rome' } } as const
    const oslo: ToolCall = { ...rome, id: 'call_2', arguments: { city: 'Oslo' } }
    const messages = [
      ChatMessage.system('Be brief.'),
      ChatMessage.user('What is the weather in Rome and in Oslo?'),
      ChatMessage.assistant({ text: 'Let me see.', toolCalls: [rome, oslo] }),
      ChatMessage.tool({ result: 'sunny', origin: rome }),
      ChatMessage.tool({ result: 'no data', origin: oslo, error: true }),
    ]
    const { generation } = await chats.ask(messages, { tools: [weather], maxTokens: 5 }, { template })
    expect(generation.promptTokens).toBeGreaterThan(60)
    expect(generation.completionTokens).toBeGreaterThan(0)
  })

  test('a reply obeys a schema, or is a call', async () => {
    const schema = {
      type: 'object',
      properties: { mood: { enum: ['good', 'bad'] } },
      required: ['mood'],
      additionalProperties: false,
    }
    const { calls, generation } = await chats.ask(
      'Is this review positive or negative?\nThis hotel is wonderful.',
      { tools: [weather], constraint: { kind: 'json', schema }, maxTokens: 160 },
      { template },
    )
    if (generation.toolCalls.length > 0) expect(calls.length).toBeGreaterThan(0)
    else expect(JSON.parse(generation.text)).toEqual({ mood: expect.stringMatching(/^(good|bad)$/) })
  })
})
