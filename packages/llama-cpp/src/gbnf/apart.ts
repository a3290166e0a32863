import { isDeepStrictEqual } from 'node:util'
import type { JsonObject } from '@millrace/core'
import { isJsonObject } from '@millrace/core/component'
import { TYPES } from './keywords.ts'
import { impliedTypes, isOfType } from './value-types.ts'

/** The schema itself where it is a reference; undefined where it is none of one kind only. */
export type Plain = (schema: unknown) => JsonObject | undefined

const deepest = 3

/**
 * Whether it is sure that what is written for one schema never fits the second. Of the second all counts that it says;
 * of the first what the grammar writes: no keys without a name, unless they are asked for.
 */
export function neverFits(written: JsonObject, other: JsonObject, plain: Plain, depth = 0): boolean {
  const values = written['enum']
  if (Array.isArray(values)) return values.every((value) => !mayBe(value, other, plain, depth))
  const otherValues = other['enum']
  if (Array.isArray(otherValues) && otherValues.every((value) => !mayBe(value, written, plain, depth)))
    return true
  const types = written['type'] === undefined ? impliedTypes(written) : allowed(written)
  if (!types.some((type) => allowed(other).some((second) => overlap(type, second)))) return true
  if (types.every((type) => type === 'integer' || type === 'number')) return isBeyond(written, other)
  const isObject = types.length === 1 && types[0] === 'object'
  return isObject && objectNeverFits(written, other, plain, depth)
}

function allowed(schema: JsonObject): readonly string[] {
  return schema['type'] === undefined ? TYPES : ([schema['type']].flat() as string[])
}

function overlap(one: string, two: string): boolean {
  return one === two || [one, two].every((type) => type === 'integer' || type === 'number')
}

/** Whether a value may fit, as far as types, values and the keys of objects tell. */
function mayBe(value: unknown, schema: JsonObject, plain: Plain, depth: number): boolean {
  if (!allowed(schema).some((type) => isOfType(value, type))) return false
  const values = schema['enum']
  if (Array.isArray(values)) return values.some((other) => isDeepStrictEqual(value, other))
  return !isJsonObject(value) || !objectNeverFits(asSchema(value), schema, plain, depth)
}

function asSchema(value: JsonObject): JsonObject {
  const properties = Object.fromEntries(Object.entries(value).map(([key, item]) => [key, { enum: [item] }]))
  return { type: 'object', properties, required: Object.keys(value), additionalProperties: false }
}

function isBeyond(one: JsonObject, two: JsonObject): boolean {
  const above = (low: JsonObject, high: JsonObject) => {
    const [least, most] = [low['minimum'], high['maximum']]
    return typeof least === 'number' && typeof most === 'number' && least > most
  }
  return above(one, two) || above(two, one)
}

function objectNeverFits(written: JsonObject, other: JsonObject, plain: Plain, depth: number): boolean {
  if (depth >= deepest) return false
  const [own, others] = [propertiesOf(written), propertiesOf(other)]
  const [required, otherRequired] = [requiredOf(written), requiredOf(other)]
  const extra = written['additionalProperties'] ?? Object.keys(own).length === 0
  const isClosed = extra === false
  if (isClosed && otherRequired.some((key) => !Object.hasOwn(own, key) && !required.includes(key)))
    return true
  return required.some((key) => {
    if (!Object.hasOwn(others, key)) return other['additionalProperties'] === false
    const [one, two] = [plain(own[key]), plain(others[key])]
    return one !== undefined && two !== undefined && neverFits(one, two, plain, depth + 1)
  })
}

function propertiesOf(schema: JsonObject): JsonObject {
  return isJsonObject(schema['properties']) ? schema['properties'] : {}
}

function requiredOf(schema: JsonObject): string[] {
  return Array.isArray(schema['required']) ? schema['required'].map(String) : []
}
