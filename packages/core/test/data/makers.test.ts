// What all makers have in common: null is absent, and a key that they do not know is refused. And what `fromJSON` fills in.
import { describe, expect, test } from '@jest/globals'
import { ChatMessage } from '../../src/data/chat-message.ts'
import {
  ContentPart,
  ReasoningContent,
  TextContent,
  ToolCall,
  ToolCallResult,
} from '../../src/data/content-part.ts'
import { Document } from '../../src/data/document.ts'
import { FileContent } from '../../src/data/file-content.ts'
import { ImageContent } from '../../src/data/image-content.ts'
import { StreamingChunk } from '../../src/data/streaming-chunk.ts'
import { rejected } from '../component/thrown.ts'

const base64 = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNoAAAAggCBd81ytgAAAABJRU5ErkJggg=='
const bytes = Buffer.from(base64, 'base64')
const origin = ToolCall.create({ name: 'clock' })
const here = import.meta.filename
const text = (value: string) => ({ type: 'text', text: value })

type Maker = (fields: object) => unknown

// Each with the fields that it must have, and those that it need not have.
const makers: readonly (readonly [name: string, make: Maker, fields: object, optional: readonly string[]])[] =
  [
    ['ChatMessage.system', (fields) => ChatMessage.system('x', fields), {}, ['name', 'meta']],
    ['ChatMessage.user', (fields) => ChatMessage.user('x', fields), {}, ['name', 'meta']],
    [
      'ChatMessage.assistant',
      (fields) => ChatMessage.assistant(fields),
      {},
      ['text', 'toolCalls', 'reasoning', 'name', 'meta'],
    ],
    [
      'ChatMessage.tool',
      (fields) => ChatMessage.tool(fields as never),
      { result: 'x', origin },
      ['error', 'meta'],
    ],
    ['ToolCall.create', (fields) => ToolCall.create(fields as never), { name: 'x' }, ['id', 'arguments']],
    [
      'ToolCallResult.create',
      (fields) => ToolCallResult.create(fields as never),
      { result: 'x', origin },
      ['error'],
    ],
    [
      'Document.create',
      (fields) => Document.create(fields),
      {},
      ['id', 'content', 'meta', 'score', 'embedding'],
    ],
    [
      'ImageContent.create',
      (fields) => ImageContent.create(fields as never),
      { base64 },
      ['mimeType', 'detail', 'meta'],
    ],
    [
      'ImageContent.fromBytes',
      (fields) => ImageContent.fromBytes(bytes, fields),
      {},
      ['mimeType', 'detail', 'meta'],
    ],
    [
      'ImageContent.fromUrl',
      (fields) => ImageContent.fromUrl(`data:image/png;base64,${base64}`, fields),
      {},
      ['detail', 'meta', 'timeoutMs', 'maxBytes', 'signal'],
    ],
    [
      'FileContent.create',
      (fields) => FileContent.create(fields as never),
      { base64 },
      ['mimeType', 'filename', 'meta'],
    ],
    [
      'FileContent.fromBytes',
      (fields) => FileContent.fromBytes(bytes, fields),
      {},
      ['mimeType', 'filename', 'meta'],
    ],
    [
      'FileContent.fromFile',
      (fields) => FileContent.fromFile(here, fields),
      {},
      ['mimeType', 'filename', 'meta', 'maxBytes'],
    ],
    [
      'StreamingChunk.create',
      (fields) => StreamingChunk.create(fields),
      {},
      [
        'content',
        'toolCalls',
        'toolCallResult',
        'reasoning',
        'index',
        'start',
        'finishReason',
        'component',
        'meta',
      ],
    ],
  ]

describe.each(makers)('%s', (_, make, fields, optional) => {
  test('takes null for what need not be there', async () => {
    const nulls = Object.fromEntries(optional.map((key) => [key, null]))
    expect(await make({ ...fields, ...nulls })).toStrictEqual(await make(fields))
  })

  test('refuses a key that it does not know, and suggests the right one', async () => {
    const last = optional.at(-1) ?? ''
    expect(await rejected(async () => make({ ...fields, [`${last}x`]: 1 }))).toMatch(
      new RegExp(
        `^DATA_INVALID_\\w+: Invalid [a-z ]+: '${last}x' is unknown\\. Possible: .*Did you mean '${last}'\\?$`,
      ),
    )
    expect(await rejected(async () => make({ ...fields, size: [100, 100] }))).toMatch(/'size' is unknown/)
  })
})

test('a part may be given to make another of it, but not one of another type', async () => {
  const image = ImageContent.create({ base64 })
  expect(ImageContent.create({ ...image, detail: 'low' })).toStrictEqual({ ...image, detail: 'low' })
  expect(ToolCall.create(origin)).toStrictEqual(origin)
  const result = ToolCallResult.create({ result: 'x', origin })
  expect(ChatMessage.tool(result).content).toStrictEqual([result])
  expect(await rejected(async () => FileContent.create({ ...image }))).toContain("'type' is unknown.")
})

test('ImageContent.fromFile refuses them before it reads', async () => {
  const options = { size: [100, 100] } as object
  expect(await rejected(async () => ImageContent.fromFile('nowhere.png', options))).toMatch(
    /^DATA_INVALID_MEDIA: Invalid image part: 'size' is unknown\. Possible: 'maxBytes', 'mimeType', 'detail' and 'meta'\.$/,
  )
})

test.each([null, 'x', [1]])('makers are given an object of fields, not %j', async (fields) => {
  expect(await rejected(async () => Document.create(fields as never))).toMatch(
    /^DATA_INVALID_DOCUMENT: Invalid document: it is made of an object of fields, not of /,
  )
})

test('a vector in a typed array becomes a list of numbers', () => {
  const embedding = [0.5, -1, 2]
  for (const vector of [new Float32Array(embedding), new Float64Array(embedding)]) {
    expect(Document.create({ content: 'x', embedding: vector }).embedding).toStrictEqual(embedding)
    expect(Document.fromJSON({ content: 'x', id: 'a', embedding: vector }).embedding).toStrictEqual(embedding)
  }
})

describe('fromJSON fills in what follows from the rest', () => {
  const clock = { type: 'toolCall', name: 'clock', arguments: {} }
  const image = { type: 'image', base64, mimeType: 'image/png' }
  const made = Document.create({ content: 'x' })

  test.each<[string, { fromJSON(value: unknown): unknown }, unknown, unknown]>([
    ['a text', TextContent, 'x', text('x')],
    ['a text without a type', TextContent, { text: 'x' }, text('x')],
    ['a thought', ReasoningContent, 'x', { type: 'reasoning', text: 'x' }],
    ['a call', ToolCall, { name: 'clock', id: null }, clock],
    [
      'a call with JSON text',
      ToolCall,
      { name: 'a', arguments: '{"a":1}' },
      { ...clock, name: 'a', arguments: { a: 1 } },
    ],
    [
      'a result',
      ToolCallResult,
      { result: ['noon', image], origin: { name: 'clock' } },
      { type: 'toolCallResult', result: [text('noon'), image], origin: clock, error: false },
    ],
    ['an image', ImageContent, { base64, detail: null }, image],
    ['an image in a data: URL', ImageContent, { base64: `data:image/png;base64,${base64}` }, image],
    [
      'a file',
      FileContent,
      { base64: 'AAAA', filename: 'a.pdf', meta: null },
      { type: 'file', base64: 'AAAA', filename: 'a.pdf', mimeType: 'application/pdf' },
    ],
    ['a document', Document, { content: 'x' }, made],
    ['a document of a text', Document, 'x', made],
    [
      'a document as Haystack writes it',
      Document,
      { id: 'a', content: 'x', blob: null, meta: {}, score: null, embedding: null, sparse_embedding: null },
      { id: 'a', content: 'x', meta: {} },
    ],
    ['a document with an id of its own', Document, { id: 'a' }, { id: 'a', meta: {} }],
    ['a chunk', StreamingChunk, { content: 'x', reasoning: null }, { content: 'x', index: 0, start: false }],
    ['a part of any kind', ContentPart, { type: 'image', base64 }, image],
    ['a part that is a text', ContentPart, 'x', text('x')],
    ['a message', ChatMessage, { role: 'user', content: 'x' }, { role: 'user', content: [text('x')] }],
    [
      'a message as Haystack writes it',
      ChatMessage,
      { role: 'user', content: [{ text: 'x' }], name: null, meta: {} },
      { role: 'user', content: [text('x')], meta: {} },
    ],
    [
      'a message of parts that leave out what they may',
      ChatMessage,
      { role: 'assistant', content: [{ type: 'toolCall', name: 'clock', id: null }], meta: null },
      { role: 'assistant', content: [clock] },
    ],
  ])('%s', (_, data, written, expected) => {
    const read = data.fromJSON(written)
    expect(read).toEqual(expected)
    expect(data.fromJSON(read)).toBe(read)
  })

  test.each<[string, { fromJSON(value: unknown): unknown }, unknown, string]>([
    ['a document', Document, { content: 'x', contnet: 'y' }, "'contnet' is unknown"],
    ['a document', Document, { content: 5 }, "'content': expected string, got the number 5."],
    ['a document', Document, { meta: { at: new Date(0) } }, "'meta.at': "],
    ['a message', ChatMessage, { role: 'usr', content: 'x' }, "'role': expected one of"],
    ['a message', ChatMessage, 5, 'expected ChatMessage, got the number 5.'],
    ['a message', ChatMessage, { role: 'user', content: [{ type: 'image', base64: '%' }] }, "'content[0]"],
    ['a call', ToolCall, { name: 'a', arguments: '{"a":' }, "'arguments': "],
    ['an image', ImageContent, { base64: 'AAAA' }, "'mimeType' is missing."],
  ])('but %s keeps what is wrong', async (_, data, written, problem) => {
    expect(await rejected(async () => data.fromJSON(written))).toContain(problem)
  })
})
