import type { JsonObject } from '@millrace/core'
import type { Refuse } from './rule-book.ts'

/** Keywords that say nothing about what is valid. */
const ANNOTATIONS = new Set([
  '$schema',
  '$id',
  '$comment',
  '$defs',
  'definitions',
  'title',
  'description',
  'default',
  'examples',
  'deprecated',
  'readOnly',
  'writeOnly',
  'contentEncoding',
  'contentMediaType',
])
const NUMBER = ['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf']

export const KEYWORDS_OF_TYPE: Readonly<Record<string, readonly string[]>> = {
  object: [
    'properties',
    'required',
    'additionalProperties',
    'propertyNames',
    'minProperties',
    'maxProperties',
  ],
  array: ['items', 'prefixItems', 'minItems', 'maxItems'],
  string: ['minLength', 'maxLength', 'pattern', 'format'],
  number: NUMBER,
  integer: NUMBER,
  boolean: [],
  null: [],
}

export const TYPES = Object.keys(KEYWORDS_OF_TYPE)

const ENFORCED = [
  'type',
  'const',
  'enum',
  'anyOf',
  'oneOf',
  'allOf',
  '$ref',
  ...new Set(Object.values(KEYWORDS_OF_TYPE).flat()),
]

/**
 * A schema without what says nothing, and with each keyword in one form: an enum for a constant, no `uniqueItems` that
 * asks for nothing.
 *
 * @throws LlamaCppError for a keyword that no grammar can enforce
 */
export function meantBy(schema: JsonObject, root: unknown, path: string, refuse: Refuse): JsonObject {
  // References inside of it would start there.
  if (schema !== root && typeof schema['$id'] === 'string') {
    throw refuse(path, "has an '$id', which belongs at the root")
  }
  const meant: Record<string, JsonObject[string]> = {}
  for (const [key, value] of Object.entries(schema)) {
    if (ANNOTATIONS.has(key) || key.startsWith('x-')) continue
    if (key === 'uniqueItems' && value === false) continue
    if (!ENFORCED.includes(key)) {
      const possible = ENFORCED.map((name) => `'${name}'`).join(', ')
      throw refuse(path, `uses '${key}'. Possible: ${possible}`)
    }
    if (value !== undefined) meant[key] = value
  }
  const { const: only, ...rest } = meant
  if (only === undefined) return meant
  return 'enum' in rest
    ? { ...rest, allOf: [...listOf(rest['allOf']), { enum: [only] }] }
    : { ...rest, enum: [only] }
}

function listOf(value: unknown): JsonObject[] {
  return Array.isArray(value) ? value : []
}

/** The value of a keyword that counts something, or what stands in for it. */
export function countOf(
  schema: JsonObject,
  keyword: string,
  otherwise: number,
  path: string,
  refuse: Refuse,
): number {
  const count = schema[keyword]
  if (count === undefined) return otherwise
  if (typeof count === 'number' && Number.isInteger(count) && count >= 0) return count
  throw refuse(path, `has a '${keyword}' of ${JSON.stringify(count)}, which is no whole number from 0`)
}

/** @throws LlamaCppError where nothing is between the two */
export function checkCounts(
  schema: JsonObject,
  { low, high, least, most }: { low: string; high: string; least: number; most: number },
  path: string,
  refuse: Refuse,
): void {
  if (most < least && schema[high] !== undefined)
    throw refuse(path, `has a '${high}' of ${most}, but needs ${least}`)
  if (most < least) throw refuse(path, `has a '${low}' of ${least}, but cannot have more than ${most}`)
}

/**
 * The types that a schema without `anyOf` and the like is about: those it names, or those that its keywords are about,
 * or all. An integer is a number.
 */
export function typesOf(schema: JsonObject, path: string, refuse: Refuse): string[] {
  const named = schema['type'] === undefined ? undefined : [schema['type']].flat()
  for (const type of named ?? []) {
    if (!TYPES.includes(String(type)))
      throw refuse(path, `has the type ${JSON.stringify(type)}, which JSON has not`)
  }
  const types = (named as string[] | undefined) ?? impliedTypes(schema)
  if (types.length === 0) throw refuse(path, 'has no type that all of its parts allow')
  return [...new Set(types)].filter((type) => type !== 'integer' || !types.includes('number'))
}

/** The types that the keywords are about, or all. */
export function impliedTypes(schema: JsonObject): string[] {
  const implied = TYPES.filter(
    (type) => type !== 'integer' && Object.keys(schema).some((key) => KEYWORDS_OF_TYPE[type]?.includes(key)),
  )
  return implied.length === 0 ? TYPES : implied
}

function typeOf(value: unknown): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'array'
  return typeof value
}

export function isOfType(value: unknown, type: string): boolean {
  return type === 'integer' ? Number.isInteger(value) : typeOf(value) === type
}
