import { isJsonValue, isPlainObject } from '../json.ts'
import type { Socket } from './socket.ts'
import { type JsonSchema, type ObjectField, type SocketType, typeName } from './socket-type.ts'

/** The keyword under which what JSON Schema cannot say travels to our own validator. Its value is a `ValueCheck`. */
export const CHECK_KEYWORD = 'millraceCheck'

/** The keyword under which the name of a type travels to our own messages. */
export const NAME_KEYWORD = 'millraceName'

export interface ValueCheck {
  /** What the message says was expected; absent: the name of the type. */
  readonly expected?: string
  readonly check: (value: unknown) => boolean
}

const jsonCheck: ValueCheck = { expected: 'JSON', check: isJsonValue }
/** Also says no to a Map, which has no keys that a schema could refuse. */
const objectCheck: ValueCheck = {
  expected: 'a plain object',
  check: (value) =>
    typeof value !== 'object' || value === null || Array.isArray(value) || isPlainObject(value),
}

export interface SchemaOptions {
  /**
   * For our own validator: adds the names of the types and the checks that JSON Schema cannot express, and leaves out
   * descriptions and defaults. Without it the schema is plain JSON, for files and editors.
   *
   * @defaultValue false
   */
  readonly checks?: boolean
  /**
   * Asks no more than `fits` does, so that what travelled along a connection passes: an object may have further keys,
   * and limits such as `minimum` are left out.
   *
   * @defaultValue false
   */
  readonly open?: boolean
  /** Gives named types another schema than their own, such as a reference to it; undefined: their own. */
  readonly named?: (type: Extract<SocketType, { readonly kind: 'named' }>) => JsonSchema | undefined
}

/** The JSON Schema (2020-12) of a type. Objects are closed, unless `open`: an unknown key is an error. */
export function schemaOfType(type: SocketType, options: SchemaOptions = {}): JsonSchema {
  const schema = bareSchema(type, options)
  if (!options.checks) return schema
  return { ...schema, ...checksOf(type), [NAME_KEYWORD]: typeName(type) }
}

function bareSchema(type: SocketType, options: SchemaOptions): JsonSchema {
  switch (type.kind) {
    case 'unknown':
    case 'json':
      return {}
    case 'null':
    case 'boolean':
      return { type: type.kind }
    case 'string':
    case 'number':
    case 'integer':
      return { type: type.kind, ...(options.open ? {} : type.constraints) }
    case 'literal':
      return { enum: type.values }
    case 'array':
      return {
        type: 'array',
        items: schemaOfType(type.items, options),
        ...(options.open ? {} : type.constraints),
      }
    case 'record':
      return { type: 'object', additionalProperties: schemaOfType(type.values, options) }
    case 'union':
      return { anyOf: type.members.map((member) => schemaOfType(member, options)) }
    case 'named':
      return options.named?.(type) ?? type.schema ?? {}
    case 'object':
      return objectSchema(type.fields, options)
  }
}

function checksOf(type: SocketType): JsonSchema | undefined {
  switch (type.kind) {
    case 'json':
      return { [CHECK_KEYWORD]: jsonCheck }
    case 'record':
    case 'object':
      return { [CHECK_KEYWORD]: objectCheck }
    case 'named':
      // The schemas of our data say no more of `meta` than that it is an object.
      if (type.schema) return { [CHECK_KEYWORD]: jsonCheck }
      return type.check ? { [CHECK_KEYWORD]: { check: type.check } satisfies ValueCheck } : undefined
    default:
      return undefined
  }
}

function objectSchema(fields: Readonly<Record<string, ObjectField>>, options: SchemaOptions): JsonSchema {
  const properties: Record<string, JsonSchema> = {}
  const required: string[] = []
  for (const [name, field] of Object.entries(fields)) {
    properties[name] = annotate(schemaOfType(field.type, options), field, options)
    if (!field.optional) required.push(name)
  }
  return {
    type: 'object',
    properties,
    ...(required.length > 0 ? { required } : {}),
    ...(options.open ? {} : { additionalProperties: false }),
  }
}

/** The JSON Schema of the value that a component receives from a socket: a list for variadic sockets. */
export function schemaOf(socket: Socket, options: SchemaOptions = {}): JsonSchema {
  const { type, receives } = socket
  const received: SocketType = receives === 'one' ? type : { kind: 'array', items: type }
  return annotate(schemaOfType(received, options), socket, options)
}

function annotate(
  schema: JsonSchema,
  notes: { readonly description?: string; readonly default?: unknown },
  { checks }: SchemaOptions,
): JsonSchema {
  if (checks) return schema
  return {
    ...schema,
    ...(notes.description === undefined ? {} : { description: notes.description }),
    ...(notes.default === undefined ? {} : { default: notes.default }),
  }
}
