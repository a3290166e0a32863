import { isDeepStrictEqual } from 'node:util'
import type { JsonObject, JsonValue } from '@millrace/core'
import { isJsonObject } from '@millrace/core/component'
import type { Refuse } from './compiling.ts'

/** What both schemas allow. None of them has a `$ref`, `anyOf`, `oneOf` or `allOf` at its top. Undefined: nothing. */
export function mergeSchemas(
  one: JsonObject,
  two: JsonObject,
  path: string,
  refuse: Refuse,
): JsonObject | undefined {
  if (itemsDiffer(one, two) || itemsDiffer(two, one)) {
    throw refuse(path, "has 'prefixItems' in one part and 'items' in another, which cannot be made one")
  }
  const merged: Record<string, JsonValue> = { ...one }
  for (const [key, value] of Object.entries(two)) {
    const first = one[key]
    if (first === undefined || isDeepStrictEqual(first, value)) {
      merged[key] = value
      continue
    }
    const both = mergeKeyword(key, first, value)
    if (both === undefined) {
      throw refuse(path, `has two different '${key}', which cannot be made one`)
    }
    merged[key] = both
  }
  closeProperties(merged, one, two)
  closeProperties(merged, two, one)
  const impossible = [merged['enum'], merged['type']].some((list) => Array.isArray(list) && list.length === 0)
  return impossible ? undefined : merged
}

/** Behind the first items `items` is about others than without them. */
function itemsDiffer(one: JsonObject, two: JsonObject): boolean {
  return (
    one['prefixItems'] !== undefined && two['prefixItems'] === undefined && (two['items'] ?? true) !== true
  )
}

/** Undefined where one keyword cannot say both. */
function mergeKeyword(key: string, one: JsonValue, two: JsonValue): JsonValue | undefined {
  switch (key) {
    case 'type':
      return commonTypes([one].flat() as string[], [two].flat() as string[])
    case 'enum':
      return list(one).filter((value) => list(two).some((other) => isDeepStrictEqual(value, other)))
    case 'required':
      return [...new Set([...list(one), ...list(two)])]
    case 'properties':
      return mergeProperties(one, two)
    case 'items':
    case 'additionalProperties':
    case 'propertyNames':
      return both(one, two)
    case 'minLength':
    case 'minItems':
    case 'minProperties':
    case 'minimum':
    case 'exclusiveMinimum':
      return Math.max(Number(one), Number(two))
    case 'maxLength':
    case 'maxItems':
    case 'maxProperties':
    case 'maximum':
    case 'exclusiveMaximum':
      return Math.min(Number(one), Number(two))
    default:
      return undefined
  }
}

function commonTypes(one: readonly string[], two: readonly string[]): string[] {
  const fits = (type: string, types: readonly string[]) =>
    types.includes(type) || (type === 'integer' && types.includes('number'))
  return [...new Set([...one.filter((type) => fits(type, two)), ...two.filter((type) => fits(type, one))])]
}

function mergeProperties(one: JsonValue, two: JsonValue): JsonValue | undefined {
  if (!isJsonObject(one) || !isJsonObject(two)) return undefined
  const keys = [...new Set([...Object.keys(one), ...Object.keys(two)])]
  return Object.fromEntries(
    keys.map((key) => {
      const [first, second] = [own(one, key), own(two, key)]
      return [
        key,
        first === undefined || second === undefined ? ((first ?? second) as JsonValue) : both(first, second),
      ]
    }),
  )
}

function both(one: JsonValue, two: JsonValue): JsonValue {
  if (one === true || isDeepStrictEqual(one, two)) return two
  if (two === true) return one
  return one === false || two === false ? false : { allOf: [one, two] }
}

/** What one schema says of other properties holds for those that only the second has a name for. */
function closeProperties(merged: Record<string, JsonValue>, one: JsonObject, two: JsonObject): void {
  const others = one['additionalProperties']
  if (others === undefined || others === true || !isJsonObject(two['properties'])) return
  const properties = isJsonObject(one['properties']) ? one['properties'] : {}
  const closed = Object.entries(two['properties']).map(([key, schema]): [string, JsonValue] => [
    key,
    own(properties, key) === undefined ? both(others, schema) : (own(merged['properties'], key) as JsonValue),
  ])
  merged['properties'] = { ...(merged['properties'] as JsonObject), ...Object.fromEntries(closed) }
}

function own(object: JsonValue | undefined, key: string): JsonValue | undefined {
  return isJsonObject(object) && Object.hasOwn(object, key) ? object[key] : undefined
}

function list(value: JsonValue): readonly JsonValue[] {
  return Array.isArray(value) ? value : []
}
