import type { JsonObject } from '@millrace/core'
import { LlamaCppError } from '../errors.ts'

/** llama.cpp reads a grammar of this length in a second or two. */
const longestGrammar = 2_000_000

/** The rules of a grammar, by name, in the order in which they were asked for. */
export class RuleBook {
  readonly #rules = new Map<string, string>()
  readonly #taken = new Set<string>(['root'])
  readonly #shared = new Map<string, string>()
  #length = 0

  /** Takes a name for a rule that comes later, as rules that use themselves need. */
  reserve(wanted: string): string {
    const plain =
      wanted
        .replace(/[^0-9A-Za-z]+/g, '-')
        .replace(/^-+|-+$/g, '')
        .slice(0, 40) || 'rule'
    let name = plain
    for (let count = 2; this.#taken.has(name); count += 1) name = `${plain}-${count}`
    this.#taken.add(name)
    this.#rules.set(name, '')
    return name
  }

  /** Keeps a name from others. */
  take(name: string): void {
    this.#taken.add(name)
  }

  define(name: string, body: string): void {
    this.#length += name.length + body.length
    if (this.#length > longestGrammar) {
      throw new LlamaCppError(
        'OPTION_UNSUPPORTED',
        `A grammar would be longer than ${longestGrammar} characters. Make the schemas smaller.`,
      )
    }
    this.#rules.set(name, body)
  }

  add(wanted: string, body: string): string {
    const name = this.reserve(wanted)
    this.define(name, body)
    return name
  }

  /** The name of a rule with this body: the same rule for all who ask for the same. */
  shared(wanted: string, body: string): string {
    const known = this.#shared.get(body)
    if (known !== undefined) return known
    const name = this.add(wanted, body)
    this.#shared.set(body, name)
    return name
  }

  text(root: string): string {
    const rules = [...this.#rules].map(([name, body]) => `${name} ::= ${body}\n`)
    return `root ::= ${root}\n${rules.join('')}`
  }
}

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

/** What the rules of one kind of value need of the whole. */
export interface Compiling {
  readonly book: RuleBook
  readonly json: JsonRules
  readonly refuse: Refuse
  /** The rule for what fits a schema inside of the present one. `name` is what it is called if it is free. */
  value(schema: unknown, path: string, name: string): string
  /** What is wrong with a value of an enum, if there is more to it than the type. */
  fits(schema: JsonObject, value: unknown, path: string): boolean
}

/** Makes the error for the place in the schema and what is the matter there. */
export type Refuse = (path: string, what: string) => LlamaCppError

/** A text as a quoted literal of GBNF. */
export function gbnfLiteral(text: string): string {
  return `"${text.replace(/["\\]|[^ -~]/gu, escaped)}"`
}

function escaped(character: string): string {
  if (character === '"' || character === '\\') return `\\${character}`
  return gbnfCodePoint(character.codePointAt(0) as number)
}

/** A code point as GBNF writes it in literals and classes. What it knows of ASCII only are letters and digits as they are. */
export function gbnfCodePoint(code: number): string {
  const hex = code.toString(16).toUpperCase()
  if (code < 0x80) {
    const character = String.fromCharCode(code)
    return /[0-9A-Za-z _]/.test(character) ? character : `\\x${hex.padStart(2, '0')}`
  }
  return code > 0xffff ? `\\U${hex.padStart(8, '0')}` : `\\u${hex.padStart(4, '0')}`
}

/** llama.cpp refuses 2000 repetitions and more in one place. */
const most = 1000

/**
 * A symbol so many times; without end where `max` is Infinity. The symbol is the name of a rule or one class of
 * characters, for llama.cpp multiplies what is repeated inside of what is repeated. Long repetitions are made of blocks.
 */
export function repeated(book: RuleBook, symbol: string, min: number, max: number): string {
  if (max === 0) return '""'
  if (min === 1 && max === 1) return symbol
  if (max === Infinity) return unending(book, symbol, min)
  if (max <= most) return book.shared('times', `${symbol}${times(min, max)}`)
  const blocks = Math.floor(min / most)
  const whole = blocks === 0 ? '' : `${repeated(book, block(book, symbol), blocks, blocks)} `
  const atLeast = min % most
  const further = max - min
  const rest = atLeast === 0 ? '' : `${symbol}${times(atLeast, atLeast)} `
  return book.shared('times', `${whole}${rest}${upTo(book, symbol, further)}`)
}

/** Blocks, then less than a block: no more than one way to read what there is, but for the last block. */
function upTo(book: RuleBook, symbol: string, max: number): string {
  if (max <= most) return max === 0 ? '' : `${symbol}${times(0, max)}`
  const blocks = Math.floor(max / most)
  const name = book.shared('block', `${symbol}${times(0, most - 1)}`)
  const left = max - blocks * most
  // At most `blocks` whole blocks; after fewer of them anything shorter than a block, after all of them what is left.
  const all = block(book, symbol)
  const last = left === 0 ? '' : ` ${symbol}${times(0, left)}`
  const fewer = repeated(book, all, 0, blocks - 1)
  return `(${fewer} ${name} | ${repeated(book, all, blocks, blocks)}${last})`
}

function block(book: RuleBook, symbol: string): string {
  return book.shared('block', `${symbol}${times(most, most)}`)
}

function unending(book: RuleBook, symbol: string, min: number): string {
  if (min <= 1) return `${symbol}${min === 0 ? '*' : '+'}`
  return book.shared('times', `${repeated(book, symbol, min, min)} ${symbol}*`)
}

function times(min: number, max: number): string {
  if (min === 0 && max === 1) return '?'
  return min === max ? `{${min}}` : `{${min},${max}}`
}
