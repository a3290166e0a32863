import { isJsonObject } from '@millrace/core'
import type { GbnfRules } from '../gbnf/gbnf-rules.ts'

/** How values are written outside of JSON. */
export interface Words {
  readonly quote: string
  readonly keyQuotes: readonly string[]
  /** The rule bodies for what has words of its own. */
  readonly boolean: string
  readonly null: string
}

/** As Python prints them. Models write JSON as well. */
export const PYTHON: Words = {
  quote: "'",
  keyQuotes: ["'", '"'],
  boolean: '("True" | "False" | "true" | "false")',
  null: '("None" | "null")',
}
/** With bare keys, and quotes that no text has. */
export const BRACES: Words = {
  quote: '<|"|>',
  keyQuotes: [''],
  boolean: '("true" | "false")',
  null: '("None" | "null")',
}

const DEEPEST = 12
const INTEGER = '"-"? [0-9]{1,16}'
const NUMBER = `${INTEGER} ("." [0-9]{1,16})? ([eE] [-+]? [0-9]{1,2})?`
const COMMA = '"," " "?'
const KEY = '[A-Za-z_] [0-9A-Za-z_-]*'

/** Rules for values in words of a format, held to the types, choices and keys of a schema. */
export class WrittenValues {
  readonly #rules: GbnfRules
  readonly #words: Words
  #any: string | undefined

  constructor(rules: GbnfRules, words: Words) {
    this.#rules = rules
    this.#words = words
  }

  body(given: unknown, depth = 0): string {
    const schema = isJsonObject(given) ? given : {}
    if (depth > DEEPEST) return this.#anything()
    const again = (inner: unknown) => this.body(inner, depth + 1)
    const choices = schema['enum'] ?? (schema['const'] === undefined ? undefined : [schema['const']])
    if (Array.isArray(choices) && choices.every((choice) => typeof choice === 'string')) {
      return oneOf(
        choices.map((choice) => this.#rules.literal(this.#words.quote + choice + this.#words.quote)),
      )
    }
    const members = schema['anyOf'] ?? schema['oneOf']
    if (Array.isArray(members)) return oneOf(members.map(again))
    const { type } = schema
    if (Array.isArray(type)) return oneOf(type.map((one) => again({ ...schema, type: one })))
    switch (type) {
      case 'string':
        return this.#string()
      case 'integer':
        return INTEGER
      case 'number':
        return NUMBER
      case 'boolean':
        return this.#words.boolean
      case 'null':
        return this.#words.null
      case 'array':
        return list('[', this.#rules.rule('item', again(schema['items'])), ']')
      case 'object': {
        const properties = isJsonObject(schema['properties']) ? Object.entries(schema['properties']) : []
        const pairs = properties.map(([key, inner]) => this.#pair(this.#rules.literal(key), again(inner)))
        return list('{', pairs.length > 0 ? oneOf(pairs) : this.#pair(KEY, this.#anything()), '}')
      }
      default:
        return this.#anything()
    }
  }

  #pair(key: string, value: string): string {
    const quoted = this.#words.keyQuotes.map(
      (quote) => `${this.#rules.literal(quote)} ${key} ${this.#rules.literal(quote)}`,
    )
    return this.#rules.rule('pair', `${oneOf(quoted)} ":" " "? ${value}`)
  }

  #string(): string {
    const { quote } = this.#words
    if (quote !== "'") return `${this.#rules.literal(quote)} ${this.#rules.until(quote)}`
    return String.raw`("'" ([^'\\] | "\\" [^\n])* "'" | "\"" ([^"\\] | "\\" [^\n])* "\"")`
  }

  #anything(): string {
    this.#any ??= this.#rules.recursive('anything', (name) => {
      const { boolean, null: nothing } = this.#words
      const values = [
        this.#string(),
        NUMBER,
        boolean,
        nothing,
        list('[', name, ']'),
        list('{', this.#pair(KEY, name), '}'),
      ]
      return values.join(' | ')
    })
    return this.#any
  }
}

export function oneOf(bodies: readonly string[]): string {
  return bodies.length === 1 ? (bodies[0] as string) : `(${bodies.join(' | ')})`
}

function list(open: string, item: string, close: string): string {
  return `"${open}" (${item} (${COMMA} ${item})*)? "${close}"`
}
