import { describe, expect, test } from '@jest/globals'
import { ChatMessage } from '../../src/data/chat-message.ts'
import { TextContent, ToolCall } from '../../src/data/content-part.ts'
import { FileContent } from '../../src/data/file-content.ts'
import { ImageContent } from '../../src/data/image-content.ts'
import { rejected } from '../component/thrown.ts'

const image = ImageContent.create({ base64: 'AAAA', mimeType: 'image/png' })
const call = ToolCall.create({ id: 'c1', name: 'weather', arguments: { city: 'Zürich' } })
const callWithoutId = ToolCall.create({ name: 'weather' })

test.each([
  ['a system message', ChatMessage.system('x', { name: 'n' }), { role: 'system', content: 'x', name: 'n' }],
  ['a user text, meta left out', ChatMessage.user('', { meta: { a: 1 } }), { role: 'user', content: '' }],
  [
    'an assistant text, reasoning left out',
    ChatMessage.assistant({ text: 'x', reasoning: 'r' }),
    { role: 'assistant', content: 'x' },
  ],
  ['an empty message', ChatMessage.assistant(), { role: 'assistant', content: '' }],
  [
    'tool calls without text, which leave no content',
    ChatMessage.assistant({ toolCalls: [call] }),
    {
      role: 'assistant',
      tool_calls: [
        { type: 'function', function: { name: 'weather', arguments: '{"city":"Zürich"}' }, id: 'c1' },
      ],
    },
  ],
  [
    'several texts of an assistant',
    ChatMessage.validate({ role: 'assistant', content: [TextContent.create('a'), TextContent.create('b')] }),
    {
      role: 'assistant',
      content: [
        { type: 'text', text: 'a' },
        { type: 'text', text: 'b' },
      ],
    },
  ],
  [
    'a tool result',
    ChatMessage.tool({ result: 'sunny', origin: call }),
    { role: 'tool', content: 'sunny', tool_call_id: 'c1' },
  ],
  [
    'a tool result of texts',
    ChatMessage.tool({ result: [TextContent.create('sunny')], origin: call }),
    { role: 'tool', content: [{ type: 'text', text: 'sunny' }], tool_call_id: 'c1' },
  ],
])('%s', (_, message, expected) => {
  expect(ChatMessage.toOpenAI(message)).toStrictEqual(expected)
})

test('user parts keep their order; a file without a name gets one', () => {
  const file = FileContent.create({ base64: 'AAAA', mimeType: 'application/pdf' })
  expect(
    ChatMessage.toOpenAI(ChatMessage.user(['a', { ...image, detail: 'low' }, image, file, 'b'])),
  ).toStrictEqual({
    role: 'user',
    content: [
      { type: 'text', text: 'a' },
      { type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA', detail: 'low' } },
      { type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA' } },
      { type: 'file', file: { file_data: 'data:application/pdf;base64,AAAA', filename: 'filename' } },
      { type: 'text', text: 'b' },
    ],
  })
})

test.each([
  ['before a text', { text: 'x', reasoning: 'r' }, { content: 'x', reasoning_content: 'r' }],
  ['alone', { reasoning: 'r' }, { content: '', reasoning_content: 'r' }],
  ['none', { text: 'x' }, { content: 'x' }],
])('thoughts go where they are asked for: %s', (_, fields, expected) => {
  const message = ChatMessage.assistant(fields)
  expect(ChatMessage.toOpenAI(message, { reasoningKey: 'reasoning_content' })).toStrictEqual({
    role: 'assistant',
    ...expected,
  })
})

test('a single image is a list of one part', () => {
  expect(ChatMessage.toOpenAI(ChatMessage.user([image])).content).toStrictEqual([
    { type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA' } },
  ])
})

test('missing ids are left out where they are not required', () => {
  const options = { requireToolCallIds: false }
  expect(
    ChatMessage.toOpenAI(ChatMessage.tool({ result: 'x', origin: callWithoutId }), options),
  ).toStrictEqual({
    role: 'tool',
    content: 'x',
  })
  expect(ChatMessage.toOpenAI(ChatMessage.assistant({ toolCalls: [callWithoutId] }), options)).toStrictEqual({
    role: 'assistant',
    tool_calls: [{ type: 'function', function: { name: 'weather', arguments: '{}' } }],
  })
})

describe('what the format cannot say is refused', () => {
  const result = ChatMessage.toolCallResults(ChatMessage.tool({ result: 'x', origin: call }))
  const noId = "the tool call 'weather' has no id. Give it one, or pass { requireToolCallIds: false }."
  const oneResult = "a 'tool' message holds exactly one tool call result; make one message for each."

  test.each<[string, ChatMessage, string]>([
    [
      'reasoning alone',
      ChatMessage.assistant({ reasoning: 'r' }),
      "an 'assistant' message of thoughts alone has nothing to send. Pass { reasoningKey: 'reasoning_content' }, or leave it out.",
    ],
    ['a call without an id', ChatMessage.assistant({ toolCalls: [callWithoutId] }), noId],
    ['a result of a call without an id', ChatMessage.tool({ result: 'x', origin: callWithoutId }), noId],
    ['two results', { role: 'tool', content: [...result, ...result] }, oneResult],
    [
      'an image as a result',
      ChatMessage.tool({ result: [image], origin: call }),
      "a tool call result can hold only text there, not a part of type 'image'.",
    ],
  ])('%s', async (_, message, reason) => {
    expect(await rejected(async () => ChatMessage.toOpenAI(message))).toBe(
      `DATA_INVALID_MESSAGE: Cannot turn the message into OpenAI's format: ${reason}`,
    )
  })

  test('and so is what is not a message', async () => {
    const message = { role: 'assistant', content: [image] } as never
    expect(await rejected(async () => ChatMessage.toOpenAI(message))).toMatch(
      /^DATA_INVALID_MESSAGE: .*'content\[0\]/,
    )
  })
})
