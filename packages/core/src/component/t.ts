import { type ChatMessage, chatMessageSchema } from '../data/chat-message.ts'
import { type Document, documentSchema } from '../data/document.ts'
import { type ImageContent, imageContentSchema } from '../data/image-content.ts'
import type { JsonValue } from '../data/json.ts'
import { type StreamingChunk, streamingChunkSchema } from '../data/streaming-chunk.ts'
import { ConnectError } from '../errors.ts'
import type { Callback } from './callback.ts'
import type { ObjectOf, OptionalSocket, Socket, Sockets, ValueOf, VariadicSocket } from './socket.ts'
import { type JsonSchema, type ObjectField, type SocketType, typeName } from './socket-type.ts'
import type { Tool } from './tool.ts'
import { isTool } from './tool.ts'
import { isToolset, type Toolset } from './toolset.ts'

export interface SocketOptions<T> {
  /** Shown in documentation, editor completion and errors. */
  readonly description?: string
  /** Given to the component when nobody else gives a value; makes the socket optional. */
  readonly default?: T
}

export interface StringOptions extends SocketOptions<string> {
  readonly minLength?: number
  readonly maxLength?: number
  /** A regular expression (ECMAScript). It runs on data from strangers: avoid nested quantifiers. */
  readonly pattern?: string
  /** A format of JSON Schema, such as `date-time` or `uri`. */
  readonly format?: string
}

export interface NumberOptions extends SocketOptions<number> {
  readonly minimum?: number
  readonly maximum?: number
  readonly exclusiveMinimum?: number
  readonly exclusiveMaximum?: number
  readonly multipleOf?: number
}

export interface ArrayOptions<T> extends SocketOptions<readonly T[]> {
  readonly minItems?: number
  readonly maxItems?: number
  readonly uniqueItems?: boolean
}

/** Splits the options of a builder into those of the socket and the JSON Schema keywords that remain. */
function makeSocket(
  type: SocketType,
  options: SocketOptions<unknown> & { [keyword: string]: unknown } = {},
): Socket {
  const { description, default: fallback, ...constraints } = options
  const constrained = Object.keys(constraints).length > 0 ? { ...type, constraints } : type
  return Object.freeze({
    type: Object.freeze(constrained) as SocketType,
    receives: 'one' as const,
    optional: fallback !== undefined,
    ...(fallback === undefined ? {} : { default: fallback }),
    ...(description === undefined ? {} : { description }),
  })
}

type Defaulted<Options extends { readonly default?: unknown }> = Options & {
  readonly default: NonNullable<Options['default']>
}

function string(options: Defaulted<StringOptions>): OptionalSocket<string>
function string(options?: StringOptions): Socket<string>
function string(options?: StringOptions): Socket {
  return makeSocket({ kind: 'string' }, { ...options })
}

function number(options: Defaulted<NumberOptions>): OptionalSocket<number>
function number(options?: NumberOptions): Socket<number>
function number(options?: NumberOptions): Socket {
  return makeSocket({ kind: 'number' }, { ...options })
}

/** A number without a fraction. Fits a `number` socket; a `number` does not fit here. */
function integer(options: Defaulted<NumberOptions>): OptionalSocket<number>
function integer(options?: NumberOptions): Socket<number>
function integer(options?: NumberOptions): Socket {
  return makeSocket({ kind: 'integer' }, { ...options })
}

function boolean(options: Defaulted<SocketOptions<boolean>>): OptionalSocket<boolean>
function boolean(options?: SocketOptions<boolean>): Socket<boolean>
function boolean(options?: SocketOptions<boolean>): Socket {
  return makeSocket({ kind: 'boolean' }, { ...options })
}

/** The value `null`, for unions: `t.union(t.string(), t.null())`. */
function nothing(options?: { readonly description?: string }): Socket<null> {
  return makeSocket({ kind: 'null' }, { ...options }) as Socket<null>
}

/** Receives anything. What it sends fits only another `unknown` socket. */
function unknown(options?: SocketOptions<unknown>): Socket<unknown> {
  return makeSocket({ kind: 'unknown' }, { ...options })
}

/** Any JSON value: it survives a file, a worker or a network. */
function json(options: Defaulted<SocketOptions<JsonValue>>): OptionalSocket<JsonValue>
function json(options?: SocketOptions<JsonValue>): Socket<JsonValue>
function json(options?: SocketOptions<JsonValue>): Socket {
  return makeSocket({ kind: 'json' }, { ...options })
}

/** One of the listed values. Options go to `t.optional` or `t.union` around it. */
function literal<const T extends string | number | boolean>(...values: readonly T[]): Socket<T> {
  if (values.length === 0) {
    throw new ConnectError('SOCKET_INVALID', 't.literal needs at least one value, as in t.literal("a", "b").')
  }
  return makeSocket({ kind: 'literal', values }) as Socket<T>
}

function array<S extends Socket>(
  items: S,
  options: Defaulted<ArrayOptions<ValueOf<S>>>,
): OptionalSocket<readonly ValueOf<S>[]>
function array<S extends Socket>(items: S, options?: ArrayOptions<ValueOf<S>>): Socket<readonly ValueOf<S>[]>
function array(items: Socket, options?: ArrayOptions<unknown>): Socket {
  refuseVariadic('t.array', items)
  return makeSocket({ kind: 'array', items: items.type }, { ...options })
}

/**
 * An object with these fields. Unknown keys are refused where a value is validated, so that a misspelt option is
 * an error; between sockets an object with more fields fits one with fewer.
 */
function object<const S extends Sockets>(
  fields: S,
  options: Defaulted<SocketOptions<ObjectOf<S>>>,
): OptionalSocket<ObjectOf<S>>
function object<const S extends Sockets>(fields: S, options?: SocketOptions<ObjectOf<S>>): Socket<ObjectOf<S>>
function object(fields: Sockets, options?: SocketOptions<object>): Socket {
  const described: Record<string, ObjectField> = {}
  for (const [name, field] of Object.entries(fields)) {
    refuseVariadic('t.object', field)
    described[name] = {
      type: field.type,
      optional: field.optional,
      ...(field.description === undefined ? {} : { description: field.description }),
      ...(field.default === undefined ? {} : { default: field.default }),
    }
  }
  return makeSocket({ kind: 'object', fields: described }, { ...options })
}

/** An object with any keys and values of one type. */
function record<S extends Socket>(
  values: S,
  options: Defaulted<SocketOptions<{ readonly [key: string]: ValueOf<S> }>>,
): OptionalSocket<{ readonly [key: string]: ValueOf<S> }>
function record<S extends Socket>(
  values: S,
  options?: SocketOptions<{ readonly [key: string]: ValueOf<S> }>,
): Socket<{ readonly [key: string]: ValueOf<S> }>
function record(values: Socket, options?: SocketOptions<object>): Socket {
  refuseVariadic('t.record', values)
  return makeSocket({ kind: 'record', values: values.type }, { ...options })
}

/** A value of any of these types. */
function union<const S extends readonly Socket[]>(...members: S): Socket<ValueOf<S[number]>> {
  if (members.length === 0) {
    throw new ConnectError('SOCKET_INVALID', 't.union needs at least one member.')
  }
  for (const member of members) refuseVariadic('t.union', member)
  const flat = members.flatMap((member) =>
    member.type.kind === 'union' ? member.type.members : [member.type],
  )
  return makeSocket(flat.length === 1 ? (flat[0] as SocketType) : { kind: 'union', members: flat }) as Socket<
    ValueOf<S[number]>
  >
}

/** The same socket, which a component runs without; with a `default`, what the component gets then. */
function optional<S extends Socket>(
  inner: S,
  options: SocketOptions<ValueOf<S>> = {},
): OptionalSocket<ValueOf<S>> {
  if (inner.receives !== 'one') {
    throw new ConnectError(
      'SOCKET_INVALID',
      't.optional cannot wrap a variadic socket. Give the variadic socket a default instead: t.variadic(x, { default: [] }).',
    )
  }
  return Object.freeze({ ...inner, ...options, optional: true as const }) as OptionalSocket<ValueOf<S>>
}

/** The same socket with a description; for the builders that take no options. */
function described<S extends Socket>(inner: S, description: string): S {
  return Object.freeze({ ...inner, description })
}

/**
 * Many senders, each of a `T`. The component gets the list of all values once every sender has run: the caller's
 * first, then the senders' in the order in which the connections were declared.
 */
function variadic<S extends Socket>(
  item: S,
  options: Defaulted<SocketOptions<readonly ValueOf<S>[]>>,
): VariadicSocket<ValueOf<S>> & { readonly optional: true }
function variadic<S extends Socket>(
  item: S,
  options?: SocketOptions<readonly ValueOf<S>[]>,
): VariadicSocket<ValueOf<S>>
function variadic(item: Socket, options?: SocketOptions<readonly unknown[]>): Socket {
  return manySenders('variadic', item, options)
}

/** Many senders, of which the first to send makes the component run; it gets a list with that one value. */
function greedy<S extends Socket>(
  item: S,
  options?: { readonly description?: string },
): VariadicSocket<ValueOf<S>> {
  return manySenders('greedy', item, options) as VariadicSocket<ValueOf<S>>
}

function manySenders(
  receives: 'variadic' | 'greedy',
  item: Socket,
  options?: SocketOptions<readonly unknown[]>,
): Socket {
  refuseVariadic(`t.${receives}`, item)
  return Object.freeze({ ...makeSocket(item.type, { ...options }), type: item.type, receives })
}

/**
 * A value that is not JSON, such as a database handle. It is compared by `name` and checked by `check`; a pipeline
 * with such a value in flight cannot be saved as a snapshot.
 */
function custom<T>(
  name: string,
  check: (value: unknown) => boolean,
  options?: { readonly description?: string },
): Socket<T> {
  return makeSocket({ kind: 'named', name, check }, { ...options }) as Socket<T>
}

function named<T>(name: string, schema: JsonSchema) {
  return (options?: { readonly description?: string }): Socket<T> =>
    makeSocket({ kind: 'named', name, schema }, { ...options }) as Socket<T>
}

/** Tools and toolsets: they hold functions, so a file cannot express them except by the name of a registered one. */
function tools(options?: { readonly description?: string }): Socket<readonly (Tool | Toolset)[]> {
  const check = (value: unknown) =>
    Array.isArray(value) && value.every((item) => isTool(item) || isToolset(item))
  return makeSocket({ kind: 'named', name: 'Tools', check }, { ...options }) as Socket<
    readonly (Tool | Toolset)[]
  >
}

/**
 * A function. A pipeline file gives the name of a callback that its registry knows.
 *
 * @example
 * static readonly parameters = t.object({ streamingCallback: t.optional(t.callback<StreamingCallback>()) })
 */
function callback<T extends Callback = Callback>(options?: { readonly description?: string }): Socket<T> {
  const check = (value: unknown) => typeof value === 'function'
  return makeSocket({ kind: 'named', name: 'Callback', check }, { ...options }) as Socket<T>
}

function refuseVariadic(builder: string, inner: Socket): void {
  if (inner.receives === 'one') return
  throw new ConnectError(
    'SOCKET_INVALID',
    `${builder} cannot hold t.${inner.receives}(${typeName(inner.type)}): only a socket itself can have many senders.`,
  )
}

/**
 * Builds the type of a socket, a field or a parameter. One expression gives the static TypeScript type, the JSON
 * Schema that validates values and files, and the name that messages print.
 *
 * @example
 * readonly inputs = { text: t.string({ description: 'What to count.' }), limit: t.integer({ default: 10 }) }
 */
export const t = {
  string,
  number,
  integer,
  boolean,
  null: nothing,
  unknown,
  json,
  literal,
  array,
  object,
  record,
  union,
  optional,
  described,
  variadic,
  greedy,
  custom,
  tools,
  callback,
  message: named<ChatMessage>('ChatMessage', chatMessageSchema),
  image: named<ImageContent>('ImageContent', imageContentSchema),
  document: named<Document>('Document', documentSchema),
  chunk: named<StreamingChunk>('StreamingChunk', streamingChunkSchema),
} as const
