import type { Socket } from './socket.ts'
import type { JsonSchema, ObjectField, SocketType } from './socket-type.ts'

/** The keyword under which the run-time check of a custom type travels to the validator. */
export const CHECK_KEYWORD = 'millraceCheck'

export interface SchemaOptions {
  /**
   * Puts the check functions of custom types into the schema, for our own validator. Without it the schema is plain
   * JSON, for files and editors.
   *
   * @defaultValue false
   */
  readonly checks?: boolean
  /** Gives named types another schema than their own, such as a reference to it; undefined: their own. */
  readonly named?: (type: Extract<SocketType, { readonly kind: 'named' }>) => JsonSchema | undefined
}

/** The JSON Schema (2020-12) of a type. Objects are closed: an unknown key is an error. */
export function schemaOfType(type: SocketType, options: SchemaOptions = {}): JsonSchema {
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
      return { type: type.kind, ...type.constraints }
    case 'literal':
      return { enum: type.values }
    case 'array':
      return { type: 'array', items: schemaOfType(type.items, options), ...type.constraints }
    case 'record':
      return { type: 'object', additionalProperties: schemaOfType(type.values, options) }
    case 'union':
      return { anyOf: type.members.map((member) => schemaOfType(member, options)) }
    case 'named':
      return options.named?.(type) ?? namedSchema(type, options)
    case 'object':
      return objectSchema(type.fields, options)
  }
}

function namedSchema(
  type: Extract<SocketType, { readonly kind: 'named' }>,
  { checks }: SchemaOptions,
): JsonSchema {
  if (type.schema) return type.schema
  return checks && type.check ? { [CHECK_KEYWORD]: type.check } : {}
}

function objectSchema(fields: Readonly<Record<string, ObjectField>>, options: SchemaOptions): JsonSchema {
  const properties: Record<string, JsonSchema> = {}
  const required: string[] = []
  for (const [name, field] of Object.entries(fields)) {
    properties[name] = annotate(schemaOfType(field.type, options), field)
    if (!field.optional) required.push(name)
  }
  return {
    type: 'object',
    properties,
    ...(required.length > 0 ? { required } : {}),
    additionalProperties: false,
  }
}

/** The JSON Schema of the value that a component receives from a socket: a list for variadic sockets. */
export function schemaOf(socket: Socket, options: SchemaOptions = {}): JsonSchema {
  const one = schemaOfType(socket.type, options)
  return annotate(socket.receives === 'one' ? one : { type: 'array', items: one }, socket)
}

function annotate(
  schema: JsonSchema,
  notes: { readonly description?: string; readonly default?: unknown },
): JsonSchema {
  return {
    ...schema,
    ...(notes.description === undefined ? {} : { description: notes.description }),
    ...(notes.default === undefined ? {} : { default: notes.default }),
  }
}
