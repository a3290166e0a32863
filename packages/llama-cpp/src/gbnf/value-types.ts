import type { JsonObject } from '@millrace/core'
import type { Refuse } from './compiling.ts'
import { KEYWORDS_OF_TYPE, TYPES } from './keywords.ts'

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
