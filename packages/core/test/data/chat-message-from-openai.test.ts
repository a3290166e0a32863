import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { ChatMessage } from '../../src/data/chat-message.ts'
import { rejected } from '../component/thrown.ts'
import * as arbitrary from './arbitraries.ts'

const text = (value: string) => ({ type: 'text', text: value })
const weather = { type: 'function', id: 'c1', function: { name: 'weather', arguments: '{"city": "Paris"}' } }

test.each([
  ['developer is system', { role: 'developer', content: 'x' }, { role: 'system', content: [text('x')] }],
  [
    'a name is kept',
    { role: 'user', content: 'x', name: 'Ann' },
    { role: 'user', content: [text('x')], name: 'Ann' },
  ],
  [
    'text parts',
    { role: 'system', content: [text('a'), text('b')] },
    { role: 'system', content: [text('a'), text('b')] },
  ],
  [
    'an assistant as it is received',
    { role: 'assistant', content: null, refusal: null, annotations: [], tool_calls: [weather] },
    {
      role: 'assistant',
      content: [{ type: 'toolCall', id: 'c1', name: 'weather', arguments: { city: 'Paris' } }],
    },
  ],
  [
    'text and a call without id or arguments',
    {
      role: 'assistant',
      content: 'x',
      tool_calls: [{ function: { name: 'a', arguments: '' } }, { function: { name: 'b' } }],
    },
    {
      role: 'assistant',
      content: [
        text('x'),
        { type: 'toolCall', name: 'a', arguments: {} },
        { type: 'toolCall', name: 'b', arguments: {} },
      ],
    },
  ],
  [
    'a tool result, whose origin is known by its id only',
    { role: 'tool', content: 'sunny', tool_call_id: 'c1' },
    {
      role: 'tool',
      content: [
        {
          type: 'toolCallResult',
          result: 'sunny',
          origin: { type: 'toolCall', id: 'c1', name: '', arguments: {} },
          error: false,
        },
      ],
    },
  ],
  [
    'a tool result without an id',
    { role: 'tool', content: [text('sunny')] },
    {
      role: 'tool',
      content: [
        {
          type: 'toolCallResult',
          result: [text('sunny')],
          origin: { type: 'toolCall', name: '', arguments: {} },
          error: false,
        },
      ],
    },
  ],
])('%s', (_, given, expected) => {
  const message = ChatMessage.fromOpenAI(given)
  expect(message).toStrictEqual(expected)
  expect(ChatMessage.is(message)).toBe(true)
})

test('every user and assistant message comes back from the format, apart from reasoning and meta', () => {
  const { text: anyText, textContent, imageContent, toolCall } = arbitrary
  const name = arbitrary.maybe(anyText)
  const parts = fc.array(
    fc.oneof(
      textContent,
      imageContent.map(({ meta: _, ...image }) => image),
    ),
    { minLength: 1 },
  )
  const message = fc.oneof(
    fc.tuple(parts, fc.record({ name })).map((given) => ChatMessage.user(...given)),
    fc
      .record({ text: anyText, toolCalls: fc.array(toolCall), name })
      .map((given) => ChatMessage.assistant(given)),
  )
  fc.assert(
    fc.property(message, (made) => {
      const sent = JSON.stringify(ChatMessage.toOpenAI(made, { requireToolCallIds: false }))
      expect(ChatMessage.fromOpenAI(JSON.parse(sent))).toStrictEqual(made)
    }),
  )
})

test('a file comes back with its name', () => {
  const file = { type: 'file', base64: 'AAAA', mimeType: 'application/pdf', filename: 'a.pdf' } as const
  const message = ChatMessage.user(['x', file])
  expect(ChatMessage.fromOpenAI(ChatMessage.toOpenAI(message))).toStrictEqual(message)
})

describe('what a message cannot hold is refused', () => {
  const userPart = (part: unknown) => ({ role: 'user', content: [part] })
  const withCall = (call: unknown) => ({ role: 'assistant', tool_calls: [call] })

  test.each([
    [null, 'it must be an object, not null.'],
    [
      { role: 'bot', content: 'x' },
      "its role must be one of 'assistant', 'user', 'system', 'developer' and 'tool', not \"bot\".",
    ],
    [
      { role: 'asistant', content: 'x' },
      "its role must be one of 'assistant', 'user', 'system', 'developer' and 'tool', not \"asistant\". Did you mean 'assistant'?",
    ],
    [
      { role: 'user' },
      "the content of a 'user' message must be a string or a list of parts, and not be missing or empty.",
    ],
    [
      { role: 'tool', content: [] },
      "the content of a 'tool' message must be a string or a list of parts, and not be missing or empty.",
    ],
    [{ role: 'assistant', content: null }, "an 'assistant' message must have 'content' or 'tool_calls'."],
    [{ role: 'assistant', tool_calls: 'x' }, '\'tool_calls\' must be an array, not "x".'],
    [withCall({}), "'tool_calls[0]' lacks the object 'function'."],
    [withCall({ function: {} }), "'tool_calls[0].function' lacks the string 'name'."],
    [withCall({ id: 1, function: { name: 'a' } }), "'tool_calls[0].id' must be a string, not the number 1."],
    [
      withCall({ function: { name: 'a', arguments: {} } }),
      "'tool_calls[0].function.arguments' must be JSON text, not an empty object.",
    ],
    [
      withCall({ function: { name: 'a', arguments: '[1]' } }),
      "'tool_calls[0].function.arguments' must be the JSON text of an object, not an array of 1.",
    ],
    [
      userPart({ type: 'input_audio' }),
      '\'content[0]\' must be a part with a text, not a part of type "input_audio".',
    ],
    [userPart('x'), '\'content[0]\' must be a part with a text, not "x".'],
    [
      userPart({ type: 'image_url', image_url: { url: 'https://x/a.png' } }),
      '\'content[0].image_url.url\' must be a base64 data: URL, not "https://x/a.png". Load it with ImageContent.fromUrl.',
    ],
    [
      userPart({ type: 'file', file: { file_id: 'f1' } }),
      "'content[0].file.file_data' must be a base64 data: URL, not nothing. Uploaded files cannot be read here.",
    ],
    [{ role: 'user', content: 'x', name: 7 }, "'name' must be a string, not the number 7."],
  ])('%j', async (value, reason) => {
    expect(await rejected(async () => ChatMessage.fromOpenAI(value))).toBe(
      `DATA_INVALID_MESSAGE: Invalid message in OpenAI's format: ${reason}`,
    )
  })

  test('arguments that are no JSON, with the cause', () => {
    const read = () => ChatMessage.fromOpenAI(withCall({ function: { name: 'a', arguments: '{"a":' } }))
    expect(read).toThrow(
      expect.objectContaining({
        code: 'DATA_INVALID_MESSAGE',
        message: expect.stringMatching(
          /^Invalid message in OpenAI's format: 'tool_calls\[0\]\.function\.arguments' is not valid JSON: /,
        ),
        cause: expect.any(SyntaxError),
      }),
    )
  })

  test('an image that is none', async () => {
    const part = { type: 'image_url', image_url: { url: 'data:image/svg+xml;base64,AAAA' } }
    expect(await rejected(async () => ChatMessage.fromOpenAI(userPart(part)))).toMatch(
      /^DATA_INVALID_MEDIA: Invalid image part: 'mimeType': expected one of .*, got "image\/svg\+xml"\.$/,
    )
  })
})
