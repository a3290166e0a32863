// Every type of data: what it accepts, what it refuses and with which words, and that it travels.
import { describe, expect, test } from '@jest/globals'
import { Ajv2020 } from 'ajv/dist/2020.js'
import fc from 'fast-check'
import { ChatMessage } from '../../src/data/chat-message.ts'
import {
  ContentPart,
  ReasoningContent,
  TextContent,
  ToolCall,
  ToolCallResult,
} from '../../src/data/content-part.ts'
import type { Declared } from '../../src/data/declared.ts'
import { Document } from '../../src/data/document.ts'
import { FileContent } from '../../src/data/file-content.ts'
import { ImageContent } from '../../src/data/image-content.ts'
import { StreamingChunk } from '../../src/data/streaming-chunk.ts'
import { isJsonValue, type JsonValue } from '../../src/json.ts'
import { rejected } from '../component/thrown.ts'
import * as arbitrary from './arbitraries.ts'

interface Rows {
  readonly data: Declared<unknown>
  readonly good: readonly object[]
  /** What is refused, with the end of the message. */
  readonly bad: readonly (readonly [value: unknown, problem: string])[]
}

const text = { type: 'text', text: 'x' }
const image = { type: 'image', base64: 'AAAA', mimeType: 'image/png' }
const file = { type: 'file', base64: 'AAAA', mimeType: 'text/plain' }
const call = { type: 'toolCall', name: 'clock', arguments: {} }
const result = { type: 'toolCallResult', result: 'noon', origin: call, error: false }
const reasoning = { type: 'reasoning', text: 'so' }
const document = { id: 'a', meta: {} }
const chunk = { content: '', index: 0, start: false }
const notLength4 = "'base64': it is not strict base64: its length, 1, is not a multiple of four."

const tables: Readonly<Record<string, Rows>> = {
  'text part': {
    data: TextContent,
    good: [text, { ...text, text: '' }],
    bad: [
      [reasoning, `'type': expected "text", got "reasoning".`],
      [{ type: 'text' }, "'text' is missing."],
      [{ ...text, meta: {} }, "'meta' is unknown. Possible: 'type' and 'text'."],
      [{ ...text, text: 1 }, "'text': expected string, got the number 1."],
    ],
  },
  'reasoning part': {
    data: ReasoningContent,
    good: [reasoning],
    bad: [[{ type: 'reasoning', text: null }, "'text': expected string, got null."]],
  },
  'image part': {
    data: ImageContent,
    good: [image, { ...image, detail: 'auto' }, { ...image, meta: { a: null } }],
    bad: [
      [{ ...image, base64: '' }, '\'base64\': must have at least 1 character, got "".'],
      [{ ...image, base64: 'A' }, notLength4],
      [{ ...image, mimeType: null }, '\'mimeType\': expected one of "image/png"'],
      [
        { ...image, detail: 'hig' },
        `'detail': expected one of "auto", "high", "low", got "hig". Did you mean 'high'?`,
      ],
      [{ ...image, meta: [] }, "'meta': expected Record<string, JSON>, got an array of 0."],
      [{ ...image, url: 'x' }, "'url' is unknown."],
    ],
  },
  'file part': {
    data: FileContent,
    good: [file, { ...file, base64: '' }, { ...file, filename: 'a', meta: {} }],
    bad: [
      [{ ...file, base64: 'A' }, notLength4],
      [
        { ...file, mimeType: 'text' },
        `'mimeType': expected a MIME type such as 'application/pdf', got "text".`,
      ],
      [{ ...file, mimeType: 'text/plain; charset=utf-8' }, "'mimeType': expected a MIME type"],
      [{ ...file, filename: 1 }, "'filename': expected string, got the number 1."],
    ],
  },
  'tool call': {
    data: ToolCall,
    good: [
      { ...call, name: '' },
      { ...call, id: 'a', arguments: { a: [null] } },
    ],
    bad: [
      [{ type: 'toolCall', name: 'x' }, "'arguments' is missing."],
      [{ ...call, arguments: '{}' }, '\'arguments\': expected Record<string, JSON>, got "{}".'],
      [
        { ...call, arguments: { now: new Date(0) } },
        "'arguments.now': expected JSON, got an instance of Date.",
      ],
      [{ ...call, id: null }, "'id': expected string, got null."],
      [{ ...call, id: undefined }, "'id': expected JSON, got nothing."],
    ],
  },
  'tool call result': {
    data: ToolCallResult,
    good: [result, { ...result, result: [] }, { ...result, result: [text, image, file] }],
    bad: [
      [
        { ...result, result: 12 },
        "'result': expected string | (TextContent | ImageContent | FileContent)[], got the number 12.",
      ],
      [
        { ...result, result: ['x'] },
        '\'result[0]\': expected TextContent | ImageContent | FileContent, got "x".',
      ],
      [
        { ...result, result: [call] },
        `'result[0].type': expected one of "text", "image", "file", got "toolCall".`,
      ],
      [{ ...result, result: [{ ...image, base64: 'A' }] }, `'result[0].${notLength4.slice(1)}`],
      [{ ...result, error: 'no' }, '\'error\': expected boolean, got "no".'],
      [{ ...result, origin: { name: 'clock' } }, "'origin': 'type' is missing."],
    ],
  },
  'content part': {
    data: ContentPart,
    good: [text, image, file, call, result, reasoning],
    bad: [
      [
        { type: 'txt' },
        `'type': expected one of "text", "image", "file", "toolCall", "toolCallResult", "reasoning", got "txt". Did you mean 'text'?`,
      ],
      [{ text: 'x' }, `'type' is missing. Write type: text beside 'text'.`],
      [{ x: 1 }, `'type' is missing. Possible: one of "text", "image"`],
      [{ type: ['text'], text: 'x' }, "'type': expected one of"],
      [{ ...text, base64: 'AAAA' }, "'base64' is unknown."],
    ],
  },
  'chat message': {
    data: ChatMessage,
    good: [
      { role: 'system', content: [text, text] },
      { role: 'user', content: [text, image, file], name: 'Ann', meta: { a: 1 } },
      { role: 'assistant', content: [] },
      { role: 'assistant', content: [reasoning, text, call, call] },
      { role: 'tool', content: [result] },
    ],
    bad: [
      [{ role: 'system', content: [] }, "'content': must have at least 1 item, got an array of 0."],
      [{ role: 'system', content: [image] }, `'content[0].type': expected "text", got "image".`],
      [{ role: 'user', content: [] }, "'content': must have at least 1 item"],
      [
        { role: 'user', content: [text, result] },
        `'content[1].type': expected one of "text", "image", "file", got "toolCallResult".`,
      ],
      [
        { role: 'assistant', content: [image] },
        `'content[0].type': expected one of "reasoning", "text", "toolCall", got "image".`,
      ],
      [{ role: 'tool', content: [] }, "'content': must have at least 1 item"],
      [{ role: 'tool', content: [text] }, `'content[0].type': expected "toolCallResult", got "text".`],
      [
        { role: 'usr', content: [text] },
        `'role': expected one of "system", "user", "assistant", "tool", got "usr". Did you mean 'user'?`,
      ],
      [{ role: 'user', content: [{ ...image, base64: 'A' }] }, `'content[0].${notLength4.slice(1)}`],
      [
        { role: 'user', content: [null] },
        "'content[0]': expected TextContent | ImageContent | FileContent, got null.",
      ],
      [
        { role: 'user', content: 'x' },
        '\'content\': expected (TextContent | ImageContent | FileContent)[], got "x".',
      ],
      [{ role: 'user', content: [text], name: null }, "'name': expected string, got null."],
      [
        { role: 'user', content: [text], meta: { a: Number.NaN } },
        "'meta.a': expected JSON, got the number NaN.",
      ],
      [
        { role: 'user', content: [text], text: 'x' },
        "'text' is unknown. Possible: 'role', 'content', 'name' and 'meta'.",
      ],
      [{ role: 'user' }, "'content' is missing."],
      [
        { rol: 'user', content: [text] },
        `'role' is missing. Possible: one of "system", "user", "assistant", "tool".`,
      ],
    ],
  },
  'streaming chunk': {
    data: StreamingChunk,
    good: [
      chunk,
      { ...chunk, content: 'x', finishReason: 'aborted', component: { type: 'Mock' }, meta: { a: 1 } },
      { ...chunk, toolCalls: [{ index: 0 }, { index: 1, id: 'a', name: 'x', arguments: '{' }] },
      { ...chunk, toolCalls: [], reasoning: '', content: 'x' },
      { ...chunk, toolCallResult: result },
      { ...chunk, reasoning: 'x', component: { name: 'llm', type: 'Mock' } },
    ],
    bad: [
      [
        { ...chunk, content: 'x', reasoning: 'y' },
        'it has more than one of content, tool calls, a tool result and reasoning; send one chunk for each.',
      ],
      [{ ...chunk, toolCalls: [{ index: 0 }], toolCallResult: result }, 'it has more than one of'],
      [{ ...chunk, toolCalls: [{ name: 'x' }] }, "'toolCalls[0]': 'index' is missing."],
      [
        { ...chunk, toolCalls: [{ index: 0, arguments: {} }] },
        "'toolCalls[0].arguments': expected string, got an empty object.",
      ],
      [{ ...chunk, index: -1 }, "'index': must be >= 0, got the number -1."],
      [{ ...chunk, index: 0.5 }, "'index': expected integer, got the number 0.5."],
      [{ ...chunk, content: null }, "'content': expected string, got null."],
      [{ ...chunk, finishReason: 'tool_calls' }, "Did you mean 'toolCalls'?"],
      [{ ...chunk, component: { name: 'llm' } }, "'component': 'type' is missing."],
      [{ content: 'x', start: true }, "'index' is missing."],
    ],
  },
  document: {
    data: Document,
    good: [document, { ...document, content: '', meta: { a: 1 }, score: -1, embedding: [] }],
    bad: [
      [{ ...document, id: '' }, '\'id\': must have at least 1 character, got "".'],
      [{ id: 'a' }, "'meta' is missing."],
      [{ ...document, meta: [] }, "'meta': expected Record<string, JSON>, got an array of 0."],
      [{ ...document, content: null }, "'content': expected string, got null."],
      [{ ...document, score: Number.NaN }, "'score': expected number, got the number NaN."],
      [{ ...document, embedding: [1, 'x'] }, '\'embedding[1]\': expected number, got "x".'],
      [{ ...document, blob: 'x' }, "'blob' is unknown."],
    ],
  },
}

const ajv = new Ajv2020({ strict: true, strictRequired: false, allowUnionTypes: true })

describe.each(Object.entries(tables))('%s', (noun, { data, good, bad }) => {
  test.each(good.map((value) => [JSON.stringify(value), value]))(
    'accepts %s, and so does its schema',
    (_, value) => {
      expect(data.validate(value)).toBe(value)
      expect([data.is(value), ajv.validate(data.schema, value)]).toEqual([true, true])
    },
  )

  test.each(bad.map(([value, problem]) => [problem, value] as const))('says %s', async (problem, value) => {
    const message = await rejected(async () => data.validate(value))
    expect(message).toMatch(new RegExp(`^DATA_INVALID_[A-Z]+: Invalid ${noun}: `))
    expect(message).toContain(problem)
    expect(data.is(value)).toBe(false)
  })

  test('refuses what is not an object', () => {
    const others = [undefined, null, 1, 'text', true, [], {}, new Map()]
    expect(others.filter((value) => data.is(value))).toEqual([])
  })
})

const made: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
  'content part': arbitrary.contentPart,
  'chat message': arbitrary.chatMessage,
  'streaming chunk': arbitrary.streamingChunk,
  document: arbitrary.documentFields.map(Document.create),
}

test.each(Object.entries(made))(
  'every %s that a maker makes is valid and comes back equal from JSON and from a clone',
  (noun, values) => {
    fc.assert(
      fc.property(values, (value) => {
        expect(tables[noun]?.data.validate(value)).toBe(value)
        expect(isJsonValue(value)).toBe(true)
        expect(JSON.parse(JSON.stringify(value))).toStrictEqual(value)
        // A structured clone has the prototypes of another realm under jest, so toStrictEqual would refuse it.
        expect(structuredClone(value)).toEqual(value)
      }),
    )
  },
)

test('a message is JSON to the compiler, and its role says what its content is', () => {
  const message = ChatMessage.user('x')
  const json: JsonValue = message
  expect(json).toBe(message)
  if (message.role === 'system') message.content satisfies readonly TextContent[]
  if (message.role === 'tool') message.content satisfies readonly ToolCallResult[]
})

describe('makers of parts', () => {
  test('make what was asked for, and leave out what is absent', () => {
    expect(TextContent.create('')).toStrictEqual({ type: 'text', text: '' })
    expect(ReasoningContent.create('so')).toStrictEqual(reasoning)
    expect(ToolCall.create({ name: 'clock', id: undefined })).toStrictEqual(call)
    const origin = ToolCall.create({ name: 'clock' })
    expect(ToolCallResult.create({ result: 'noon', origin })).toStrictEqual(result)
    expect(ToolCallResult.create({ result: 'broken', origin, error: true }).error).toBe(true)
  })

  test('refuse what no part may be', async () => {
    expect(await rejected(async () => TextContent.create(undefined as never))).toBe(
      "DATA_INVALID_MESSAGE: Invalid text part: 'text' is missing.",
    )
  })

  test.each([
    ['{"a": 1}', { a: 1 }],
    ['', {}],
    [' \n', {}],
    ['{"a": ', undefined],
    ['[1]', undefined],
    ['null', undefined],
  ])('readArguments takes %j for %j', (written, read) => {
    expect(ToolCall.readArguments(written)).toEqual(read)
  })
})
