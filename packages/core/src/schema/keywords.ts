import { isPlainObject } from '../json.ts'
import { nearest } from '../text/names.ts'
import type { JsonSchema } from './socket-type.ts'

/** Keywords whose value is an object of schemas by name. */
export const schemaMaps = [
  ...['properties', 'patternProperties', 'dependentSchemas', 'dependencies', '$defs', 'definitions'],
]
/** Keywords whose value is a schema, or a list of schemas. */
export const schemaParts = [
  ...['items', 'prefixItems', 'additionalItems', 'unevaluatedItems', 'contains', 'contentSchema'],
  ...['additionalProperties', 'unevaluatedProperties', 'propertyNames'],
  ...['allOf', 'anyOf', 'oneOf', 'not', 'if', 'then', 'else'],
]
const known = [
  ...schemaMaps,
  ...schemaParts,
  ...['$schema', '$id', '$ref', '$anchor', '$dynamicRef', '$dynamicAnchor', '$vocabulary', '$comment'],
  ...['type', 'enum', 'const', 'multipleOf', 'minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum'],
  ...['minLength', 'maxLength', 'pattern', 'format', 'minItems', 'maxItems', 'uniqueItems'],
  ...['minContains', 'maxContains', 'minProperties', 'maxProperties', 'required', 'dependentRequired'],
  ...['title', 'description', 'default', 'examples', 'deprecated', 'readOnly', 'writeOnly'],
  ...['contentEncoding', 'contentMediaType'],
]
/** What OpenAPI, older drafts and generators of schemas write besides. Some of it looks like a slip. */
const foreign = new Set([
  ...['example', 'nullable', 'discriminator', 'xml', 'externalDocs', 'id', 'name', 'optional', 'tsType'],
  ...['$recursiveRef', '$recursiveAnchor', 'propertyOrdering', 'enumNames', 'enumDescriptions'],
  ...['markdownDescription', 'errorMessage', 'defaultSnippets', 'doNotSuggest', 'deprecationMessage'],
])

/** Whether an object can be meant as a JSON Schema: it is empty, or has at least one key that schemas have. */
export function isJsonSchema(value: Readonly<Record<string, unknown>>): boolean {
  const keys = Object.keys(value)
  return keys.length === 0 || keys.some((key) => known.includes(key) || misspeltKeyword({ [key]: true }))
}

export interface MisspeltKeyword {
  /** The keys down to the schema that has it. */
  readonly path: readonly (string | number)[]
  readonly keyword: string
  readonly meant: string
}

/** The first keyword of a JSON Schema that is not one, but nearly: it would be ignored, as others of authors are. */
export function misspeltKeyword(
  schema: JsonSchema,
  path: readonly (string | number)[] = [],
): MisspeltKeyword | undefined {
  for (const keyword of Object.keys(schema)) {
    if (known.includes(keyword) || foreign.has(keyword) || /^x-/i.test(keyword)) continue
    const meant = nearest(keyword, known)
    if (meant !== undefined) return { path, keyword, meant }
  }
  const inside: [readonly (string | number)[], unknown][] = []
  for (const keyword of schemaParts) {
    const part = schema[keyword]
    if (!Array.isArray(part)) inside.push([[keyword], part])
    else for (const [index, each] of part.entries()) inside.push([[keyword, index], each])
  }
  for (const keyword of schemaMaps) {
    const part = schema[keyword]
    if (!isPlainObject(part)) continue
    for (const [name, each] of Object.entries(part)) inside.push([[keyword, name], each])
  }
  for (const [place, part] of inside) {
    const found = isPlainObject(part) ? misspeltKeyword(part, [...path, ...place]) : undefined
    if (found) return found
  }
  return undefined
}
