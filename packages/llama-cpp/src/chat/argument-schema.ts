import type { JsonObject, JsonValue } from '@millrace/core'
import { isJsonObject } from '@millrace/core/component'
import { nestedValue, wholeValue } from './value-text.ts'

/** What the parameters of a tool say of one argument. */
export interface ArgumentSchema {
  readonly schema: unknown
  readonly required: boolean
  /** The types of JSON that it may have; undefined for any. */
  readonly types: ReadonlySet<string> | undefined
}

const DEEPEST = 20

/** The arguments that the parameters of a tool name, with references to `$defs` followed. */
export class ArgumentSchemas {
  readonly named: ReadonlyMap<string, ArgumentSchema>
  /** Whether there may be others. */
  readonly open: boolean
  readonly #root: unknown

  constructor(parameters: unknown) {
    this.#root = parameters
    const meant = this.#followed(parameters)
    const properties = isJsonObject(meant['properties']) ? meant['properties'] : {}
    const required = Array.isArray(meant['required']) ? (meant['required'] as unknown[]) : []
    this.named = new Map(
      Object.entries(properties).map(([key, schema]) => [
        key,
        { schema, required: required.includes(key), types: this.#types(schema, 0) },
      ]),
    )
    const others = meant['additionalProperties']
    this.open = others === undefined ? this.named.size === 0 : others !== false
  }

  /** The schema of an argument as one that stands alone. */
  alone(schema: unknown): unknown {
    if (!isJsonObject(schema) || !isJsonObject(this.#root)) return schema
    const { $defs, definitions } = this.#root
    return {
      ...schema,
      ...($defs === undefined || '$defs' in schema ? {} : { $defs }),
      ...(definitions === undefined || 'definitions' in schema ? {} : { definitions }),
    }
  }

  /** The value of an argument that is written as plain text. */
  valueOf(key: string, text: string): JsonValue {
    const types = this.named.get(key)?.types
    if (types?.size === 1 && types.has('string')) return text
    const value = jsonValue(text) ?? wholeValue(text)
    if (value === undefined) return text
    if (types && !types.has('string')) return value
    // What may be a text, too, is one where nothing says otherwise.
    return typeof value === 'string' || (types && !types.has(typeOf(value))) ? text : value
  }

  /** The arguments of a call in nested tags. */
  nested(text: string, mark: string): JsonValue {
    const read = nestedValue(text, mark)
    return this.#typed(isJsonObject(read) ? read : {}, this.#root, 0)
  }

  /** Nested tags hold texts alone, and an empty list as an empty text. */
  #typed(value: JsonValue, schema: unknown, depth: number): JsonValue {
    const types = this.#types(schema, 0)
    const meant = this.#followed(schema)
    if (depth > DEEPEST) return value
    if (Array.isArray(value)) return value.map((item) => this.#typed(item, meant['items'], depth + 1))
    if (isJsonObject(value)) {
      const properties = isJsonObject(meant['properties']) ? meant['properties'] : {}
      return Object.fromEntries(
        Object.entries(value).map(([key, item]) => [
          key,
          this.#typed(item as JsonValue, properties[key] ?? meant['additionalProperties'], depth + 1),
        ]),
      )
    }
    if (typeof value !== 'string' || types?.has('string')) return value
    if (value === '' && types?.has('array')) return []
    if (value === '' && types?.has('object')) return {}
    return jsonValue(value) ?? value
  }

  #types(schema: unknown, depth: number): ReadonlySet<string> | undefined {
    const meant = this.#followed(schema)
    const { type, const: only } = meant
    const choices = meant['enum'] ?? (only === undefined ? undefined : [only])
    if (Array.isArray(choices)) return new Set(choices.map((value) => typeOf(value as JsonValue)))
    if (type !== undefined)
      return new Set([type].flat().flatMap((one) => (one === 'number' ? ['number', 'integer'] : String(one))))
    const members = meant['anyOf'] ?? meant['oneOf']
    if (!Array.isArray(members) || depth > DEEPEST) return undefined
    const all = members.map((member) => this.#types(member, depth + 1))
    return all.includes(undefined) ? undefined : new Set(all.flatMap((types) => [...(types ?? [])]))
  }

  #followed(schema: unknown): JsonObject {
    let meant = schema
    for (let step = 0; step < DEEPEST && isJsonObject(meant) && typeof meant['$ref'] === 'string'; step++) {
      const path = meant['$ref'].split('/').slice(1)
      meant = path.reduce<unknown>((place, key) => (isJsonObject(place) ? place[key] : undefined), this.#root)
    }
    return isJsonObject(meant) ? meant : {}
  }
}

function jsonValue(text: string): JsonValue | undefined {
  try {
    return JSON.parse(text) as JsonValue
  } catch {
    return undefined
  }
}

function typeOf(value: JsonValue): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'array'
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number'
  return typeof value
}
