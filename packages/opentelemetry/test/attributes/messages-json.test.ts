import { describe, expect, test } from '@jest/globals'
import { ChatMessage, FileContent, ImageContent, ToolCall } from '@millrace/core'
import { messagesJson } from '../../src/attributes/messages-json.ts'

function converted(messages: unknown, role: 'user' | 'assistant' = 'user', characters = 20_000): unknown {
  return JSON.parse(messagesJson(messages, role, characters))
}

const pixel =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='

describe('messages', () => {
  test('have a role, parts and the name of who speaks', () => {
    const messages = [ChatMessage.system('Be brief.'), ChatMessage.user('Hello', { name: 'Ada' })]
    expect(converted(messages)).toEqual([
      { role: 'system', parts: [{ type: 'text', content: 'Be brief.' }] },
      { role: 'user', parts: [{ type: 'text', content: 'Hello' }], name: 'Ada' },
    ])
  })

  test('have reasoning, tool calls and their results as the conventions name them', () => {
    const call = ToolCall.create({ id: 'c1', name: 'weather', arguments: { city: 'Oslo' } })
    const anonymous = ToolCall.create({ name: 'clock' })
    expect(
      converted([
        ChatMessage.assistant({ reasoning: 'Hm.', text: 'Let me see.', toolCalls: [call, anonymous] }),
        ChatMessage.tool({ result: 'rain', origin: call }),
        ChatMessage.tool({ result: [{ type: 'text', text: 'noon' }], origin: anonymous }),
      ]),
    ).toEqual([
      {
        role: 'assistant',
        parts: [
          { type: 'reasoning', content: 'Hm.' },
          { type: 'text', content: 'Let me see.' },
          { type: 'tool_call', id: 'c1', name: 'weather', arguments: { city: 'Oslo' } },
          { type: 'tool_call', name: 'clock', arguments: {} },
        ],
      },
      { role: 'tool', parts: [{ type: 'tool_call_response', id: 'c1', response: 'rain' }] },
      {
        role: 'tool',
        parts: [{ type: 'tool_call_response', response: [{ type: 'text', content: 'noon' }] }],
      },
    ])
  })

  test('have images and files without their data, but with its size', () => {
    const bytes = Buffer.from(pixel, 'base64').length
    const parts = [
      'What is this?',
      ImageContent.create({ base64: pixel }),
      FileContent.create({ base64: 'AAE=', mimeType: 'application/pdf', filename: 'a.pdf' }),
      FileContent.create({ base64: 'AA==', mimeType: 'audio/wav' }),
    ]
    expect(converted([ChatMessage.user(parts)])).toEqual([
      {
        role: 'user',
        parts: [
          { type: 'text', content: 'What is this?' },
          { type: 'blob', modality: 'image', mime_type: 'image/png', byte_size: bytes },
          {
            type: 'blob',
            modality: 'document',
            mime_type: 'application/pdf',
            byte_size: 2,
            filename: 'a.pdf',
          },
          { type: 'blob', modality: 'audio', mime_type: 'audio/wav', byte_size: 1 },
        ],
      },
    ])
  })

  test('may be texts: what a user asks, or what a model replies', () => {
    expect(converted('Hello')).toEqual([{ role: 'user', parts: [{ type: 'text', content: 'Hello' }] }])
    expect(converted(['Hi', 'Hello'], 'assistant')).toEqual([
      { role: 'assistant', parts: [{ type: 'text', content: 'Hi' }] },
      { role: 'assistant', parts: [{ type: 'text', content: 'Hello' }] },
    ])
  })

  test('are left out when they are none', () => {
    expect(converted([5, null, { role: 'user' }])).toEqual([])
    expect(converted(undefined)).toEqual([])
  })
})

test('of a conversation that is too long the last messages are kept, and the one where it ends is cut', () => {
  const messages = ['first', 'second', 'third'].map((name) => ChatMessage.user(`${name} ${'x'.repeat(100)}`))
  expect(converted(messages, 'user', 200)).toEqual([
    { role: 'user', parts: [{ type: 'text', content: `second ${'x'.repeat(7)}… (107 characters)` }] },
    { role: 'user', parts: [{ type: 'text', content: `third ${'x'.repeat(100)}` }] },
  ])
})
