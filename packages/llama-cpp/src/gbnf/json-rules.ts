import type { RuleBook } from './rule-book.ts'

/** One character of a JSON string, which may be written as an escape. Halves of a surrogate pair are none. */
const CHARACTER = String.raw`[^"\\\x00-\x1F] | "\\" (["\\/bfnrt] | "u" bmp | "u" [dD] [89abAB] [0-9a-fA-F]{2} "\\u" [dD] [c-fC-F] [0-9a-fA-F]{2})`
const BMP = '[0-9abcefABCEF] [0-9a-fA-F]{3} | [dD] [0-7] [0-9a-fA-F]{2}'

const BODIES = {
  // What models write behind `{`, `[`, `:` and `,`. Never without end: a model could write nothing else.
  ws: String.raw`(" " | "\n" [ \t]{0,20})?`,
  bmp: BMP,
  char: CHARACTER,
  string: '"\\"" char* "\\""',
  integer: '"-"? ("0" | [1-9] [0-9]{0,15})',
  number: '"-"? ("0" | [1-9] [0-9]{0,15}) ("." [0-9]{1,16})? ([eE] [-+]? [0-9]{1,2})?',
  pair: 'string ":" ws value',
  object: '"{" ws (pair ("," ws pair)* ws)? "}"',
  array: '"[" ws (value ("," ws value)* ws)? "]"',
  value: 'object | array | string | number | "true" | "false" | "null"',
} as const

const NEEDS: Readonly<Record<JsonRule, readonly JsonRule[]>> = {
  ws: [],
  bmp: [],
  char: ['bmp'],
  string: ['char'],
  integer: [],
  number: [],
  pair: ['string', 'ws', 'value'],
  object: ['ws', 'pair'],
  array: ['ws', 'value'],
  value: ['object', 'array', 'string', 'number'],
}

export type JsonRule = keyof typeof BODIES

/** The rules of JSON itself, each written into a grammar when it is first asked for. */
export class JsonRules {
  readonly #book: RuleBook
  readonly #names = new Map<JsonRule, string>()

  constructor(book: RuleBook) {
    this.#book = book
    // They refer to each other by these names, so nobody else may have them.
    for (const rule of Object.keys(BODIES) as JsonRule[]) this.#book.take(rule)
  }

  name(rule: JsonRule): string {
    if (this.#names.has(rule)) return rule
    this.#names.set(rule, rule)
    this.#book.define(rule, BODIES[rule])
    for (const needed of NEEDS[rule]) this.name(needed)
    return rule
  }
}
