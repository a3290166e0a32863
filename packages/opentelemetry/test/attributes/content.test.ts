import { describe, expect, test } from '@jest/globals'
import { ChatMessage, FileContent, ImageContent, ToolCall } from '@millrace/core'
import { messagesJson } from '../../src/attributes/messages-json.ts'
import { shortened, TextBudget } from '../../src/attributes/shortened.ts'

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

function within(characters: number, value: unknown) {
  return shortened(value, new TextBudget(characters))
}

describe('within the budget', () => {
  test('JSON stays as it is', () => {
    const value = { text: 'a', list: [1, true, null, { deep: ['x'] }] }
    expect(within(1000, value)).toEqual(value)
  })

  test('what JSON cannot say is replaced by a note', () => {
    class Handle {}
    const callback = () => {}
    const value = {
      callback,
      bytes: new Uint8Array(3),
      date: new Date(0),
      noDate: new Date(Number.NaN),
      handle: new Handle(),
      map: new Map(),
      big: 10n,
      infinite: Number.POSITIVE_INFINITY,
      bare: Object.create(null),
    }
    expect(within(1000, value)).toEqual({
      callback: '(function callback)',
      bytes: '(3 bytes)',
      date: '1970-01-01T00:00:00.000Z',
      noDate: '(invalid date)',
      handle: '(Handle)',
      map: '(Map)',
      big: '10',
      infinite: 'Infinity',
      bare: {},
    })
  })

  test('base64 data and embeddings are replaced by their length', () => {
    expect(within(1000, { type: 'image', base64: 'AAAA', embedding: Array(768).fill(0.5) })).toEqual({
      type: 'image',
      base64: '(4 characters of base64)',
      embedding: '(768 numbers)',
    })
  })

  test('a cycle ends', () => {
    const value: Record<string, unknown> = {}
    value['self'] = value
    expect(JSON.stringify(within(1000, value))).toContain('"self":"(deeper)"')
  })
})

describe('over the budget', () => {
  test('texts are cut, and lists and objects say how much is missing', () => {
    expect(within(10, ['0123456789', 'next', 'last'])).toEqual(['012345678… (10 characters)', '(2 more)'])
    expect(within(12, { text: '0123456789', b: 1, c: 2 })).toEqual({
      text: '0123… (10 characters)',
      '…': '(2 more)',
    })
  })

  test('what is recorded of a large value is about as long as the budget', () => {
    const documents = Array.from({ length: 1000 }, (_, index) => ({
      id: `${index}`,
      content: 'word '.repeat(200),
      meta: { page: index },
    }))
    const { length } = JSON.stringify(within(5000, { documents }))
    expect(length).toBeGreaterThan(4000)
    expect(length).toBeLessThan(6000)
  })
})

test('texts are given as they are until the budget is used up, then cut, then only told', () => {
  const budget = new TextBudget(8)
  expect(budget.take('hello')).toBe('hello')
  expect(budget.exhausted).toBe(false)
  expect(budget.take('world')).toBe('wor… (5 characters)')
  expect(budget.exhausted).toBe(true)
  expect(budget.take('again')).toBe('… (5 characters)')
})

test('a text that just fits is not cut', () => {
  const budget = new TextBudget(5)
  expect(budget.take('hello')).toBe('hello')
  expect(budget.exhausted).toBe(true)
})

test('what is spent is gone', () => {
  const budget = new TextBudget(8)
  budget.spend(6)
  expect(budget.take('hello')).toBe('he… (5 characters)')
})

test('a character of two units is not cut in the middle', () => {
  expect(new TextBudget(3).take('ab😀cd')).toBe('ab… (6 characters)')
  expect(new TextBudget(4).take('ab😀cd')).toBe('ab😀… (6 characters)')
})
