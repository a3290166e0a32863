import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { ChatMessage } from '../../src/data/chat-message.ts'
import { rejected } from '../component/thrown.ts'
import * as arbitrary from './arbitraries.ts'

const text = (value: string) => ({ type: 'text', text: value })
const asking = { type: 'toolCall', id: 'c1', name: 'weather', arguments: { city: 'Paris' } }
const answering = (result: unknown, origin: object = {}) => ({
  role: 'tool',
  content: [
    {
      type: 'toolCallResult',
      result,
      origin: { type: 'toolCall', name: '', arguments: {}, ...origin },
      error: false,
    },
  ],
})
const saying = (...content: unknown[]) => ({ role: 'assistant', content })
const png = { type: 'image', base64: 'AAAA', mimeType: 'image/png' }
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
  ['a name that is null', { role: 'user', content: 'x', name: null }, { role: 'user', content: [text('x')] }],
  [
    'keys that are no part of the conversation',
    { role: 'user', content: [{ ...text('x'), cache_control: { type: 'ephemeral' } }], id: 'm1' },
    { role: 'user', content: [text('x')] },
  ],
  [
    'texts of the newer protocol',
    { role: 'user', content: [{ type: 'input_text', text: 'x' }] },
    { role: 'user', content: [text('x')] },
  ],
  [
    'an image by its URL alone, with a parameter and in capitals',
    { role: 'user', content: [{ type: 'image_url', image_url: 'DATA:image/PNG;name=a.png;base64,AAAA' }] },
    { role: 'user', content: [png] },
  ],
  [
    'an image with a detail, its base64 percent-encoded',
    {
      role: 'user',
      content: [{ type: 'image_url', image_url: { url: 'data:image/png;base64,AA%2BA', detail: 'low' } }],
    },
    { role: 'user', content: [{ ...png, base64: 'AA+A', detail: 'low' }] },
  ],
  [
    'a detail that is null',
    {
      role: 'user',
      content: [{ type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA', detail: null } }],
    },
    { role: 'user', content: [png] },
  ],
  [
    'sound',
    { role: 'user', content: [{ type: 'input_audio', input_audio: { data: 'AAAA', format: 'mp3' } }] },
    { role: 'user', content: [{ type: 'file', base64: 'AAAA', mimeType: 'audio/mpeg' }] },
  ],
  [
    'a file that is base64 without a URL',
    { role: 'user', content: [{ type: 'file', file: { file_data: 'AAAA', filename: 'a.txt' } }] },
    { role: 'user', content: [{ type: 'file', base64: 'AAAA', mimeType: 'text/plain', filename: 'a.txt' }] },
  ],
  [
    'an assistant as it is received',
    { role: 'assistant', content: null, refusal: null, annotations: [], audio: null, tool_calls: [weather] },
    saying(asking),
  ],
  ['no calls', { role: 'assistant', content: 'x', tool_calls: null, function_call: null }, saying(text('x'))],
  ['an assistant that said nothing', { role: 'assistant', content: null }, saying()],
  ['an assistant without content', { role: 'assistant' }, saying()],
  ['an empty text of an assistant', { role: 'assistant', content: '' }, saying(text(''))],
  ['an empty list of an assistant', { role: 'assistant', content: [], tool_calls: [] }, saying()],
  ['a refusal', { role: 'assistant', content: null, refusal: 'No.' }, saying(text('No.'))],
  [
    'a refusal as a part',
    { role: 'assistant', content: [{ type: 'refusal', refusal: 'No.' }] },
    saying(text('No.')),
  ],
  [
    'thoughts before text and calls',
    { role: 'assistant', content: 'x', reasoning_content: 'Hm.', tool_calls: [weather] },
    saying({ type: 'reasoning', text: 'Hm.' }, text('x'), asking),
  ],
  [
    'thoughts under both keys',
    { role: 'assistant', content: 'x', reasoning_content: 'Hm.', reasoning: 'Hm.' },
    saying({ type: 'reasoning', text: 'Hm.' }, text('x')),
  ],
  [
    'thoughts alone',
    { role: 'assistant', content: null, reasoning: 'Hm.' },
    saying({ type: 'reasoning', text: 'Hm.' }),
  ],
  ['empty thoughts', { role: 'assistant', content: 'x', reasoning_content: '' }, saying(text('x'))],
  [
    'text and calls without id or arguments',
    {
      role: 'assistant',
      content: 'x',
      tool_calls: [
        { function: { name: 'a', arguments: '' } },
        { id: null, index: 1, function: { name: 'b' } },
      ],
    },
    saying(
      text('x'),
      { type: 'toolCall', name: 'a', arguments: {} },
      { type: 'toolCall', name: 'b', arguments: {} },
    ),
  ],
  [
    'arguments that are an object',
    {
      role: 'assistant',
      tool_calls: [{ ...weather, function: { name: 'weather', arguments: { city: 'Paris' } } }],
    },
    saying(asking),
  ],
  [
    'arguments that are not the JSON of an object: the text is kept beside a call without arguments',
    {
      role: 'assistant',
      tool_calls: [
        weather,
        { id: 'c2', function: { name: 'a', arguments: '{"a":' } },
        { function: { name: 'b', arguments: '[1]' } },
      ],
    },
    {
      ...saying(
        asking,
        { type: 'toolCall', id: 'c2', name: 'a', arguments: {} },
        { type: 'toolCall', name: 'b', arguments: {} },
      ),
      meta: {
        malformedToolCalls: [
          { index: 1, id: 'c2', name: 'a', arguments: '{"a":' },
          { index: 2, name: 'b', arguments: '[1]' },
        ],
      },
    },
  ],
  [
    'the one call of the older protocol',
    { role: 'assistant', content: null, function_call: { name: 'weather', arguments: '{"city": "Paris"}' } },
    saying({ type: 'toolCall', name: 'weather', arguments: { city: 'Paris' } }),
  ],
  [
    'and its result',
    { role: 'function', name: 'weather', content: 'sunny' },
    { ...answering('sunny', { name: 'weather' }), name: 'weather' },
  ],
  [
    'a tool result, whose origin is known by its id only',
    { role: 'tool', content: 'sunny', tool_call_id: 'c1' },
    answering('sunny', { id: 'c1' }),
  ],
  ['a tool result without an id', { role: 'tool', content: [text('sunny')] }, answering([text('sunny')])],
  ['an empty tool result', { role: 'tool', content: '' }, answering('')],
  ['a tool result that is null', { role: 'tool', content: null, tool_call_id: null }, answering('')],
  ['a tool result of no parts', { role: 'tool', content: [] }, answering('')],
  [
    'a tool result with an image',
    {
      role: 'tool',
      content: [text('a'), { type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA' } }],
    },
    answering([text('a'), png]),
  ],
])('%s', (_, given, expected) => {
  const message = ChatMessage.fromOpenAI(given)
  expect(message).toStrictEqual(expected)
  expect(ChatMessage.is(message)).toBe(true)
})

test('every user and assistant message comes back from the format, thoughts included, apart from meta', () => {
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
      .record({ text: anyText, toolCalls: fc.array(toolCall), reasoning: fc.string({ minLength: 1 }), name })
      .map((given) => ChatMessage.assistant(given)),
  )
  fc.assert(
    fc.property(message, (made) => {
      const options = { requireToolCallIds: false, reasoningKey: 'reasoning_content' } as const
      const sent = JSON.stringify(ChatMessage.toOpenAI(made, options))
      expect(ChatMessage.fromOpenAI(JSON.parse(sent))).toStrictEqual(made)
    }),
  )
})

test.each<[string, object]>([
  ['nothing said', { role: 'assistant', content: '' }],
  [
    'sound',
    { role: 'user', content: [{ type: 'input_audio', input_audio: { data: 'AAAA', format: 'wav' } }] },
  ],
  [
    'calls that could not be read, as they were written',
    {
      role: 'assistant',
      content: 'x',
      tool_calls: [
        { type: 'function', id: 'c1', function: { name: 'a', arguments: '{"a":' } },
        { type: 'function', id: 'c2', function: { name: 'a', arguments: '{}' } },
        { type: 'function', id: 'c3', function: { name: 'a', arguments: 'x' } },
      ],
    },
  ],
])('%s comes back as it was sent', (_, message) => {
  expect(ChatMessage.toOpenAI(ChatMessage.fromOpenAI(message))).toEqual(message)
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
      "its role must be one of 'assistant', 'user', 'system', 'developer', 'tool' and 'function', not \"bot\".",
    ],
    [
      { role: 'asistant', content: 'x' },
      "its role must be one of 'assistant', 'user', 'system', 'developer', 'tool' and 'function', not \"asistant\". Did you mean 'assistant'?",
    ],
    [
      { role: 'user' },
      "the content of a 'user' message must be a string or a list of parts, and not be missing or empty.",
    ],
    [
      { role: 'system', content: null },
      "the content of a 'system' message must be a string or a list of parts, and not be missing or empty.",
    ],
    [
      { role: 'assistant', content: 'x', reasoning_content: 'a', reasoning: 'b' },
      "'reasoning_content' and 'reasoning' are not the same text; give one of them.",
    ],
    [{ role: 'assistant', content: 'x', audio: { id: 'a1' } }, "'audio' of an answer cannot be kept."],
    [{ role: 'assistant', content: 'x', refusal: 1 }, "'refusal' must be a string, not the number 1."],
    [{ role: 'assistant', function_call: 'x' }, '\'function_call\' must be an object, not "x".'],
    [{ role: 'assistant', tool_calls: 'x' }, '\'tool_calls\' must be an array, not "x".'],
    [withCall({}), "'tool_calls[0]' lacks the object 'function'."],
    [
      withCall({ type: 'custom', custom: { name: 'a', input: 'x' } }),
      "'tool_calls[0]' lacks the object 'function', and a call of type \"custom\" cannot be kept.",
    ],
    [withCall({ function: {} }), "'tool_calls[0].function' lacks the string 'name'."],
    [withCall({ id: 1, function: { name: 'a' } }), "'tool_calls[0].id' must be a string, not the number 1."],
    [
      withCall({ function: { name: 'a', arguments: [1] } }),
      "'tool_calls[0].function.arguments' must be an object or its JSON text, not an array of 1.",
    ],
    [
      { role: 'assistant', content: [{ type: 'thinking', thinking: 'x' }] },
      '\'content[0]\' must be a part with a text, not a part of type "thinking".',
    ],
    [
      userPart({ type: 'video_url', video_url: { url: 'x' }, text: 'x' }),
      '\'content[0]\' must be a part with a text, not a part of type "video_url".',
    ],
    [
      userPart({ type: 'input_audio', input_audio: { data: 'AAAA', format: 'aac' } }),
      "'content[0].input_audio.format' must be one of 'wav' and 'mp3', not \"aac\".",
    ],
    [
      userPart({ type: 'image_url', image_url: 'https://x/a.png' }),
      '\'content[0].image_url\' must be a base64 data: URL, not "https://x/a.png". Load it with ImageContent.fromUrl.',
    ],
    [userPart({ type: 'input_audio' }), "'content[0].input_audio.data' must be base64, not nothing."],
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

  test('an image that is none', async () => {
    const part = { type: 'image_url', image_url: { url: 'data:image/svg+xml;base64,AAAA' } }
    expect(await rejected(async () => ChatMessage.fromOpenAI(userPart(part)))).toMatch(
      /^DATA_INVALID_MEDIA: Invalid image part: 'mimeType': expected one of .*, got "image\/svg\+xml"\.$/,
    )
  })
})
