import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { ChatMessage } from '../../src/data/chat-message.ts'
import { ImageContent } from '../../src/data/image-content.ts'
import { ToolCall } from '../../src/data/tool-call.ts'
import type { JsonValue } from '../../src/json.ts'
import * as arbitrary from './arbitraries.ts'
import { thrownBy } from './thrown.ts'
import { expectToTravel } from './travels.ts'

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
    [
      () => ChatMessage.user([]),
      "'content' is empty; a 'user' message is made of 'text', 'image' and 'file' parts.",
    ],
    [
      () => ChatMessage.user([call as never]),
      "'content[0]' is of type 'toolCall'; a 'user' message is made of 'text', 'image' and 'file' parts.",
    ],
    [
      () => ChatMessage.user(['x', { ...image, base64: 'A' }]),
      "'content[1].base64' is not strict base64: its length, 1, is not a multiple of four.",
    ],
    [
      () => ChatMessage.user(undefined as never),
      'a user message is made of a string or of an array of parts.',
    ],
    [() => ChatMessage.user('x', { name: 1 as never }), "'name' must be a string, not 1."],
    [
      () => ChatMessage.assistant({ toolCalls: [{} as never] }),
      "'content[0]' lacks the key 'type'; it is one of 'text', 'image', 'file', 'toolCall', 'toolCallResult' and 'reasoning'.",
    ],
  ])('%s throws DATA_INVALID_MESSAGE', async (make, problem) => {
    expect(await thrownBy(make)).toBe(`DATA_INVALID_MESSAGE: Invalid chat message: ${problem}`)
  })
})

describe('readers', () => {
  const question = ChatMessage.user(['a', image, 'b'])
  const answer: ChatMessage = {
    role: 'assistant',
    content: [{ type: 'reasoning', text: 'r' }, { type: 'reasoning', text: 's' }, call],
  }

  test('give the parts of one kind in order', () => {
    expect(ChatMessage.text(question)).toBe('a')
    expect(ChatMessage.texts(question)).toEqual(['a', 'b'])
    expect(ChatMessage.images(question)).toEqual([image])
    expect(ChatMessage.files(question)).toEqual([])
    expect(ChatMessage.toolCalls(answer)).toEqual([call])
    expect(ChatMessage.reasoning(answer)).toBe('r')
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

describe('validate', () => {
  test('hands back the message itself', () => {
    const message = ChatMessage.user('x')
    expect(ChatMessage.validate(message)).toBe(message)
    expect([ChatMessage.is(message), ChatMessage.is({ role: 'user' })]).toEqual([true, false])
  })

  test.each([
    [
      { rol: 'user', content: [] },
      "it has the unknown key 'rol'; its keys are 'role', 'content', 'name' and 'meta'. Did you mean 'role'?",
    ],
    [
      { role: 'bot', content: [] },
      "'role' must be one of 'system', 'user', 'assistant' and 'tool', not 'bot'.",
    ],
    [{ role: 'user', content: 'x' }, "'content' must be an array, not 'x'."],
    [
      { role: 'tool', content: [text('x')] },
      "'content[0]' is of type 'text'; a 'tool' message is made of 'toolCallResult' parts.",
    ],
    [null, 'it must be an object, not null.'],
  ])('%j throws DATA_INVALID_MESSAGE', async (value, problem) => {
    expect(await thrownBy(() => ChatMessage.validate(value))).toBe(
      `DATA_INVALID_MESSAGE: Invalid chat message: ${problem}`,
    )
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

  test('refuses a text where a tool result must be', async () => {
    expect(await thrownBy(() => ChatMessage.fromJSON({ role: 'tool', content: 'noon' }))).toBe(
      "DATA_INVALID_MESSAGE: Invalid chat message: 'content[0]' is of type 'text'; a 'tool' message is made of 'toolCallResult' parts.",
    )
  })
})

test('every message that a maker makes travels and is JSON to the type checker', () => {
  const options = { name: arbitrary.maybe(arbitrary.text), meta: arbitrary.maybe(arbitrary.jsonObject) }
  const { text: anyText, textContent, imageContent, fileContent } = arbitrary
  const parts = fc.array(fc.oneof(anyText, textContent, imageContent, fileContent), {
    minLength: 1,
    maxLength: 4,
  })
  const message: fc.Arbitrary<ChatMessage> = fc.oneof(
    fc.tuple(anyText, fc.record(options)).map((given) => ChatMessage.system(...given)),
    fc.tuple(fc.oneof(anyText, parts), fc.record(options)).map((given) => ChatMessage.user(...given)),
    fc
      .record({
        text: arbitrary.maybe(anyText),
        reasoning: arbitrary.maybe(anyText),
        toolCalls: arbitrary.maybe(fc.array(arbitrary.toolCall, { maxLength: 3 })),
        ...options,
      })
      .map((fields) => ChatMessage.assistant(fields)),
    fc
      .record({ result: anyText, origin: arbitrary.toolCall, meta: options.meta })
      .map((fields) => ChatMessage.tool(fields)),
  )
  fc.assert(
    fc.property(message, (made) => {
      const json: JsonValue = made
      expectToTravel(json)
      expect(ChatMessage.fromJSON(json)).toBe(made)
    }),
  )
})
