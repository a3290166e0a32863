import { isJsonObject, type JsonObject, listNames } from '@millrace/core'
import { LlamaCppError } from '../../errors.ts'

/** Keywords that say nothing about what is valid. */
const ANNOTATIONS = [
  '$schema',
  '$id',
  '$comment',
  'title',
  'description',
  'default',
  'examples',
  'deprecated',
  'readOnly',
  'writeOnly',
]
const FORMATS = ['date-time', 'date', 'time']
const BY_TYPE: Readonly<Record<string, readonly string[]>> = {
  object: ['properties', 'required', 'additionalProperties', 'minProperties', 'maxProperties'],
  array: ['items', 'prefixItems', 'minItems', 'maxItems'],
  string: ['minLength', 'maxLength', 'format'],
  number: [],
  integer: [],
  boolean: [],
  null: [],
}

/** Any JSON value, said in a way that the binding understands. */
const anything = {
  oneOf: [
    { type: 'string' },
    { type: 'number' },
    { type: 'boolean' },
    { type: 'null' },
    { type: 'array' },
    { type: 'object', additionalProperties: true },
  ],
}

/**
 * A JSON Schema as one that the binding's grammar holds a model to. The binding quietly drops what it does not know:
 * here that is an error. What comes out may allow less than the schema does, never more: every property is present, and
 * none is added that has no name.
 *
 * @throws LlamaCppError `OPTION_UNSUPPORTED` with the place in the schema
 */
export function enforceableSchema(schema: unknown): JsonObject {
  return new Enforcer(schema).convert(schema, 'responseFormat.schema')
}

class Enforcer {
  readonly #definitions: JsonObject

  constructor(root: unknown) {
    const definitions = isJsonObject(root) ? root['$defs'] : undefined
    this.#definitions = isJsonObject(definitions) ? definitions : {}
  }

  convert(schema: unknown, path: string): JsonObject {
    if (schema === true) return anything
    if (!isJsonObject(schema)) throw refused(path, `is ${JSON.stringify(schema)}, which no reply can fit`)
    const { $defs, ...rest } = schema
    const meant = Object.fromEntries(Object.entries(rest).filter(([key]) => !ANNOTATIONS.includes(key)))
    const converted = this.#convertMeant(meant, path)
    if ($defs === undefined) return converted
    if (path !== 'responseFormat.schema') throw refused(path, "has '$defs', which belong at the root")
    return { ...converted, $defs: this.#convertAll($defs, `${path}.$defs`) }
  }

  #convertMeant(schema: JsonObject, path: string): JsonObject {
    if (Object.keys(schema).length === 0) return anything
    if ('$ref' in schema) return this.#reference(schema, path)
    if ('anyOf' in schema) return this.#alternatives(schema, 'anyOf', path)
    if ('oneOf' in schema) return this.#alternatives(schema, 'oneOf', path)
    if ('const' in schema) return literals(schema, 'const', [schema['const']], path)
    if ('enum' in schema) return literals(schema, 'enum', schema['enum'], path)
    const types = [schema['type'] ?? impliedType(schema)].flat()
    for (const key of Object.keys(schema)) {
      if (key !== 'type' && !types.some((type) => BY_TYPE[String(type)]?.includes(key)))
        throw unknown(key, path)
    }
    const converted = types.map((type) => this.#typed(String(type), schema, path))
    return converted.length === 1 ? (converted[0] as JsonObject) : { oneOf: converted }
  }

  #typed(type: string, schema: JsonObject, path: string): JsonObject {
    const keywords = BY_TYPE[type]
    if (keywords === undefined) throw refused(path, `has the type '${type}', which JSON has not`)
    const own = Object.fromEntries(Object.entries(schema).filter(([key]) => keywords.includes(key)))
    if (type === 'object') return this.#object(own, path)
    if (type === 'array') return this.#array(own, path)
    if (type === 'string') checkString(own, path)
    return { type, ...own }
  }

  #object({ required, additionalProperties, ...rest }: JsonObject, path: string): JsonObject {
    const properties = this.#convertAll(rest['properties'] ?? {}, `${path}.properties`)
    const names = Object.keys(properties)
    const missing = (Array.isArray(required) ? required : []).find((name) => !names.includes(String(name)))
    if (missing !== undefined) throw refused(path, `requires '${missing}', which is not among its properties`)
    checkRange(rest, 'minProperties', 'maxProperties', names.length, path)
    if (names.length > 0) {
      if (isJsonObject(additionalProperties) || Number(rest['minProperties'] ?? 0) > names.length) {
        throw refused(path, "has 'additionalProperties' beside 'properties'")
      }
      return { type: 'object', properties }
    }
    const others = additionalProperties ?? true
    return {
      type: 'object',
      ...rest,
      properties,
      additionalProperties:
        typeof others === 'boolean' ? others : this.convert(others, `${path}.additionalProperties`),
    }
  }

  #array({ items, prefixItems, ...rest }: JsonObject, path: string): JsonObject {
    const first = Array.isArray(prefixItems) ? prefixItems : []
    checkRange(rest, 'minItems', 'maxItems', first.length, path)
    return {
      type: 'array',
      ...rest,
      ...(first.length === 0
        ? {}
        : { prefixItems: first.map((item, index) => this.convert(item, `${path}.prefixItems.${index}`)) }),
      ...(items === false ? { maxItems: first.length } : {}),
      ...(items === undefined || typeof items === 'boolean'
        ? {}
        : { items: this.convert(items, `${path}.items`) }),
    }
  }

  #alternatives(schema: JsonObject, keyword: 'anyOf' | 'oneOf', path: string): JsonObject {
    refuseOthers(schema, [keyword], path)
    const members = schema[keyword]
    if (!Array.isArray(members) || members.length === 0) throw refused(path, `has an empty '${keyword}'`)
    return { oneOf: members.map((member, index) => this.convert(member, `${path}.${keyword}.${index}`)) }
  }

  #reference(schema: JsonObject, path: string): JsonObject {
    refuseOthers(schema, ['$ref'], path)
    const reference = String(schema['$ref'])
    const name = /^#\/\$defs\/([^/]+)$/.exec(reference)?.[1]
    if (name !== undefined && Object.hasOwn(this.#definitions, name)) return { $ref: reference }
    const known = Object.keys(this.#definitions).map((key) => `#/$defs/${key}`)
    throw refused(path, `refers to '${reference}'. Possible: ${listNames(known)}`)
  }

  #convertAll(schemas: unknown, path: string): JsonObject {
    if (!isJsonObject(schemas)) throw refused(path, 'is no object')
    const entries = Object.entries(schemas).map(([key, schema]) => [
      key,
      this.convert(schema, `${path}.${key}`),
    ])
    return Object.fromEntries(entries) as JsonObject
  }
}

function literals(schema: JsonObject, keyword: string, values: unknown, path: string): JsonObject {
  refuseOthers(schema, [keyword, 'type'], path)
  const types = schema['type'] === undefined ? undefined : [schema['type']].flat()
  const fitting = (Array.isArray(values) ? values : []).filter(
    (value) => types === undefined || types.some((type) => isOfType(value, String(type))),
  )
  if (fitting.length === 0) throw refused(path, `has no value in '${keyword}' that fits`)
  if (fitting.some((value) => typeof value === 'object' && value !== null)) {
    throw refused(path, `has an object or array in '${keyword}'`)
  }
  return { enum: fitting }
}

function isOfType(value: unknown, type: string): boolean {
  if (type === 'integer') return Number.isInteger(value)
  if (type === 'null') return value === null
  return typeof value === type
}

/** A schema without a type means the one that its keywords are about. */
function impliedType(schema: JsonObject): string[] {
  const implied = Object.keys(BY_TYPE).filter((type) =>
    Object.keys(schema).some((key) => BY_TYPE[type]?.includes(key)),
  )
  return implied.length === 0 ? Object.keys(BY_TYPE) : implied
}

function checkString(schema: JsonObject, path: string): void {
  const { format } = schema
  if (format !== undefined && !FORMATS.includes(String(format))) {
    throw refused(path, `has the format '${format}'. Possible: ${listNames(FORMATS)}`)
  }
  if (format !== undefined && ('minLength' in schema || 'maxLength' in schema)) {
    throw refused(path, "has a length beside its 'format'")
  }
  checkRange(schema, 'minLength', 'maxLength', 0, path)
}

function checkRange(schema: JsonObject, low: string, high: string, fewest: number, path: string): void {
  const least = Math.max(fewest, Number(schema[low] ?? 0))
  if (schema[high] === undefined || Number(schema[high]) >= least) return
  throw refused(path, `has a '${high}' of ${schema[high]}, but needs ${least}`)
}

function refuseOthers(schema: JsonObject, allowed: readonly string[], path: string): void {
  const other = Object.keys(schema).find((key) => !allowed.includes(key))
  if (other !== undefined) throw refused(path, `has '${other}' beside '${allowed[0]}'`)
}

function unknown(keyword: string, path: string): LlamaCppError {
  const known = ['type', 'const', 'enum', 'anyOf', 'oneOf', '$ref', ...Object.values(BY_TYPE).flat()]
  return refused(path, `uses '${keyword}'. Possible: ${listNames(known, 30)}`)
}

function refused(path: string, what: string): LlamaCppError {
  return new LlamaCppError(
    'OPTION_UNSUPPORTED',
    `Engine 'node-llama-cpp' cannot hold a reply to this schema: 'generationKwargs.${path}' ${what}.`,
    { option: 'generationKwargs.responseFormat', engine: 'node-llama-cpp' },
  )
}
