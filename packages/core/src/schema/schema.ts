import { isPlainObject } from '../json.ts'
import type { Socket } from './socket.ts'
import { type JsonSchema, type ObjectField, type SocketType, typeName } from './socket-type.ts'
import type { ValueProblem } from './value-problem.ts'
import { takesNull } from './without-nulls.ts'

/** The keyword under which what JSON Schema cannot say travels to our own validator. Its value is a `ValueCheck`. */
export const CHECK_KEYWORD = 'millraceCheck'

/** The keyword that asks for JSON: no `undefined`, no cycle, no class instance. */
export const JSON_KEYWORD = 'millraceJson'

/** The keyword under which the name of a type travels to our own messages. */
export const NAME_KEYWORD = 'millraceName'

export interface ValueCheck {
  /** What the message says was expected; absent: the name of the type. */
  readonly expected?: string
  readonly check: (value: unknown) => boolean
  /** What is wrong with a value that `check` refuses, in place of what was expected; paths start at the value. */
  readonly problems?: (value: unknown) => readonly ValueProblem[]
}

/** Also refuses a Map, which has no keys that a schema could refuse. */
const objectCheck: ValueCheck = {
  expected: 'a plain object',
  check: (value) =>
    typeof value !== 'object' || value === null || Array.isArray(value) || isPlainObject(value),
}

export type NamedType = Extract<SocketType, { readonly kind: 'named' }>

export interface SchemaOptions {
  /**
   * For our own validator: adds the names of the types and the checks that JSON Schema cannot express, and leaves out
   * descriptions and defaults. A named type that is made of objects is one check, which this gives. Without it the schema
   * is plain JSON, for files and editors.
   */
  readonly checks?: ((type: NamedType) => ValueCheck) | undefined
  /**
   * Asks no more than `fits` does, so that what travelled along a connection passes: an object may have further keys,
   * and limits such as `minimum` are left out. Named types stay as they are.
   *
   * @defaultValue false
   */
  readonly open?: boolean
  /** Lets optional fields be null, which is absent: for files. */
  readonly nullable?: boolean
  /** Gives named types another schema than their own, such as a reference to it; undefined: their own. */
  readonly named?: (type: NamedType) => JsonSchema | undefined
}

/** The JSON Schema (2020-12) of a type. Objects are closed, unless `open`: an unknown key is an error. */
export function schemaOfType(type: SocketType, options: SchemaOptions = {}): JsonSchema {
  const schema = bareSchema(type, options)
  if (!options.checks) return schema
  return { ...schema, ...checksOf(type, options.checks), [NAME_KEYWORD]: typeName(type) }
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
      return unionSchema(type.members, options)
    case 'named':
      return namedSchema(type, options)
    case 'object':
      return objectSchema(type.fields, options)
  }
}

function namedSchema(type: NamedType, options: SchemaOptions): JsonSchema {
  const other = options.named?.(type)
  if (other !== undefined || type.of === undefined) return other ?? {}
  if (options.checks && isOfObjects(type)) return {}
  const schema = schemaOfType(type.of, { ...options, open: false })
  return options.checks ? schema : { title: type.name, ...schema }
}

/** Such a type has one validator, which all types share that it is part of: compiling takes long. */
function isOfObjects({ of }: NamedType): boolean {
  return of?.kind === 'object' || of?.kind === 'union'
}

/** Our own validator looks only at the member that the value says it is, where members differ in one literal field. */
function unionSchema(members: readonly SocketType[], options: SchemaOptions): JsonSchema {
  const schemas = members.map((member) => schemaOfType(member, options))
  const propertyName = options.checks ? discriminatorOf(members) : undefined
  if (propertyName === undefined) return { anyOf: schemas }
  const oneOf = schemas.map((schema, index) => ({
    properties: { [propertyName]: { enum: literalsOf(members[index], propertyName) } },
    required: [propertyName],
    ...schema,
  }))
  return { type: 'object', discriminator: { propertyName }, oneOf }
}

/** The mandatory field in which each of these objects has texts that no other one has. */
function discriminatorOf(members: readonly SocketType[]): string | undefined {
  return Object.keys(fieldsOf(members[0])).find((name) => {
    const all = members.flatMap((member) => literalsOf(member, name) ?? [undefined])
    return all.every((value) => typeof value === 'string') && new Set(all).size === all.length
  })
}

function literalsOf(type: SocketType | undefined, name: string): readonly unknown[] | undefined {
  const fields = fieldsOf(type)
  const field = Object.hasOwn(fields, name) ? fields[name] : undefined
  return field?.type.kind === 'literal' && !field.optional ? field.type.values : undefined
}

function fieldsOf(type: SocketType | undefined): Readonly<Record<string, ObjectField>> {
  const structure = type?.kind === 'named' ? type.of : type
  return structure?.kind === 'object' ? structure.fields : {}
}

function checksOf(type: SocketType, checkOf: NonNullable<SchemaOptions['checks']>): JsonSchema | undefined {
  switch (type.kind) {
    case 'json':
      return { [JSON_KEYWORD]: true }
    case 'record':
    case 'object':
      return { [CHECK_KEYWORD]: objectCheck }
    case 'named':
      if (isOfObjects(type)) return { [CHECK_KEYWORD]: checkOf(type) }
      return type.rule || type.check ? { [CHECK_KEYWORD]: ruleOf(type) } : undefined
    default:
      return undefined
  }
}

/** What our own validator asks of the values of a named type that is made of objects. */
export function structureOf(type: NamedType, checks: NonNullable<SchemaOptions['checks']>): JsonSchema {
  const structure = type.of === undefined ? {} : schemaOfType(type.of, { checks })
  return {
    ...structure,
    [JSON_KEYWORD]: true,
    [NAME_KEYWORD]: type.name,
    ...(type.rule ? { [CHECK_KEYWORD]: ruleOf(type) } : {}),
  }
}

const rules = new WeakMap<object, ValueCheck>()

/** One check for each function: a validator is compiled once for equal schemas. */
function ruleOf({ rule, check = (value) => rule?.(value) === undefined }: NamedType): ValueCheck {
  const key = rule ?? check
  const known = rules.get(key)
  if (known) return known
  const problems = (value: unknown): ValueProblem[] => [{ path: [], message: rule?.(value) ?? '' }]
  const made: ValueCheck = rule === undefined ? { check } : { check, problems }
  rules.set(key, made)
  return made
}

function objectSchema(fields: Readonly<Record<string, ObjectField>>, options: SchemaOptions): JsonSchema {
  const properties: Record<string, JsonSchema> = {}
  const required: string[] = []
  for (const [name, field] of Object.entries(fields)) {
    const schema = schemaOfType(field.type, options)
    const isNullable = options.nullable && field.optional && !takesNull(field.type)
    properties[name] = annotate(isNullable ? { anyOf: [schema, { type: 'null' }] } : schema, field, options)
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
