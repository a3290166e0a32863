import { describe, expect, test } from '@jest/globals'
import { t } from '../../src/component/t.ts'
import { tool } from '../../src/component/tool.ts'
import { toolset } from '../../src/component/toolset.ts'
import { ChatMessage } from '../../src/data/chat-message.ts'
import { Document } from '../../src/data/document.ts'
import { ImageContent } from '../../src/data/image-content.ts'
import { StreamingChunk } from '../../src/data/streaming-chunk.ts'
import { schemaOf } from '../../src/schema/schema.ts'
import { typeName } from '../../src/schema/socket-type.ts'
import { checkValue } from '../../src/schema/validate.ts'
import { thrown } from './thrown.ts'

const png = new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])

describe('our data have their names and schemas', () => {
  test.each([
    ['ChatMessage', t.message(), ChatMessage.schema, ChatMessage.user('a')],
    ['ImageContent', t.image(), ImageContent.schema, ImageContent.fromBytes(png)],
    ['Document', t.document(), Document.schema, Document.create({ content: 'a' })],
    ['StreamingChunk', t.chunk(), StreamingChunk.schema, StreamingChunk.create({ content: 'a' })],
  ])('%s', (name, socket, schema, value) => {
    expect(typeName(socket.type)).toBe(name)
    expect(schemaOf(socket)).toEqual(schema)
    expect(checkValue(socket, value)).toEqual([])
    expect(checkValue(socket, { ...value, colour: 'red' })).toMatchObject([{ unknownKey: 'colour' }])
  })

  test('and must be JSON throughout', () => {
    const message = { ...ChatMessage.user('a'), meta: { when: new Date(0) } }
    expect(checkValue(t.message(), message)).toEqual([
      { path: ['meta', 'when'], message: 'expected JSON, got an instance of Date.' },
    ])
  })
})

describe('t.tools', () => {
  const add = tool({ name: 'add', description: 'Adds.', parameters: t.object({}), run: () => 1 })

  test('takes tools and toolsets, and nothing that only looks like them', () => {
    const socket = t.tools()
    expect(checkValue(socket, [])).toEqual([])
    expect(checkValue(socket, [add, toolset({ name: 'set', tools: [add] })])).toEqual([])
    for (const wrong of [add, [{ ...add, [Symbol.iterator]: 1 }, { name: 'add' }], undefined, ['add']]) {
      expect(checkValue(socket, wrong)).toHaveLength(1)
    }
    expect(checkValue(socket, [{ name: 'add' }])).toEqual([
      { path: [], message: 'expected Tools, got an array of 1.' },
    ])
  })

  test('says nothing in a schema for files', () => {
    expect(schemaOf(t.tools({ description: 'What the model may call.' }))).toEqual({
      description: 'What the model may call.',
    })
  })
})

test('t.callback takes functions', () => {
  expect(checkValue(t.callback(), () => {})).toEqual([])
  expect(checkValue(t.callback(), 'print')).toEqual([
    { path: [], message: 'expected Callback, got "print".' },
  ])
})

describe('t.custom', () => {
  test('is what its check says', () => {
    const socket = t.custom<Map<string, string>>('Cache', (value) => value instanceof Map)
    expect(typeName(t.array(socket).type)).toBe('Cache[]')
    expect(checkValue(socket, new Map())).toEqual([])
    expect(checkValue(t.array(socket), [new Map(), {}])).toEqual([
      { path: [1], message: 'expected Cache, got an empty object.' },
    ])
    expect(schemaOf(socket)).toEqual({})
  })

  test.each(['', 'string', 'JSON', 'ChatMessage', 'Tools', 1 as never])('cannot be called %j', (name) => {
    expect(thrown(() => t.custom(name, () => true))).toBe(
      `SOCKET_INVALID: t.custom cannot be called '${name}': it needs a name that no type of ours has.`,
    )
  })

  test('needs a check', () => {
    expect(thrown(() => t.custom('Cache', Map as never))).toBe('nothing was thrown')
    expect(thrown(() => t.custom('Cache', undefined as never))).toBe(
      "SOCKET_INVALID: t.custom('Cache') needs a function that checks a value.",
    )
  })
})
