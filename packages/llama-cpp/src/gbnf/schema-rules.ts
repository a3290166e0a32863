import type { JsonObject, JsonValue } from '@millrace/core'
import { checkSchema, isJsonObject } from '@millrace/core/component'
import { Alternatives } from './alternatives.ts'
import { arrayBody } from './array-rules.ts'
import type { Compiling, Refuse } from './compiling.ts'
import type { JsonRule, JsonRules } from './json-rules.ts'
import { meantBy } from './keywords.ts'
import { literalsBody } from './literal-rules.ts'
import { integerBody, numberBody } from './number-rules.ts'
import { objectBody } from './object-rules.ts'
import type { RuleBook } from './rule-book.ts'
import { stringBody } from './string-rules.ts'
import { isOfType, typesOf } from './value-types.ts'

const BODIES: Readonly<Record<string, (schema: JsonObject, path: string, compiling: Compiling) => string>> = {
  object: objectBody,
  array: arrayBody,
  string: stringBody,
  number: numberBody,
  integer: integerBody,
  boolean: () => '"true" | "false"',
  null: () => '"null"',
}
const deepest = 60
const mostSchemas = 20_000

/** The rules for one document of JSON Schema. */
export class SchemaRules implements Compiling {
  readonly book: RuleBook
  readonly json: JsonRules
  readonly refuse: Refuse
  readonly #root: unknown
  readonly #alternatives: Alternatives
  /** The names of the rules by schema, and by its text for those that were made of several. */
  readonly #names = new Map<unknown, string>()
  /** The rules in the making that may begin with what is asked for now. */
  #beginning: readonly string[] = []
  #depth = 0

  constructor(root: unknown, book: RuleBook, json: JsonRules, refuse: Refuse) {
    this.#root = root
    this.book = book
    this.json = json
    this.refuse = refuse
    this.#alternatives = new Alternatives(root, refuse)
  }

  value(schema: unknown, path: string, name: string): string {
    const before = this.#beginning
    this.#beginning = []
    try {
      return this.rule(schema, path, name)
    } finally {
      this.#beginning = before
    }
  }

  /** As `value`, for a schema that is about the same value as the present one. */
  rule(schema: unknown, path: string, name: string): string {
    if (schema === true) return this.json.name('value')
    if (!isJsonObject(schema)) throw this.refuse(path, `is ${JSON.stringify(schema)}, which no reply can fit`)
    const key = this.#names.has(schema) ? schema : JSON.stringify(schema)
    const known = this.#names.get(key)
    if (known !== undefined) {
      if (!this.#beginning.includes(known)) return known
      throw this.refuse(path, 'leads back to itself before anything is written')
    }
    if (this.#names.size > mostSchemas)
      throw this.refuse(path, `is the last of more than ${mostSchemas} schemas`)
    const meant = meantBy(schema, this.#root, path, this.refuse)
    const simple = simpleRule(meant)
    if (simple) return this.json.name(simple)
    return this.#make(meant, path, [schema, key], this.book.reserve(name))
  }

  #make(meant: JsonObject, path: string, keys: readonly unknown[], rule: string): string {
    if (this.#depth >= deepest) throw this.refuse(path, `is more than ${deepest} schemas deep`)
    for (const key of keys) this.#names.set(key, rule)
    const before = this.#beginning
    this.#beginning = [...before, rule]
    this.#depth += 1
    this.book.define(rule, this.#body(meant, path, rule))
    this.#depth -= 1
    this.#beginning = before
    return rule
  }

  fits(schema: JsonObject, value: unknown, path: string): boolean {
    const root = isJsonObject(this.#root) ? this.#root : {}
    const kept = Object.fromEntries(
      ['$schema', '$defs', 'definitions'].flatMap((key) =>
        root[key] === undefined ? [] : [[key, root[key]]],
      ),
    )
    const whole = { ...kept, ...schema }
    if (refersElsewhere(whole)) {
      throw this.refuse(path, "has an 'enum' beside a '$ref' to another place than '$defs'")
    }
    try {
      return checkSchema(whole, value).length === 0
    } catch (error) {
      throw this.refuse(path, `is no schema: ${(error as Error).message}`)
    }
  }

  #body(schema: JsonObject, path: string, name: string): string {
    const members = this.#alternatives.of(schema, path)
    const bodies = members.map(({ schema, path, isWhole }) =>
      isWhole
        ? this.rule(schema, path, `${name}-${members.length > 1 ? 'or' : 'is'}`)
        : this.#plain(schema as JsonObject, path),
    )
    if (bodies.length === 0) throw this.refuse(path, 'allows nothing that a reply could be')
    return bodies.join(' | ')
  }

  /** The body for a schema without `$ref`, `anyOf`, `oneOf` and `allOf`. */
  #plain(schema: JsonObject, path: string): string {
    if (schema['enum'] !== undefined) return this.#literals(schema, path)
    const types = typesOf(schema, path, this.refuse)
    if (Object.keys(schema).length === 0) return this.json.name('value')
    return types.map((type) => this.#typed(type, schema, path)).join(' | ')
  }

  #typed(type: string, schema: JsonObject, path: string): string {
    return (BODIES[type] as (typeof BODIES)[string])(schema, path, this)
  }

  #literals(schema: JsonObject, path: string): string {
    const { enum: values, type, ...rest } = schema
    if (!Array.isArray(values)) throw this.refuse(path, "has an 'enum' that is no list")
    const types = type === undefined ? undefined : [type].flat()
    const isChecked = Object.keys(rest).length > 0
    const fitting = (values as readonly JsonValue[]).filter(
      (value) =>
        (types === undefined || types.some((type) => isOfType(value, String(type)))) &&
        (!isChecked || this.fits(rest, value, path)),
    )
    if (fitting.length === 0) throw this.refuse(path, "has no value in 'enum' or 'const' that fits")
    return literalsBody(fitting, path, this)
  }
}

function refersElsewhere(schema: JsonObject): boolean {
  return /"\$ref":"(?!#\/(\$defs|definitions)\/)/.test(JSON.stringify(schema))
}

/** The rule of JSON that says the same as the schema. */
function simpleRule(schema: JsonObject): JsonRule | undefined {
  const [key, ...more] = Object.keys(schema)
  if (key === undefined) return 'value'
  const { type } = schema
  if (more.length > 0 || key !== 'type' || typeof type !== 'string') return undefined
  return SIMPLE.includes(type) ? (type as JsonRule) : undefined
}

const SIMPLE = ['object', 'array', 'string', 'number', 'integer']
