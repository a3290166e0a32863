import { describe, expect, test } from '@jest/globals'
import { ChatMessage, ToolCall } from '@millrace/core'
import { readableOutputs, readableValue, unspokenPart } from '../../../src/output/run/readable-outputs.ts'

const call = ToolCall.create({ name: 'get_weather', arguments: { city: 'Paris' } })

const cutOff = ChatMessage.assistant({
  meta: { malformedToolCalls: [{ index: 0, name: 'add', arguments: '{"a": 12' }] },
})

describe('readableValue', () => {
  test.each<[string, unknown, string]>([
    ['a text', 'a\nb', 'a\nb'],
    ['a message', ChatMessage.assistant('Paris.'), 'Paris.'],
    [
      'a message with tool calls',
      ChatMessage.assistant({ text: 'Wait.', toolCalls: [call] }),
      'Wait.\nget_weather({"city":"Paris"})',
    ],
    [
      'a message with a call that is none',
      cutOff,
      'add({"a": 12 … is not a call: the arguments are not a JSON object.',
    ],
    ['a tool message', ChatMessage.tool({ result: '22', origin: call }), '22'],
    ['a message without anything', ChatMessage.assistant(), '(an empty message)'],
    ['messages', [ChatMessage.user('One?'), ChatMessage.assistant('Two.')], 'One?\n\nTwo.'],
    ['texts', ['a', 'b'], 'a\nb'],
    ['an empty list', [], '[]'],
    ['a number', 1.5, '1.5'],
    ['null', null, 'null'],
    ['an object', { a: [1] }, '{\n  "a": [\n    1\n  ]\n}'],
    ['a value that JSON does not have', { a: 1n }, '{ a: 1n }'],
    ['a list of both', ['a', 1], '[\n  "a",\n  1\n]'],
  ])('%s', (_, value, text) => {
    expect(readableValue(value)).toBe(text)
  })
})

describe('unspokenPart', () => {
  test('is the calls of messages, without their texts', () => {
    const both = ChatMessage.assistant({ text: 'Wait.', toolCalls: [call] })
    expect(unspokenPart([ChatMessage.assistant('Yes.'), both], false).map(readableValue)).toEqual([
      'get_weather({"city":"Paris"})',
    ])
    expect(unspokenPart(both, true)).toEqual([])
    expect(unspokenPart(cutOff, true)).toEqual([cutOff])
    expect(unspokenPart({ a: 1 }, false)).toEqual([])
  })

  test('is none of the calls that were answered, and the result that stands alone', () => {
    const answered = ToolCall.create({ id: '1', name: 'add' })
    const result = ChatMessage.tool({ result: '22', origin: answered })
    expect(unspokenPart([ChatMessage.assistant({ toolCalls: [answered] }), result], false)).toEqual([])
    expect(unspokenPart(result, false)).toEqual([result])
  })
})

describe('readableOutputs', () => {
  test('a single one stands alone', () => {
    expect(readableOutputs([{ name: 'llm.replies', value: 'Paris.' }])).toBe('Paris.\n')
  })

  test('several have their names above them', () => {
    expect(
      readableOutputs([
        { name: 'answer', value: 'Paris.\n' },
        { name: 'count.words', value: 1 },
      ]),
    ).toBe('answer:\nParis.\n\ncount.words:\n1\n')
  })
})
