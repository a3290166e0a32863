import { isJsonObject } from '@millrace/core/component'
import type { GbnfRules } from '../gbnf/gbnf-rules.ts'

/** How values are written outside of JSON: the rule bodies of what has words or quotes of its own. */
export interface Words {
  readonly string: (rules: GbnfRules) => string
  readonly quote: string
  readonly key: string
  readonly boolean: string
  readonly null: string
}

const NAME = '[A-Za-z_] [0-9A-Za-z_-]*'

/** As Python prints them. Models write JSON as well. */
export const PYTHON: Words = {
  string: () => String.raw`("'" ([^'\\] | "\\" [^\n])* "'" | "\"" ([^"\\] | "\\" [^\n])* "\"")`,
  quote: "'",
  key: String.raw`("'" [^'\\]* "'" | "\"" [^"\\]* "\"")`,
  boolean: '("True" | "False" | "true" | "false")',
  null: '("None" | "null")',
}
/** With bare keys, and quotes that no text has. */
export const BRACES: Words = {
  string: (rules) => `${rules.literal('<|"|>')} ${rules.until('<|"|>')}`,
  quote: '<|"|>',
  key: NAME,
  boolean: '("true" | "false")',
  null: '("None" | "null")',
}

const INTEGER = '"-"? [0-9]{1,16}'
const NUMBER = `${INTEGER} ("." [0-9]{1,16})? ([eE] [-+]? [0-9]{1,2})?`

/** Rules for values in words of a format, held to the types of a schema and of the items of its lists. */
export class WrittenValues {
  readonly #rules: GbnfRules
  readonly #words: Words
  #any: string | undefined

  constructor(rules: GbnfRules, words: Words) {
    this.#rules = rules
    this.#words = words
  }

  body(given: unknown): string {
    const { type, items, anyOf, oneOf: either = anyOf } = isJsonObject(given) ? given : {}
    const choices = isJsonObject(given) ? given['enum'] : undefined
    if (Array.isArray(choices) && choices.every((choice) => typeof choice === 'string')) {
      const { quote } = this.#words
      return oneOf(choices.map((choice) => this.#rules.literal(quote + choice + quote)))
    }
    if (Array.isArray(either)) return oneOf(either.map((schema) => this.body(schema)))
    if (Array.isArray(type)) return oneOf(type.map((one) => this.body({ type: one })))
    switch (type) {
      case 'string':
        return this.#words.string(this.#rules)
      case 'integer':
        return INTEGER
      case 'number':
        return NUMBER
      case 'boolean':
        return this.#words.boolean
      case 'null':
        return this.#words.null
      case 'array':
        return list('[', this.#rules.rule('item', this.body(items)), ']')
      case 'object':
        return this.#object(this.#anything())
      default:
        return this.#anything()
    }
  }

  #object(value: string): string {
    return list('{', this.#rules.rule('pair', `${this.#words.key} ":" " "? ${value}`), '}')
  }

  #anything(): string {
    this.#any ??= this.#rules.recursive('anything', (name) => {
      const { string, boolean, null: nothing } = this.#words
      const values = [string(this.#rules), NUMBER, boolean, nothing, list('[', name, ']'), this.#object(name)]
      return values.join(' | ')
    })
    return this.#any
  }
}

export function oneOf(bodies: readonly string[]): string {
  return bodies.length === 1 ? (bodies[0] as string) : `(${bodies.join(' | ')})`
}

function list(open: string, item: string, close: string): string {
  return `"${open}" (${item} ("," " "? ${item})*)? "${close}"`
}
