// The builders of `t` for types that have no name. `component/t.ts` puts them together with the others.

import { frozenCopy } from '../frozen-copy.ts'
import { isPlainObject, type JsonValue } from '../json.ts'
import { describeValue } from '../text/show.ts'
import { checkDefault, checkField, checkItem, checkOptions, invalid, makeSocket } from './make-socket.ts'
import type {
  ObjectOf,
  ObjectSocket,
  OptionalObjectSocket,
  OptionalSocket,
  OptionalVariadicSocket,
  Socket,
  Sockets,
  ValueOf,
  VariadicSocket,
} from './socket.ts'
import type { ObjectField, SocketType } from './socket-type.ts'

export interface SocketOptions<T> {
  /** Shown in documentation, editor completion and errors. */
  readonly description?: string
  /** Given to the component when nobody else gives a value; makes the socket optional. */
  readonly default?: T
}

export interface StringOptions extends SocketOptions<string> {
  readonly minLength?: number
  readonly maxLength?: number
  /** A regular expression (ECMAScript). It runs on untrusted input: avoid nested quantifiers. */
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

type Defaulted<Options extends { readonly default?: unknown }> = Options & {
  readonly default: Exclude<Options['default'], undefined>
}

export function string(options: Defaulted<StringOptions>): OptionalSocket<string>
export function string(options?: StringOptions): Socket<string>
export function string(options?: StringOptions): Socket {
  return makeSocket('t.string', { kind: 'string' }, { ...options })
}

export function number(options: Defaulted<NumberOptions>): OptionalSocket<number>
export function number(options?: NumberOptions): Socket<number>
export function number(options?: NumberOptions): Socket {
  return makeSocket('t.number', { kind: 'number' }, { ...options })
}

/** A number without a fraction. Fits a `number` socket; a `number` does not fit here. */
export function integer(options: Defaulted<NumberOptions>): OptionalSocket<number>
export function integer(options?: NumberOptions): Socket<number>
export function integer(options?: NumberOptions): Socket {
  return makeSocket('t.integer', { kind: 'integer' }, { ...options })
}

export function boolean(options: Defaulted<SocketOptions<boolean>>): OptionalSocket<boolean>
export function boolean(options?: SocketOptions<boolean>): Socket<boolean>
export function boolean(options?: SocketOptions<boolean>): Socket {
  return makeSocket('t.boolean', { kind: 'boolean' }, { ...options })
}

/** The value `null`, for unions: `t.union(t.string(), t.null())`. */
export function nothing(options?: { readonly description?: string }): Socket<null> {
  return makeSocket('t.null', { kind: 'null' }, { ...options }) as Socket<null>
}

/** Receives anything. What it sends fits only another `unknown` socket. */
export function unknown(
  options: Defaulted<SocketOptions<NonNullable<unknown> | null>>,
): OptionalSocket<unknown>
export function unknown(options?: SocketOptions<unknown>): Socket<unknown>
export function unknown(options?: SocketOptions<unknown>): Socket {
  return makeSocket('t.unknown', { kind: 'unknown' }, { ...options })
}

/** Any JSON value: it survives a file, a worker or a network. */
export function json(options: Defaulted<SocketOptions<JsonValue>>): OptionalSocket<JsonValue>
export function json(options?: SocketOptions<JsonValue>): Socket<JsonValue>
export function json(options?: SocketOptions<JsonValue>): Socket {
  return makeSocket('t.json', { kind: 'json' }, { ...options })
}

type Literal = string | number | boolean

/** One of the listed values. Options go to `t.optional` or `t.union` around it. */
export function literal<const V extends readonly Literal[]>(...values: V): Socket<V[number]>
export function literal<T extends Literal>(...values: readonly T[]): Socket<T>
export function literal(...values: readonly Literal[]): Socket {
  if (values.length === 0) throw invalid('t.literal needs at least one value, as in t.literal("a", "b").')
  const refused = values.find(
    (value) => !['string', 'boolean'].includes(typeof value) && !Number.isFinite(value),
  )
  if (refused !== undefined) {
    throw invalid(`t.literal takes strings, finite numbers and booleans, not ${describeValue(refused)}.`)
  }
  return makeSocket('t.literal', { kind: 'literal', values })
}

export function array<S extends Socket>(
  items: S,
  options: Defaulted<ArrayOptions<ValueOf<S>>>,
): OptionalSocket<readonly ValueOf<S>[]>
export function array<S extends Socket>(
  items: S,
  options?: ArrayOptions<ValueOf<S>>,
): Socket<readonly ValueOf<S>[]>
export function array(items: Socket, options?: ArrayOptions<unknown>): Socket {
  checkItem('t.array', items)
  return makeSocket('t.array', { kind: 'array', items: items.type }, { ...options })
}

/**
 * An object with these fields. Unknown keys are refused where a value is validated, so that a misspelt option is
 * an error; between sockets an object with more fields fits one with fewer. Editors show the comment above a field where
 * somebody gives it.
 */
export function object<S extends Sockets>(
  fields: S,
  options: Defaulted<SocketOptions<ObjectOf<S>>>,
): OptionalObjectSocket<S>
export function object<S extends Sockets>(fields: S, options?: SocketOptions<ObjectOf<S>>): ObjectSocket<S>
export function object(fields: Sockets, options?: SocketOptions<object>): Socket {
  if (!isPlainObject(fields)) {
    throw invalid(
      `t.object takes its fields, as in t.object({ name: t.string() }), not ${describeValue(fields)}.`,
    )
  }
  const described: Record<string, ObjectField> = {}
  for (const [name, field] of Object.entries(fields)) {
    if (name === '__proto__') throw invalid("t.object cannot have a field called '__proto__'.")
    checkField('t.object', field)
    described[name] = {
      type: field.type,
      optional: field.optional,
      ...(field.description === undefined ? {} : { description: field.description }),
      ...(field.default === undefined ? {} : { default: field.default }),
    }
  }
  return makeSocket('t.object', { kind: 'object', fields: described }, { ...options })
}

/** An object with any keys and values of one type. */
export function record<S extends Socket>(
  values: S,
  options: Defaulted<SocketOptions<{ readonly [key: string]: ValueOf<S> }>>,
): OptionalSocket<{ readonly [key: string]: ValueOf<S> }>
export function record<S extends Socket>(
  values: S,
  options?: SocketOptions<{ readonly [key: string]: ValueOf<S> }>,
): Socket<{ readonly [key: string]: ValueOf<S> }>
export function record(values: Socket, options?: SocketOptions<object>): Socket {
  checkItem('t.record', values)
  return makeSocket('t.record', { kind: 'record', values: values.type }, { ...options })
}

/** A value of any of these types. */
export function union<const S extends readonly Socket[]>(...members: S): Socket<ValueOf<S[number]>> {
  if (members.length === 0) throw invalid('t.union needs at least one member.')
  for (const member of members) checkItem('t.union', member)
  const flat = members.flatMap((member) =>
    member.type.kind === 'union' ? member.type.members : [member.type],
  )
  const type: SocketType = flat.length === 1 ? (flat[0] as SocketType) : { kind: 'union', members: flat }
  return makeSocket('t.union', type) as Socket<ValueOf<S[number]>>
}

/** The same socket, which a component runs without; with a `default`, what the component gets then. */
export function optional<S extends Sockets>(
  inner: ObjectSocket<S>,
  options?: SocketOptions<ObjectOf<S>>,
): OptionalObjectSocket<S>
export function optional<S extends Socket>(
  inner: S,
  options?: SocketOptions<ValueOf<S>>,
): OptionalSocket<ValueOf<S>>
export function optional(inner: Socket, options: SocketOptions<unknown> = {}): Socket {
  if (inner.receives !== 'one') {
    throw invalid(
      `t.optional cannot wrap t.${inner.receives}. Give t.variadic a default instead: t.variadic(x, { default: [] }).`,
    )
  }
  const { description, default: fallback, ...others } = options
  checkOptions('t.optional', others, [])
  if (fallback !== undefined) checkDefault('t.optional', inner.type, fallback)
  return Object.freeze({
    ...inner,
    ...(description === undefined ? {} : { description }),
    ...(fallback === undefined ? {} : { default: frozenCopy(fallback) }),
    optional: true as const,
  })
}

/** The same socket with a description; for the builders that take no options. */
export function described<S extends Socket>(inner: S, description: string): S {
  return Object.freeze({ ...inner, description })
}

/**
 * Many senders, each of a `T`. The component gets the list of all values once every sender has run: the caller's
 * first, then the senders' in the order in which the connections were declared.
 */
export function variadic<S extends Socket>(
  item: S,
  options: Defaulted<SocketOptions<readonly ValueOf<S>[]>>,
): OptionalVariadicSocket<ValueOf<S>>
export function variadic<S extends Socket>(
  item: S,
  options?: SocketOptions<readonly ValueOf<S>[]>,
): VariadicSocket<ValueOf<S>>
export function variadic(item: Socket, options?: SocketOptions<readonly unknown[]>): Socket {
  return manySenders('variadic', item, options)
}

/** Many senders, of which the first to send makes the component run; it gets a list with that one value. */
export function greedy<S extends Socket>(
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
  const builder = `t.${receives}`
  checkItem(builder, item)
  const list: SocketType = { kind: 'array', items: item.type }
  const described = item.description === undefined ? {} : { description: item.description }
  return Object.freeze({
    ...makeSocket(builder, list, { ...described, ...options }),
    type: item.type,
    receives,
  })
}

/**
 * The same type under a name, by which it is compared and which messages print.
 *
 * @param rule what the structure cannot say; gives the sentence about a value that breaks it, after its place
 */
export function named<T>(
  name: string,
  { type }: Socket<T>,
  rule?: (value: unknown) => string | undefined,
): Socket<T> {
  return makeSocket('t', {
    kind: 'named',
    name,
    of: type,
    ...(rule === undefined ? {} : { rule }),
  }) as Socket<T>
}
