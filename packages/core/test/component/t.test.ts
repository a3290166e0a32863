import { describe, expect, test } from '@jest/globals'
import { t } from '../../src/component/t.ts'
import { tool } from '../../src/component/tool.ts'
import { toolset } from '../../src/component/toolset.ts'
import { ChatMessage } from '../../src/data/chat-message.ts'
import { Document } from '../../src/data/document.ts'
import { ImageContent } from '../../src/data/image-content.ts'
import { StreamingChunk } from '../../src/data/streaming-chunk.ts'
import { schemaOf } from '../../src/schema/schema.ts'
import type { Socket } from '../../src/schema/socket.ts'
import { typeName } from '../../src/schema/socket-type.ts'
import { checkValue } from '../../src/schema/validate.ts'
import { thrown } from './thrown.ts'

describe('a builder gives a name, a JSON Schema, and says of a value whether it is one', () => {
  const rows: [name: string, socket: Socket, schema: unknown, good: unknown[], bad: unknown[]][] = [
    ['string', t.string(), { type: 'string' }, ['', 'a'], [1, null, undefined]],
    ['number', t.number(), { type: 'number' }, [1, 1.5, -0], ['1', Number.NaN, Number.POSITIVE_INFINITY, 1n]],
    ['integer', t.integer(), { type: 'integer' }, [1, -1, 1e20], [1.5, '1', Number.NaN]],
    ['boolean', t.boolean(), { type: 'boolean' }, [true, false], [0, 'true', null]],
    ['null', t.null(), { type: 'null' }, [null], [undefined, 0]],
    ['unknown', t.unknown(), {}, [1, undefined, () => 1, new Map()], []],
    [
      'JSON',
      t.json(),
      {},
      [1, 'a', null, [{ a: [] }]],
      [undefined, () => 1, Number.NaN, 1n, Symbol('a'), new Date(0), { a: undefined }, [new Map()]],
    ],
    ["'a' | 'b'", t.literal('a', 'b'), { enum: ['a', 'b'] }, ['a', 'b'], ['c', 1, null]],
    ['1 | true', t.literal(1, true), { enum: [1, true] }, [1, true], ['1', false, 2]],
    [
      'string[]',
      t.array(t.string()),
      { type: 'array', items: { type: 'string' } },
      [[], ['a']],
      [[1], 'a', new Array(1), { length: 0 }],
    ],
    [
      '{ a: string, b?: integer }',
      t.object({ a: t.string(), b: t.optional(t.integer()) }),
      {
        type: 'object',
        properties: { a: { type: 'string' }, b: { type: 'integer' } },
        required: ['a'],
        additionalProperties: false,
      },
      [{ a: '' }, { a: '', b: 1 }, Object.assign(Object.create(null), { a: '' })],
      [{}, { a: '', c: 1 }, { a: '', b: null }, [], new Map(), Object.assign(new Date(0), { a: '' })],
    ],
    [
      '{}',
      t.object({}),
      { type: 'object', properties: {}, additionalProperties: false },
      [{}],
      [{ a: 1 }, [], new Map()],
    ],
    [
      'Record<string, integer>',
      t.record(t.integer()),
      { type: 'object', additionalProperties: { type: 'integer' } },
      [{}, { a: 1, b: 2 }],
      [{ a: 'a' }, [], new Map([['a', 'a']])],
    ],
    [
      'string | null',
      t.union(t.string(), t.null()),
      { anyOf: [{ type: 'string' }, { type: 'null' }] },
      ['a', null],
      [1, undefined],
    ],
    ['string', t.union(t.string()), { type: 'string' }, ['a'], [null]],
    [
      "string | 1 | 'a' | null",
      t.union(t.union(t.string(), t.literal(1)), t.union(t.literal('a'), t.null())),
      { anyOf: [{ type: 'string' }, { enum: [1] }, { enum: ['a'] }, { type: 'null' }] },
      ['a', 1, null],
      [2, undefined],
    ],
    ['string', t.optional(t.string()), { type: 'string' }, ['a'], [null, undefined]],
    [
      'integer',
      t.variadic(t.integer()),
      { type: 'array', items: { type: 'integer' } },
      [[], [1]],
      [1, ['a']],
    ],
    ['integer', t.greedy(t.integer()), { type: 'array', items: { type: 'integer' } }, [[1]], [1, ['a']]],
  ]

  test.each(rows)('%s', (name, socket, schema, good, bad) => {
    expect(typeName(socket.type)).toBe(name)
    expect(schemaOf(socket)).toEqual(schema)
    expect(good.filter((value) => checkValue(socket, value).length > 0)).toEqual([])
    expect(bad.filter((value) => checkValue(socket, value).length === 0)).toEqual([])
  })
})

test.each([
  ['ChatMessage', t.message(), ChatMessage.schema],
  ['ImageContent', t.image(), ImageContent.schema],
  ['Document', t.document(), Document.schema],
  ['StreamingChunk', t.chunk(), StreamingChunk.schema],
])('%s has its name and its schema', (name, socket, schema) => {
  expect([typeName(socket.type), schemaOf(socket)]).toEqual([name, schema])
})

describe('options', () => {
  test('a description and limits go into the schema', () => {
    expect(
      schemaOf(t.string({ description: 'A name.', minLength: 1, pattern: '^a', format: 'date' })),
    ).toEqual({
      type: 'string',
      minLength: 1,
      pattern: '^a',
      format: 'date',
      description: 'A name.',
    })
    expect(schemaOf(t.array(t.number(), { minItems: 1, uniqueItems: true }))).toEqual({
      type: 'array',
      items: { type: 'number' },
      minItems: 1,
      uniqueItems: true,
    })
  })

  test('a default makes a socket optional and goes into the schema', () => {
    const socket = t.integer({ default: 0 })
    expect(socket).toMatchObject({ optional: true, default: 0, receives: 'one' })
    expect(schemaOf(socket)).toEqual({ type: 'integer', default: 0 })
  })

  test.each([
    ['null', t.json({ default: null }), null],
    ['false', t.boolean({ default: false }), false],
    ['an empty text', t.string({ default: '' }), ''],
    ['an empty list', t.array(t.string(), { default: [] }), []],
    ['an empty object', t.object({ a: t.string({ default: 'a' }) }, { default: {} }), {}],
    ['a record', t.record(t.integer(), { default: { a: 1 } }), { a: 1 }],
    ['anything', t.unknown({ default: 1 }), 1],
    ['a list for a variadic socket', t.variadic(t.string(), { default: ['a'] }), ['a']],
  ])('a default may be %s', (_, socket, value) => {
    expect(socket).toMatchObject({ optional: true, default: value })
  })

  test('an undefined default is none', () => {
    const socket = t.string({ default: undefined } as never)
    expect(socket.optional).toBe(false)
    expect('default' in socket).toBe(false)
    expect('default' in t.optional(t.string(), { default: undefined } as never)).toBe(false)
  })

  test('fields keep their descriptions and defaults', () => {
    const socket = t.object({ a: t.string({ description: 'An a.' }), b: t.integer({ default: 1 }) })
    expect(schemaOf(socket)).toEqual({
      type: 'object',
      properties: { a: { type: 'string', description: 'An a.' }, b: { type: 'integer', default: 1 } },
      required: ['a'],
      additionalProperties: false,
    })
  })
})

describe('t.optional', () => {
  test('keeps what the socket says, and adds to it', () => {
    const inner = t.string({ description: 'A name.', default: 'a' })
    expect(t.optional(inner)).toEqual(inner)
    expect(t.optional(t.literal('a', 'b'), { default: 'b', description: 'Which.' })).toMatchObject({
      optional: true,
      default: 'b',
      description: 'Which.',
    })
  })

  test('leaves the socket that it is given as it was', () => {
    const inner = t.string()
    t.optional(inner, { default: 'a' })
    t.described(inner, 'A name.')
    expect(inner).toEqual(t.string())
  })
})

test('t.described works for builders without options, and keeps the rest', () => {
  expect(t.described(t.literal('a'), 'Always a.').description).toBe('Always a.')
  expect(t.described(t.variadic(t.string(), { default: [] }), 'Texts.')).toMatchObject({
    receives: 'variadic',
    optional: true,
    description: 'Texts.',
  })
})

describe('t.variadic and t.greedy', () => {
  test('have the type of one element, and its description where they have none', () => {
    const item = t.string({ description: 'A text.' })
    expect(t.variadic(item)).toMatchObject({
      type: { kind: 'string' },
      receives: 'variadic',
      description: 'A text.',
    })
    expect(t.greedy(item, { description: 'The first.' })).toMatchObject({
      receives: 'greedy',
      optional: false,
      description: 'The first.',
    })
  })
})

test('sockets and their types are frozen', () => {
  const socket = t.string({ minLength: 1 })
  expect(Object.isFrozen(socket) && Object.isFrozen(socket.type)).toBe(true)
  expect(Object.isFrozen(t.optional(socket)) && Object.isFrozen(t.variadic(socket))).toBe(true)
})

describe('is refused with SOCKET_INVALID', () => {
  const rows: [what: string, make: () => unknown, message: string][] = [
    [
      't.literal without values',
      () => t.literal(),
      't.literal needs at least one value, as in t.literal("a", "b").',
    ],
    [
      't.literal of something else',
      () => t.literal(['a', 'b'] as never),
      't.literal takes strings, finite numbers and booleans, not an array of 2.',
    ],
    [
      't.literal of NaN',
      () => t.literal(Number.NaN),
      't.literal takes strings, finite numbers and booleans, not the number NaN.',
    ],
    ['t.union without members', () => t.union(), 't.union needs at least one member.'],
    [
      'a variadic item',
      () => t.array(t.variadic(t.string())),
      't.array cannot hold t.variadic(string): only a socket itself can have many senders.',
    ],
    [
      'a greedy field',
      () => t.object({ a: t.greedy(t.string()) }),
      't.object cannot hold t.greedy(string): only a socket itself can have many senders.',
    ],
    [
      'a variadic variadic',
      () => t.variadic(t.variadic(t.string())),
      't.variadic cannot hold t.variadic(string): only a socket itself can have many senders.',
    ],
    [
      'an optional greedy socket',
      () => t.optional(t.greedy(t.string())),
      't.optional cannot wrap t.greedy. Give t.variadic a default instead: t.variadic(x, { default: [] }).',
    ],
    [
      'an optional item',
      () => t.array(t.optional(t.string())),
      't.array cannot hold an optional string: there is no item, member or value that is left out. Make what it is in optional, or use t.union with t.null().',
    ],
    [
      'a union member with a default',
      () => t.union(t.string({ default: 'a' }), t.null()),
      't.union cannot hold an optional string: there is no item, member or value that is left out. Make what it is in optional, or use t.union with t.null().',
    ],
    [
      'a record value with a default',
      () => t.record(t.integer({ default: 1 })),
      't.record cannot hold an optional integer: there is no item, member or value that is left out. Make what it is in optional, or use t.union with t.null().',
    ],
    [
      'a variadic element with a default',
      () => t.variadic(t.integer({ default: 1 })),
      't.variadic cannot hold an optional integer: there is no item, member or value that is left out. Make what it is in optional, or use t.union with t.null().',
    ],
    [
      'a field that is no socket',
      () => t.object({ a: 'string' as never }),
      't.object is made of sockets, such as t.string(), not of "string".',
    ],
    [
      'the builder itself for an item',
      () => t.array(t.string as never),
      't.array is made of sockets, such as t.string(), not of a function.',
    ],
    [
      'a field called __proto__',
      () => t.object({ ['__proto__']: t.string() }),
      "t.object cannot have a field called '__proto__'.",
    ],
    [
      'an option of t.optional that it does not have',
      () => t.optional(t.string(), { minLength: 1 } as never),
      "t.optional has no option 'minLength'. Possible: 'description' and 'default'.",
    ],
    [
      'a default of t.optional that is no value of the type',
      () => t.optional(t.literal('a', 'b'), { default: 'c' as never }),
      "The default of t.optional is \"c\", which does not fit 'a' | 'b' and its limits.",
    ],
  ]

  test.each(rows)('%s', (_, make, message) => {
    expect(thrown(make)).toBe(`SOCKET_INVALID: ${message}`)
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
      { path: [0], message: "expected Tool, got an object with 'name'." },
    ])
  })

  test('is a list in a schema', () => {
    expect(schemaOf(t.tools({ description: 'What the model may call.' }))).toEqual({
      description: 'What the model may call.',
      type: 'array',
      items: {},
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

  test.each(['', 'string', 'JSON', 'ChatMessage', 'Tool', 1 as never])('cannot be called %j', (name) => {
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
