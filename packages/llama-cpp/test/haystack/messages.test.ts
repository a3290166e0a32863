// Haystack's checklist for LlamaCppChatGenerator, 8.3: how messages become what the model reads. A test a line, for what
// each engine is really given: the prompt that node-llama-cpp evaluates, and the conversation that llama.node renders.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { ChatMessage, DataError, FileContent, ImageContent, ReasoningContent, ToolCall } from '@millrace/core'
import { templateMessages } from '../../src/chat/template-messages.ts'
import { markedMedia, withMediaMarkers } from '../../src/engines/llama-node/marked-media.ts'
import { MEDIA_MARKER } from '../../src/engines/llama-node/plain-text.ts'
import { ChatRenderer } from '../../src/engines/node-llama-cpp/prompt/chat-renderer.ts'
import { losslessWebp } from '../engines/llama-node/webp-bytes.ts'
import { failureOf } from '../failure-of.ts'
import { openPocket, type PocketBinding } from '../pocket-binding.ts'

const { assistant, system, tool, user } = ChatMessage
let pocket: PocketBinding
let renderer: ChatRenderer

beforeAll(async () => {
  pocket = await openPocket()
  renderer = new ChatRenderer(pocket.model, undefined, '/models/pocket.gguf')
})
afterAll(() => pocket.dispose())

/** What node-llama-cpp evaluates, up to the cue for the answer. */
async function prompt(...messages: ChatMessage[]): Promise<string> {
  const { tokens } = await renderer.render({ messages, tools: [], templateKwargs: {} })
  return pocket.model.detokenize([...tokens], true).replace(/<\|im_start\|>assistant\n$/, '')
}

/** What llama.node renders with the template of the model. */
function conversation(...messages: ChatMessage[]) {
  const { messages: marked, media } = markedMedia(messages, { vision: true, audio: false })
  const given = templateMessages(marked, 'any')
  return {
    messages: given.map((message) => ({ ...message, content: withMediaMarkers(message.content) })),
    media,
  }
}

const png = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1')
const jpeg = Buffer.from('\xff\xd8\xff\xd9', 'latin1')
const gif = Buffer.from('GIF89a\0\0\0\0\0\0\0;', 'latin1')
const imageOf = (mimeType: string, bytes: Buffer = png) => ImageContent.fromBytes(bytes, { mimeType })
const call = ToolCall.create({ id: 'call_7', name: 'get_weather', arguments: { city: 'Paris' } })
const { id: _, ...nameless } = call
const bmp = imageOf('image/bmp')

describe('8.3 messages', () => {
  test('a system message is the text of the system', async () => {
    const messages = [system('Be brief.'), user('Hi')]
    expect(await prompt(...messages)).toBe(
      '<|im_start|>system\nBe brief.<|im_end|>\n<|im_start|>user\nHi<|im_end|>\n',
    )
    expect(conversation(...messages).messages[0]).toEqual({ role: 'system', content: 'Be brief.' })
  })

  test('a user message is the text of the user; its name and meta are for people', async () => {
    const message = user('Hi', { name: 'ann', meta: { source: 'form' } })
    expect(await prompt(message)).toBe('<|im_start|>user\nHi<|im_end|>\n')
    expect(conversation(message).messages).toEqual([{ role: 'user', content: 'Hi' }])
  })

  test('an assistant message is the text of the assistant; its meta is not told', async () => {
    const messages = [user('Hi'), assistant({ text: 'Hello!', meta: { finishReason: 'stop' } }), user('Bye')]
    expect(await prompt(...messages)).toContain('<|im_start|>assistant\nHello!<|im_end|>\n')
    expect(conversation(...messages).messages[1]).toEqual({ role: 'assistant', content: 'Hello!' })
  })

  test('tool calls of the assistant are calls with id, name and arguments, without any text', async () => {
    const messages = [user('Weather?'), assistant({ toolCalls: [call] }), user('?')]
    expect(await prompt(...messages)).toContain(
      '<|im_start|>assistant\n<tool_call>\n{"name": "get_weather", "arguments": {"city": "Paris"}}\n</tool_call><|im_end|>\n',
    )
    expect(conversation(...messages).messages[1]).toEqual({
      role: 'assistant',
      content: '',
      tool_calls: [
        { id: 'call_7', type: 'function', function: { name: 'get_weather', arguments: { city: 'Paris' } } },
      ],
    })
  })

  test('characters beyond ASCII stay as they are in arguments', async () => {
    const abroad = ToolCall.create({ id: 'c', name: 'get_weather', arguments: { city: 'Zürich 東京' } })
    const messages = [user('Weather?'), assistant({ text: 'So.', toolCalls: [abroad] }), user('?')]
    expect(await prompt(...messages)).toContain('"arguments": {"city": "Zürich 東京"}')
    expect(conversation(...messages).messages[1]).toMatchObject({
      content: 'So.',
      tool_calls: [{ function: { arguments: { city: 'Zürich 東京' } } }],
    })
  })

  test("the result of a tool has the role 'tool' and the id of its call (there: the older 'function', without it)", async () => {
    const messages = [
      user('Weather?'),
      assistant({ toolCalls: [call] }),
      tool({ result: '22', origin: call }),
    ]
    expect(await prompt(...messages)).toContain(
      '<|im_start|>user\n<tool_response>\n22\n</tool_response><|im_end|>\n',
    )
    const result = { role: 'tool', tool_call_id: 'call_7', name: 'get_weather', content: '22' }
    expect(templateMessages(messages, 'any').at(-1)).toEqual(result)
    expect(conversation(...messages).messages.at(-1)).toEqual(result)
  })

  test('a message without content cannot be made; an empty one of the assistant is an empty turn (there: an error)', async () => {
    expect(() => user([])).toThrow(DataError)
    expect(() => user([])).toThrow(/^Invalid chat message: 'content': must have at least 1 item/)
    const messages = [user('Hi'), assistant(), user('Hi?')]
    expect(await prompt(...messages)).toContain('<|im_start|>assistant\n<|im_end|>\n')
    expect(conversation(...messages).messages[1]).toEqual({ role: 'assistant', content: '' })
  })

  test('several texts are one text, and several results are several messages (there: an error)', async () => {
    const results = {
      role: 'tool',
      content: ['22', '7'].flatMap((result) => ChatMessage.toolCallResults(tool({ result, origin: call }))),
    } as const
    const messages = [user(['One. ', 'Two.']), assistant({ toolCalls: [call, call] }), results]
    const written = await prompt(...messages)
    expect(written).toContain('<|im_start|>user\nOne. Two.<|im_end|>\n')
    expect(written).toContain(
      '<tool_response>\n22\n</tool_response><|im_end|>\n<|im_start|>user\n<tool_response>\n7\n',
    )
    const given = conversation(...messages).messages
    expect(given[0]).toEqual({ role: 'user', content: 'One. Two.' })
    expect(given.slice(2)).toMatchObject([{ content: '22' }, { content: '7' }])
  })

  test.each(['system', 'assistant'] as const)(
    'an image in a message of the %s cannot be made, and is refused',
    async (role) => {
      const message = { role, content: [imageOf('image/png')] } as unknown as ChatMessage
      expect(() => ChatMessage.validate(message)).toThrow(/'content\[0\]\.type': expected .*, got "image"/)
      const error = await failureOf(() => conversation(user('Hi'), message))
      expect([error.code, error.message]).toEqual([
        'MODALITY_UNSUPPORTED',
        `Part 0 of a message of role '${role}' is of type 'image' (image/png): media may only stand in messages of the user.`,
      ])
      expect((await failureOf(() => prompt(user('Hi'), message))).code).toBe('MODALITY_UNSUPPORTED')
    },
  )

  test('texts and images of the user stay in order, and empty texts are dropped', () => {
    const message = user(['', 'This:', imageOf('image/png'), 'or this?', imageOf('image/gif', gif), ''])
    const { messages, media } = conversation(message)
    const content = `This:\n${MEDIA_MARKER}\nor this?\n${MEDIA_MARKER}`
    expect(messages).toEqual([{ role: 'user', content }])
    expect(media).toEqual([
      `data:image/png;base64,${png.toString('base64')}`,
      `data:image/gif;base64,${gif.toString('base64')}`,
    ])
  })

  test.each([
    ['image/png', png, 'image/png'],
    ['image/jpeg', jpeg, 'image/jpeg'],
    ['image/jpg', jpeg, 'image/jpeg'],
    ['image/gif', gif, 'image/gif'],
  ])('an image of the type %s is taken', (type, bytes, written) => {
    expect(conversation(user([imageOf(type, bytes)])).media).toEqual([
      `data:${written};base64,${bytes.toString('base64')}`,
    ])
  })

  test('an image of the type image/webp is taken, decoded for llama.cpp', () => {
    const { media } = conversation(user([imageOf('image/webp', Buffer.from(losslessWebp, 'base64'))]))
    expect(media).toEqual([expect.stringMatching(/^data:image\/bmp;base64,Qk/)])
  })

  test('an image of another type is refused with those that are taken', async () => {
    const error = await failureOf(() => conversation(user([bmp])))
    expect([error.code, error.message]).toEqual([
      'MODALITY_UNSUPPORTED',
      "Part 0 of a message of role 'user' is of type 'image' (image/bmp): engine 'llama.node' decodes 'image/png', 'image/jpeg', 'image/gif' and 'image/webp'. Convert it to one of them.",
    ])
  })

  test('an image of an unknown type cannot be made', () => {
    expect(() => ImageContent.fromBytes(Buffer.from('no image'))).toThrow(DataError)
    expect(() => ImageContent.validate({ ...bmp, mimeType: undefined })).toThrow(/mimeType/)
  })

  test('an image for the engine of text is refused with the engine that takes it', async () => {
    const error = await failureOf(() => prompt(user(['What is this?', imageOf('image/png')])))
    expect([error.code, error.message]).toEqual([
      'MODALITY_UNSUPPORTED',
      "A message of role 'user' holds a part of type 'image'. Engine 'node-llama-cpp' takes text and tool calls, but no image parts. Images need engine 'llama.node' and a modelClipPath.",
    ])
  })

  test('a call without an id is given one, and its result is told by the name (there: an error)', () => {
    const messages = [
      user('Weather?'),
      assistant({ toolCalls: [nameless] }),
      tool({ result: '22', origin: nameless }),
    ]
    const [, asked, answered] = templateMessages(messages, 'any')
    expect(asked?.tool_calls?.map(({ id }) => id)).toEqual(['call_1'])
    expect(answered?.tool_call_id).toBe('call_1')
    expect(conversation(...messages).messages.slice(1)).toEqual([
      expect.objectContaining({ tool_calls: [expect.objectContaining({ id: 'call_1' })] }),
      { role: 'tool', name: 'get_weather', tool_call_id: 'call_1', content: '22' },
    ])
  })

  test('a result in parts is its texts, one to a line (there: an error); an image among them is refused', async () => {
    const parts = ['sunny', '22 degrees'].map((text) => ({ type: 'text', text }) as const)
    const before = [user('Weather?'), assistant({ toolCalls: [call] })]
    const messages = [...before, tool({ result: parts, origin: call })]
    expect(await prompt(...messages)).toContain('<tool_response>\nsunny\n22 degrees\n</tool_response>')
    expect(conversation(...messages).messages.at(-1)).toMatchObject({ content: 'sunny\n22 degrees' })
    const seen = tool({ result: [imageOf('image/png')], origin: call })
    for (const attempt of [() => prompt(...before, seen), () => conversation(...before, seen)]) {
      expect((await failureOf(attempt)).code).toBe('MODALITY_UNSUPPORTED')
    }
  })

  test('reasoning is given to the template, which says whether it is told (there: it is left out)', async () => {
    const thinking = {
      role: 'assistant',
      content: [
        ...['Hm.', 'So.'].map((text) => ReasoningContent.create(text)),
        { type: 'text', text: 'Yes.' },
      ],
    } as ChatMessage
    const messages = [user('Is it?'), thinking, user('Sure?')]
    // The template of the pocket model knows nothing of thoughts.
    expect(await prompt(...messages)).toContain('<|im_start|>assistant\nYes.<|im_end|>\n')
    const given = { role: 'assistant', content: 'Yes.', reasoning_content: 'Hm.\nSo.' }
    expect(templateMessages(messages, 'any')[1]).toEqual(given)
    expect(conversation(...messages).messages[1]).toEqual(given)
  })

  test('a file is refused by its type', async () => {
    const pdf = FileContent.fromBytes(Buffer.from('%PDF-1.7'), { mimeType: 'application/pdf' })
    const error = await failureOf(() => conversation(user([pdf])))
    expect([error.code, error.message]).toEqual([
      'MODALITY_UNSUPPORTED',
      "Part 0 of a message of role 'user' is of type 'file' (application/pdf): a model reads images and sound.",
    ])
    expect((await failureOf(() => prompt(user([pdf])))).message).toMatch(
      /^A message of role 'user' holds a part of type 'file'/,
    )
  })

  test('the detail of an image is not told: a local model reads all of it', () => {
    const detailed = { ...imageOf('image/png'), detail: 'low' } as const
    expect(conversation(user([detailed]))).toEqual(conversation(user([imageOf('image/png')])))
  })
})
