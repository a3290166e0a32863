import { describe, expect, test } from '@jest/globals'
import { ChatMessage, type JsonValue, ToolCall } from '@millrace/core'
import { pendingCalls } from '../../src/tools/pending-calls.ts'

const call = (name: string) => ToolCall.create({ id: `id-${name}`, name })
const calling = (...names: string[]) => ChatMessage.assistant({ toolCalls: names.map(call) })
const names = (messages: readonly ChatMessage[]) =>
  pendingCalls(messages).calls.map((pending) => pending.call.name)

describe('pendingCalls', () => {
  test('are those of all replies, in order', () => {
    const replies = [calling('a', 'b'), ChatMessage.assistant('Just a text.'), calling('c')]
    expect(names(replies)).toEqual(['a', 'b', 'c'])
    expect(pendingCalls(replies).messages).toEqual(replies)
  })

  test('are those at the end of a conversation, not those that were answered', () => {
    const answered = [
      ChatMessage.user('Go'),
      calling('a'),
      ChatMessage.tool({ result: '1', origin: call('a') }),
    ]
    expect(names(answered)).toEqual([])
    expect(names([...answered, calling('b')])).toEqual(['b'])
    expect(names([calling('a'), ChatMessage.user('Never mind.')])).toEqual([])
  })

  test('are none of an empty list', () => {
    expect(pendingCalls([])).toEqual({ messages: [], calls: [] })
  })

  test('include malformed ones, in their places, which the message gets back', () => {
    const reply = ChatMessage.assistant({
      text: 'Let me see.',
      toolCalls: [call('b')],
      meta: {
        malformedToolCalls: [
          { index: 2, name: 'c', arguments: '[1]' },
          { index: 0, id: 'id-a', name: 'a', arguments: '{"x": ' },
        ],
      },
    })
    const { messages, calls } = pendingCalls([reply])
    const broken = ToolCall.create({ name: 'c' })
    expect(calls).toEqual([
      { call: call('a'), malformed: '{"x": ' },
      { call: call('b') },
      { call: broken, malformed: '[1]' },
    ])
    expect(messages).toEqual([
      { ...reply, content: [{ type: 'text', text: 'Let me see.' }, call('a'), call('b'), broken] },
    ])
    expect(messages.every(ChatMessage.is)).toBe(true)
  })

  test.each<[what: string, listed: JsonValue]>([
    ['no list', 'none'],
    ['a list of something else', [null, 1, { name: 'a' }, { index: 0, name: 'a', arguments: {} }]],
  ])('pass over %s under malformedToolCalls', (_, malformedToolCalls) => {
    const reply = ChatMessage.assistant({ text: 'Hi', meta: { malformedToolCalls } })
    expect(pendingCalls([reply])).toEqual({ messages: [reply], calls: [] })
  })
})
