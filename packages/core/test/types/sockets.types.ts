// The static types of what `t` builds.
import {
  type ChatMessage,
  type Document,
  type ImageContent,
  type JsonValue,
  type ObjectOf,
  type OptionalSocket,
  type OptionalVariadicSocket,
  type Socket,
  type Sockets,
  type StreamingCallback,
  type StreamingChunk,
  type Tool,
  type Toolset,
  t,
  type ValueOf,
  type VariadicSocket,
} from '@millrace/core'
import type { SentTo } from '@millrace/core/component'
import type { Equal, Expect, Flat } from './expect.ts'

const made = {
  string: t.string(),
  number: t.number(),
  integer: t.integer({ minimum: 1 }),
  boolean: t.boolean(),
  nothing: t.null(),
  unknown: t.unknown(),
  json: t.json(),
  literal: t.literal('a', 1, true),
  array: t.array(t.string()),
  nested: t.array(t.array(t.integer())),
  record: t.record(t.integer()),
  union: t.union(t.string(), t.null()),
  wide: t.union(t.union(t.string(), t.integer()), t.literal(true)),
  object: t.object({ a: t.string(), b: t.optional(t.integer()), c: t.json({ default: null }) }),
  message: t.message(),
  image: t.image(),
  document: t.document(),
  chunk: t.chunk(),
  tools: t.tools(),
  callback: t.callback<StreamingCallback>(),
  custom: t.custom<Map<string, number>>('Counts', (value) => value instanceof Map),
  described: t.described(t.literal('a'), 'Always a.'),
}

type Values = { [K in keyof typeof made]: ValueOf<(typeof made)[K]> }

export type Builders = [
  Expect<Equal<Values['string'], string>>,
  Expect<Equal<Values['number'], number>>,
  Expect<Equal<Values['integer'], number>>,
  Expect<Equal<Values['boolean'], boolean>>,
  Expect<Equal<Values['nothing'], null>>,
  Expect<Equal<Values['unknown'], unknown>>,
  Expect<Equal<Values['json'], JsonValue>>,
  Expect<Equal<Values['literal'], 'a' | 1 | true>>,
  Expect<Equal<Values['array'], readonly string[]>>,
  Expect<Equal<Values['nested'], readonly (readonly number[])[]>>,
  Expect<Equal<Values['record'], { readonly [key: string]: number }>>,
  Expect<Equal<Values['union'], string | null>>,
  Expect<Equal<Values['wide'], string | number | true>>,
  Expect<Equal<Flat<Values['object']>, { readonly a: string; readonly b?: number; readonly c?: JsonValue }>>,
  Expect<Equal<Values['message'], ChatMessage>>,
  Expect<Equal<Values['image'], ImageContent>>,
  Expect<Equal<Values['document'], Document>>,
  Expect<Equal<Values['chunk'], StreamingChunk>>,
  Expect<Equal<Values['tools'], readonly (Tool | Toolset)[]>>,
  Expect<Equal<Values['callback'], StreamingCallback>>,
  Expect<Equal<Values['custom'], Map<string, number>>>,
  Expect<Equal<(typeof made)['described'], Socket<'a'>>>,
]

// A default, or t.optional, makes a socket optional; so the key is.
const optional = {
  text: t.string({ default: 'a' }),
  number: t.number({ default: 1 }),
  integer: t.integer({ default: 1 }),
  boolean: t.boolean({ default: false }),
  json: t.json({ default: { a: [1] } }),
  nothing: t.json({ default: null }),
  unknown: t.unknown({ default: 1 }),
  list: t.array(t.string(), { default: [] }),
  object: t.object({ a: t.optional(t.string()) }, { default: {} }),
  record: t.record(t.integer(), { default: { a: 1 } }),
  optional: t.optional(t.literal('a', 'b'), { default: 'b' }),
  variadic: t.variadic(t.integer(), { default: [] }),
}
export const none: ObjectOf<typeof optional> = {}

type Optionals = ObjectOf<typeof optional>
export type Defaults = [
  Expect<Equal<(typeof optional)['text'], OptionalSocket<string>>>,
  Expect<Equal<(typeof optional)['variadic'], OptionalVariadicSocket<number>>>,
  Expect<Equal<Optionals['nothing'], JsonValue | undefined>>,
  Expect<Equal<Optionals['variadic'], readonly number[] | undefined>>,
  Expect<Equal<Optionals['optional'], 'a' | 'b' | undefined>>,
  Expect<Equal<Flat<NonNullable<Optionals['object']>>, { readonly a?: string }>>,
]

// The values may be listed one by one, or be named by a type.
export const cacheType: Socket<'F16' | 1> = t.literal<'F16' | 1>('F16', 1)

// @ts-expect-error an undefined default is left out
t.string({ default: undefined })
// @ts-expect-error the default of a text is a text
t.string({ default: 1 })
// @ts-expect-error the default of a list is a list of its items
t.array(t.string(), { default: [1] })
// @ts-expect-error the default is one of the literals
t.optional(t.literal('a', 'b'), { default: 'c' })
// @ts-expect-error a text has no smallest value
t.string({ minimum: 1 })
// @ts-expect-error a text has a minLength
t.string({ minLenght: 1 })
// @ts-expect-error options of a literal go to t.optional around it
t.literal('a', { default: 'a' })
// @ts-expect-error a field is a socket
t.object({ a: 'string' })
// @ts-expect-error an item is a socket, not a builder
t.array(t.string)
// @ts-expect-error the default of a variadic socket is the list that the component gets
t.variadic(t.integer(), { default: 1 })

// One declaration, read in several ways.
const sockets = { text: t.string(), limit: t.integer({ default: 1 }), all: t.variadic(t.string()) }
const mandatory = { text: t.string(), all: t.greedy(t.integer()) }
export type Records = [
  Expect<
    Equal<
      Flat<ObjectOf<typeof sockets>>,
      { readonly text: string; readonly all: readonly string[]; readonly limit?: number }
    >
  >,
  Expect<Equal<ObjectOf<typeof mandatory>, { readonly text: string; readonly all: readonly number[] }>>,
  Expect<Equal<Flat<ObjectOf<{ readonly a: OptionalSocket<1> }>>, { readonly a?: 1 }>>,
  // biome-ignore lint/complexity/noBannedTypes: exactly the empty object is what it is
  Expect<Equal<ObjectOf<{}>, {}>>,
  Expect<Equal<ObjectOf<Sockets>, { readonly [name: string]: unknown }>>,
  Expect<Equal<SentTo<typeof sockets.all>, string>>,
  Expect<Equal<SentTo<typeof sockets.text>, string>>,
  Expect<Equal<ValueOf<typeof sockets.all>, readonly string[]>>,
  Expect<Equal<typeof sockets.all, VariadicSocket<string>>>,
]

// A socket of a narrower type is one of a wider type, and every socket is a Socket.
export const wider: Socket<string | null> = t.string()
export const anything: Sockets = { ...sockets, ...optional, message: t.message() }
// @ts-expect-error a socket of a wider type is none of a narrower
export const narrower: Socket<string> = t.union(t.string(), t.null())
// @ts-expect-error a mandatory socket is not optional
export const mandatoryText: OptionalSocket<string> = t.string()
