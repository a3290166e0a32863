import { describe, expect, test } from '@jest/globals'
import { ConversionFailure, conversionBetween } from '../../src/component/conversion.ts'
import { t } from '../../src/component/t.ts'
import { ChatMessage } from '../../src/data/chat-message.ts'
import type { Socket } from '../../src/schema/socket.ts'
import { typeName } from '../../src/schema/socket-type.ts'
import { checkType } from '../../src/schema/validate.ts'

const text = t.string()
const texts = t.array(t.string())
const message = t.message()
const messages = t.array(t.message())
const hello = ChatMessage.user('Hello')

type Row = readonly [sends: Socket, expects: Socket, name: string, before: unknown, after: unknown]

describe('a value is converted', () => {
  const rows: Row[] = [
    [text, texts, 'wrap', 'a', ['a']],
    [t.integer(), t.array(t.integer()), 'wrap', 1, [1]],
    [t.integer(), t.array(t.number()), 'wrap', 1, [1]],
    [texts, t.array(texts), 'wrap', ['a'], [['a']]],
    [message, messages, 'wrap', hello, [hello]],
    [t.union(texts, messages), t.array(t.union(texts, messages)), 'wrap', ['a'], [['a']]],
    [t.custom('Cache', () => true), t.array(t.custom('Cache', () => true)), 'wrap', 1, [1]],
    [t.union(t.integer(), t.null()), t.array(t.union(t.integer(), t.null())), 'wrap', null, [null]],
    [t.union(text, message), t.union(texts, messages), 'wrap', 'a', ['a']],
    [t.integer(), t.union(text, t.array(t.integer())), 'wrap', 1, [1]],
    [message, t.union(text, messages), 'wrap', hello, [hello]],
    [text, t.union(message, texts), 'wrap', 'a', ['a']],
    [texts, text, 'unwrap', ['a'], 'a'],
    [t.array(t.literal('a')), text, 'unwrap', ['a'], 'a'],
    [messages, message, 'unwrap', [hello], hello],
    [texts, t.union(text, t.null()), 'unwrap', ['a'], 'a'],
    [texts, t.union(text, message), 'unwrap', ['a'], 'a'],
    [messages, t.union(message, text), 'unwrap', [hello], hello],
    [t.union(texts, messages), t.union(text, message), 'unwrap', [hello], hello],
    [message, text, 'messageToText', hello, 'Hello'],
    [message, t.union(text, t.null()), 'messageToText', hello, 'Hello'],
    [message, t.union(t.integer(), text), 'messageToText', hello, 'Hello'],
    [text, message, 'textToMessage', 'Hello', hello],
    [t.literal('Hello'), message, 'textToMessage', 'Hello', hello],
    [text, t.union(message, t.null()), 'textToMessage', 'Hello', hello],
    [text, t.union(message, messages), 'textToMessage', 'Hello', hello],
    [message, texts, 'messageToTexts', hello, ['Hello']],
    [message, t.union(texts, t.null()), 'messageToTexts', hello, ['Hello']],
    [text, messages, 'textToMessages', 'Hello', [hello]],
    [text, t.union(messages, t.integer()), 'textToMessages', 'Hello', [hello]],
    [messages, text, 'onlyMessageToText', [hello], 'Hello'],
    [messages, t.union(text, texts), 'onlyMessageToText', [hello], 'Hello'],
    [texts, message, 'onlyTextToMessage', ['Hello'], hello],
    [texts, t.union(message, t.null()), 'onlyTextToMessage', ['Hello'], hello],
  ]

  test.each(rows.map((row) => [typeName(row[0].type), typeName(row[1].type), row] as const))(
    '%s → %s',
    (_sends, _expects, [sends, expects, name, before, after]) => {
      const conversion = conversionBetween(sends.type, expects.type)
      expect(conversion?.name).toBe(name)
      expect(conversion?.convert(before)).toEqual(after)
      expect(checkType(conversion?.gives ?? t.null().type, after)).toEqual([])
    },
  )
})

describe('there is no conversion', () => {
  const rows: (readonly [Socket, Socket])[] = [
    [t.array(t.integer()), t.integer()],
    [t.array(t.document()), t.document()],
    [t.array(texts), texts],
    [text, t.array(texts)],
    [message, t.array(texts)],
    [messages, texts],
    [texts, messages],
    [t.union(text, t.null()), message],
    [t.union(text, message), text],
    [t.union(text, message), messages],
    [t.union(texts, messages), text],
    [t.union(texts, t.null()), text],
    [t.array(t.union(text, message)), text],
    [text, t.integer()],
    [t.integer(), message],
    [text, t.document()],
    [t.json(), text],
    [t.unknown(), t.array(t.unknown())],
    [t.json(), t.array(t.json())],
    [t.json(), t.array(t.unknown())],
    [t.union(texts, t.null()), t.array(t.json())],
    [t.union(texts, t.null()), t.array(t.union(texts, t.null()))],
    [t.union(t.integer(), t.array(t.integer())), t.array(t.json())],
    [t.union(text, t.json()), t.array(t.unknown())],
    [t.unknown(), text],
    [t.record(text), texts],
    [t.object({ role: text }), text],
  ]

  test.each(
    rows.map(([sends, expects]) => [typeName(sends.type), typeName(expects.type), sends, expects] as const),
  )('%s → %s', (_sends, _expects, sends, expects) => {
    expect(conversionBetween(sends.type, expects.type)).toBeUndefined()
  })
})

describe('a conversion fails', () => {
  const silent = ChatMessage.assistant()
  const call = { type: 'toolCall', id: '1', name: 'add', arguments: {} } as const
  const image = { type: 'image', base64: 'AAAA', mimeType: 'image/png' } as const
  const file = { type: 'file', base64: 'AAAA', mimeType: 'text/plain' } as const
  const count = (held: number) =>
    `string[] or ChatMessage[] converts to its element only when it holds exactly one; this one holds ${held}`

  test.each([
    ['a message without text to text', message, text, silent, 'the message has no text'],
    ['a message without text to texts', message, texts, silent, 'the message has no text'],
    ['the only message without text to text', messages, text, [silent], 'the message has no text'],
    ['thoughts alone', message, text, ChatMessage.assistant({ reasoning: 'r' }), 'the message has no text'],
    [
      'an image between texts',
      message,
      text,
      ChatMessage.user(['a', image, 'b']),
      'the message has an image beside its text, which is not text',
    ],
    ['a file', message, texts, ChatMessage.user([file]), 'the message has a file, which is not text'],
    [
      'a call beside a text',
      messages,
      text,
      [ChatMessage.assistant({ text: 'a', toolCalls: [call] })],
      'the message has a tool call beside its text, which is not text',
    ],
    [
      'a result',
      message,
      text,
      ChatMessage.tool({ result: 'x', origin: call }),
      'the message has the result of a tool, which is not text',
    ],
    ['an empty list to its element', texts, text, [], count(0)],
    ['two texts to one', texts, text, ['a', 'b'], count(2)],
    ['two messages to one text', messages, text, [hello, hello], count(2)],
    ['no text to a message', texts, message, [], count(0)],
  ])('from %s', (_, sends, expects, value, reason) => {
    const conversion = conversionBetween(sends.type, expects.type)
    expect(() => conversion?.convert(value)).toThrow(new ConversionFailure(reason))
  })
})

test('the texts of a message are joined, and its thoughts are not among them', () => {
  const { convert } = conversionBetween(message.type, text.type) ?? {}
  expect(convert?.(ChatMessage.user(['a', 'b', '', 'c']))).toBe('abc')
  expect(convert?.(ChatMessage.assistant({ reasoning: 'r', text: 'a' }))).toBe('a')
})

test('the text of a message may be empty', () => {
  expect(conversionBetween(message.type, text.type)?.convert(ChatMessage.user(''))).toBe('')
})
