import { describe, expect, test } from '@jest/globals'
import { ChatMessage } from '../../src/data/chat-message.ts'
import { ToolCall } from '../../src/data/content-part.ts'
import { ImageContent } from '../../src/data/image-content.ts'
import { thrown } from '../component/thrown.ts'

const image = ImageContent.create({ base64: 'AAAA', mimeType: 'image/png' })
const call = ToolCall.create({ id: '1', name: 'clock' })
const text = (value: string) => ({ type: 'text', text: value })

describe('makers', () => {
  test('system makes one text part', () => {
    expect(ChatMessage.system('Be brief.', { name: 'rules', meta: { a: 1 } })).toStrictEqual({
      role: 'system',
      content: [text('Be brief.')],
      name: 'rules',
      meta: { a: 1 },
    })
  })

  test('user takes a text, also an empty one', () => {
    expect(ChatMessage.user('', { name: undefined })).toStrictEqual({ role: 'user', content: [text('')] })
  })

  test('user takes parts and keeps their order; strings become texts', () => {
    expect(ChatMessage.user(['this:', image, 'or this?']).content).toStrictEqual([
      text('this:'),
      image,
      text('or this?'),
    ])
  })

  test('assistant puts reasoning first, then text, then tool calls', () => {
    const message = ChatMessage.assistant({ toolCalls: [call], text: 'x', reasoning: 'so', meta: { a: 1 } })
    expect(message).toStrictEqual({
      role: 'assistant',
      content: [{ type: 'reasoning', text: 'so' }, text('x'), call],
      meta: { a: 1 },
    })
  })

  test('assistant takes a plain text, a reasoning part, or nothing', () => {
    expect(ChatMessage.assistant('x').content).toStrictEqual([text('x')])
    const reasoning = { type: 'reasoning', text: 'so' } as const
    expect(ChatMessage.assistant({ reasoning }).content).toStrictEqual([reasoning])
    expect(ChatMessage.assistant()).toStrictEqual({ role: 'assistant', content: [] })
    expect(ChatMessage.assistant({ text: '' }).content).toStrictEqual([text('')])
  })

  test('tool makes one result', () => {
    expect(ChatMessage.tool({ result: 'noon', origin: call, meta: { a: 1 } })).toStrictEqual({
      role: 'tool',
      content: [{ type: 'toolCallResult', result: 'noon', origin: call, error: false }],
      meta: { a: 1 },
    })
  })

  test.each<[() => unknown, string]>([
    [() => ChatMessage.user([]), "'content': must have at least 1 item, got an array of 0."],
    [
      () => ChatMessage.user([call as never]),
      `'content[0].type': expected one of "text", "image", "file", got "toolCall".`,
    ],
    [
      () => ChatMessage.user(['x', { ...image, base64: 'A' }]),
      "'content[1].base64': it is not strict base64: its length, 1, is not a multiple of four.",
    ],
    [
      () => ChatMessage.user(undefined as never),
      'a user message is made of a string or of an array of parts, not of nothing.',
    ],
    [() => ChatMessage.system(1 as never), "'content[0]': expected TextContent, got the number 1."],
    [() => ChatMessage.user('x', { name: 1 as never }), "'name': expected string, got the number 1."],
    [
      () => ChatMessage.assistant({ toolCalls: [{} as never] }),
      `'content[0]': 'type' is missing. Possible: one of "reasoning", "text", "toolCall".`,
    ],
  ])('%s throws DATA_INVALID_MESSAGE', (make, problem) => {
    expect(thrown(make)).toBe(`DATA_INVALID_MESSAGE: Invalid chat message: ${problem}`)
  })
})

describe('readers', () => {
  const question = ChatMessage.user(['a', image, 'b'])
  const answer: ChatMessage = {
    role: 'assistant',
    content: [{ type: 'reasoning', text: 'r' }, { type: 'reasoning', text: 's' }, call],
  }

  test('give the parts of one kind in order', () => {
    expect(ChatMessage.text(question)).toBe('ab')
    expect(ChatMessage.texts(question)).toEqual(['a', 'b'])
    expect(ChatMessage.images(question)).toEqual([image])
    expect(ChatMessage.files(question)).toEqual([])
    expect(ChatMessage.toolCalls(answer)).toEqual([call])
    expect(ChatMessage.reasoning(answer)).toBe('rs')
    expect(ChatMessage.reasonings(answer)).toEqual(['r', 's'])
    const [result] = ChatMessage.toolCallResults(ChatMessage.tool({ result: 'noon', origin: call }))
    expect(result?.result).toBe('noon')
  })

  test('give undefined or an empty list for what is not there, also for no message', () => {
    const [none] = [] as ChatMessage[]
    expect([ChatMessage.text(answer), ChatMessage.reasoning(question)]).toEqual([undefined, undefined])
    expect([ChatMessage.text(none), ChatMessage.reasoning(none)]).toEqual([undefined, undefined])
    expect([ChatMessage.texts(none), ChatMessage.toolCalls(none)]).toEqual([[], []])
  })

  test('an empty text is a text', () => {
    expect(ChatMessage.text(ChatMessage.user(''))).toBe('')
  })
})

describe('fromJSON', () => {
  test('takes strings for texts and gives the canonical form', () => {
    expect(ChatMessage.fromJSON({ role: 'user', content: 'x', name: 'Ann' })).toStrictEqual({
      role: 'user',
      content: [text('x')],
      name: 'Ann',
    })
    expect(ChatMessage.fromJSON({ role: 'user', content: ['x', image] }).content).toStrictEqual([
      text('x'),
      image,
    ])
  })

  test('hands back what is canonical already, and leaves its input alone', () => {
    const message = ChatMessage.user('x')
    expect(ChatMessage.fromJSON(message)).toBe(message)
    const written = Object.freeze({ role: 'user', content: Object.freeze(['x']) })
    expect(ChatMessage.fromJSON(written)).toEqual(message)
  })

  test('refuses a text where a tool result must be', () => {
    expect(thrown(() => ChatMessage.fromJSON({ role: 'tool', content: 'noon' }))).toBe(
      `DATA_INVALID_MESSAGE: Invalid chat message: 'content[0].type': expected "toolCallResult", got "text".`,
    )
  })
})
