// What `run` reads: all that a connection would convert, and data as people and other programs write it.
import { describe, expect, test } from '@jest/globals'
import { defineComponent } from '../../src/component/define-component.ts'
import { t } from '../../src/component/t.ts'
import { ChatMessage } from '../../src/data/chat-message.ts'
import { Document } from '../../src/data/document.ts'
import { ImageContent } from '../../src/data/image-content.ts'
import { Pipeline } from '../../src/pipeline/pipeline.ts'
import type { Socket } from '../../src/schema/socket.ts'
import { typeName } from '../../src/schema/socket-type.ts'
import { deepFreeze } from '../../src/testing/index.ts'
import { thrownBy } from '../pipeline/thrown.ts'

const text = t.string()
const texts = t.array(text)
const message = t.message()
const messages = t.array(message)
const document = t.document()
const hello = ChatMessage.user('Hello')
const reply = ChatMessage.assistant('Hi')
const base64 = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNoAAAAggCBd81ytgAAAABJRU5ErkJggg=='
const image = ImageContent.create({ base64 })
const lowImage = ChatMessage.user(['x', { ...image, detail: 'low' }])
const doc = Document.create({ content: 'x' })
const options = t.object({ size: t.optional(t.integer()), documents: t.optional(t.array(document)) })

/** What a component with one socket gets for this value of the caller. */
async function read(socket: Socket, value: unknown): Promise<unknown> {
  const Take = defineComponent({
    type: 'Take',
    inputs: { value: socket },
    outputs: { got: t.unknown() },
    run: ({ value: got }) => ({ got: { is: got } }),
  })
  const pipeline: Pipeline = new Pipeline({ take: new Take() })
  const result = await pipeline.run({ value: deepFreeze(value) })
  return (result.get('take.got') as { readonly is: unknown }).is
}

describe('run reads', () => {
  const rows: (readonly [Socket, unknown, unknown])[] = [
    [messages, 'Hello', [hello]],
    [messages, hello, [hello]],
    [messages, { role: 'user', content: 'Hello' }, [hello]],
    [messages, [{ role: 'user', content: 'Hello', name: null }], [hello]],
    [messages, ['Hello', reply], [hello, reply]],
    [messages, [{ role: 'user', content: [{ text: 'Hello' }] }], [hello]],
    [messages, [{ role: 'user', content: ['x', { type: 'image', base64, detail: 'low' }] }], [lowImage]],
    [message, 'Hello', hello],
    [message, [hello], hello],
    [message, ['Hello'], hello],
    [t.union(text, messages), hello, [hello]],
    [t.union(text, messages), [{ role: 'user', content: 'Hello' }], [hello]],
    [t.union(messages, t.null()), 'Hello', [hello]],
    [text, reply, 'Hi'],
    [text, [reply], 'Hi'],
    [texts, 'a', ['a']],
    [texts, reply, ['Hi']],
    [t.array(t.integer()), 5, [5]],
    [t.array(t.number()), new Float32Array([0.5, 1]), [0.5, 1]],
    [t.array(document), [{ content: 'x' }], [doc]],
    [t.array(document), { content: 'x', score: null }, [doc]],
    [t.array(document), ['x', doc], [doc, doc]],
    [document, { content: 'x', id: undefined }, doc],
    [t.array(t.array(document)), [[{ content: 'x' }]], [[doc]]],
    [t.record(document), { a: { content: 'x' } }, { a: doc }],
    [t.image(), { base64 }, image],
    [options, { size: null, documents: [{ content: 'x' }] }, { documents: [doc] }],
  ]

  test.each(rows.map((row) => [typeName(row[0].type), row[1], row] as const))(
    '%s from %j',
    async (_type, _value, [socket, value, expected]) => {
      expect(await read(socket, value)).toEqual(expected)
    },
  )

  test('null for an optional input as nothing, so that its default counts', async () => {
    expect(await read(t.string({ default: 'x' }), null)).toBe('x')
    expect(await read(t.optional(t.union(text, t.null()), { default: 'x' }), null)).toBe(null)
    expect(await thrownBy(() => read(text, null))).toBe(
      "INPUT_INVALID: Input 'take.value' (string): expected string, got null.",
    )
  })

  test('nothing where validation is off: values are taken as they are', async () => {
    const Count = defineComponent({
      type: 'Count',
      inputs: { messages },
      outputs: { kind: text },
      run: (inputs) => ({ kind: typeof inputs.messages }),
    })
    const pipeline = new Pipeline({ count: new Count() })
    const result = await pipeline.run({ messages: 'Hello' }, { validate: 'nothing' })
    expect(result.get('count.kind')).toBe('string')
  })
})

describe('what cannot be read is refused, and the error says how to make it', () => {
  const photo = ChatMessage.user(['a', image])

  test.each<[Socket, unknown, string]>([
    [
      messages,
      5,
      "expected ChatMessage[], got the number 5. Give a text, { role: 'user', content: '…' }, or ChatMessage.user(…).",
    ],
    [
      t.image(),
      'photo.png',
      'expected ImageContent, got "photo.png". Make one with await ImageContent.fromFile(\'…\').',
    ],
    [document, 5, 'expected Document, got the number 5. Give { content: "…" }, or Document.create(…).'],
    [text, photo, 'the message has an image beside its text, which is not text.'],
    [
      text,
      [reply, reply],
      'string[] or ChatMessage[] converts to its element only when it holds exactly one; this one holds 2.',
    ],
  ])('a %j', async (socket, value, problem) => {
    expect(await thrownBy(() => read(socket, value))).toBe(
      `INPUT_INVALID: Input 'take.value' (${typeName(socket.type)}): ${problem}`,
    )
  })

  test('what is wrong in the data itself is named by its place, and nothing else', async () => {
    expect(await thrownBy(() => read(messages, [{ role: 'usr', content: 'x' }]))).toBe(
      'INPUT_INVALID: Input \'take.value.0.role\' (ChatMessage[]): expected one of "system", "user", "assistant", "tool", got "usr". Did you mean \'user\'?',
    )
    expect(await thrownBy(() => read(t.array(document), [{ content: 'x' }, { contnet: 'x' }]))).toMatch(
      /^INPUT_INVALID: Input 'take\.value\.1(\.contnet)?' \(Document\[\]\): 'contnet' is unknown\. .*Did you mean 'content'\?$/,
    )
  })
})

describe('lists of two types do not mix', () => {
  const either = t.union(texts, messages)
  const sender = <S extends Socket>(output: S) =>
    defineComponent({ type: 'Sender', inputs: {}, outputs: { list: output }, run: () => ({}) as never })
  const Receive = defineComponent({
    type: 'Receive',
    inputs: { lists: either, nullable: t.optional(t.union(texts, messages, t.null())) },
    outputs: {},
    run: () => ({}),
  })
  const parts = () => ({
    texts: new (sender(texts))(),
    more: new (sender(texts))(),
    one: new (sender(text))(),
    messages: new (sender(messages))(),
    open: new (sender(either))(),
    receive: new Receive(),
  })
  const fresh = (): Pipeline => new Pipeline(parts())

  test('a sender of each is refused when it is connected', async () => {
    const pipeline = fresh().connect('texts.list', 'receive.lists').connect('more.list', 'receive.lists')
    expect(await thrownBy(() => pipeline.connect('messages.list', 'receive.lists'))).toBe(
      "CONNECT_TYPE_MISMATCH: Cannot connect 'messages.list' (ChatMessage[]) to 'receive.lists' (string[] | ChatMessage[]): 'texts.list' sends string[] to it, and a list of both is of neither type. Convert one of them before.",
    )
  })

  test('and so is one that may send either, or what converts to the other', async () => {
    for (const [first, second] of [
      ['messages.list', 'one.list'],
      ['open.list', 'texts.list'],
      ['texts.list', 'open.list'],
    ] as const) {
      const pipeline = fresh().connect(first, 'receive.nullable')
      expect(await thrownBy(() => pipeline.connect(second, 'receive.nullable'))).toMatch(
        /^CONNECT_TYPE_MISMATCH: .* a list of both is of neither type/,
      )
    }
  })

  test('several of one type join, and the caller adds to them in their type', async () => {
    const pipeline = fresh().connect('texts.list', 'receive.lists').connect('one.list', 'receive.lists')
    expect(pipeline.connections()).toHaveLength(2)
    expect(await thrownBy(() => pipeline.run({ receive: { lists: [hello] } }))).toMatch(
      /^INPUT_INVALID: Input 'receive\.lists\.0' \(string\[\] \| ChatMessage\[\]\): expected string, got /,
    )
  })

  test('a caller can add nothing to what may be of either type', async () => {
    const pipeline = fresh().connect('open.list', 'receive.lists')
    expect(await thrownBy(() => pipeline.run({ receive: { lists: ['a'] } }))).toBe(
      "INPUT_INVALID: Input 'receive.lists' (string[] | ChatMessage[]): nothing can be added to what 'open.list' sends, which may be of several types.",
    )
  })
})

test('what may be a list already is not wrapped, and the error says so', async () => {
  const Any = defineComponent({
    type: 'Any',
    inputs: { list: t.array(t.unknown()) },
    outputs: { any: t.json() },
    run: () => ({ any: [1, 2] }),
  })
  const pipeline: Pipeline = new Pipeline({ first: new Any(), second: new Any() })
  expect(await thrownBy(() => pipeline.connect('first.any', 'second.list'))).toMatch(
    /What may be a list itself is not put in a list: give the output the type unknown\[\], or one that is never a list\./,
  )
})
