import { isJsonObject } from '@millrace/core/component'
import { LlamaCppError } from '../errors.ts'
import type { GbnfRules } from '../gbnf/gbnf-rules.ts'
import { type ArgumentSchema, ArgumentSchemas } from './argument-schema.ts'
import type { ArgumentsForm } from './call-format.ts'
import { BRACES, oneOf, PYTHON, WrittenValues } from './written-values.ts'

/** With more keys than this they come in the order of the schema: every order of n takes 2^n rules. */
const MOST_IN_ANY_ORDER = 6
const DEEPEST = 12
const OTHER_KEY = '[A-Za-z_] [0-9A-Za-z_-]*'
/** The types that a format with typed tags has besides texts. */
const TYPES = ['number', 'boolean', 'null', 'array', 'object']

/** Writes one argument: undefined for one that the schema does not name. */
type Write = (key: string | undefined, schema: unknown) => string

type Tags = Extract<ArgumentsForm, { readonly kind: 'tags' }>

/** Rules for the arguments of one tool, in the form of a format. */
export class ArgumentRules {
  readonly #rules: GbnfRules
  readonly #parameters: unknown
  readonly #path: string
  readonly #schemas: ArgumentSchemas
  readonly #python: WrittenValues
  readonly #braces: WrittenValues

  /** @param path how errors call the parameters */
  constructor(rules: GbnfRules, parameters: unknown, path: string) {
    this.#rules = rules
    this.#parameters = parameters
    this.#path = path
    this.#schemas = new ArgumentSchemas(parameters)
    this.#python = new WrittenValues(rules, PYTHON)
    this.#braces = new WrittenValues(rules, BRACES)
  }

  /** The body for all arguments. @throws LlamaCppError `OPTION_UNSUPPORTED` */
  body(form: ArgumentsForm): string {
    switch (form.kind) {
      case 'json':
        return this.#rules.jsonValue(ofObjects(this.#parameters), this.#path)
      case 'tags':
        return this.#members((key, schema) => this.#tagged(form, key, schema), '')
      case 'nested':
        return this.#members((key, schema) => this.#nested(form.mark, key, schema, 0), '')
      case 'python':
        return this.#members(
          (key, schema) => `${this.#key(key)} "=" ${this.#python.body(schema)}`,
          '"," " "? ',
        )
      case 'braces':
        return this.#members((key, schema) => `${this.#key(key)} ":" ${this.#braces.body(schema)}`, '"," ')
    }
  }

  /** Every key that is required, and each other one once; then keys without a name, where there may be some. */
  #members(write: Write, separator: string): string {
    const named = [...this.#schemas.named].map(([key, schema]) => ({
      ...schema,
      body: this.#rules.rule('argument', write(key, schema.schema)),
    }))
    const other = this.#schemas.open ? this.#rules.rule('argument', write(undefined, {})) : undefined
    const others = other === undefined ? '""' : `(${separator}${other})*`
    if (named.length === 0) return other === undefined ? '""' : `(${other} ${others})?`
    return named.length > MOST_IN_ANY_ORDER
      ? this.#inOrder(named, separator, others)
      : this.#inAnyOrder(named, separator, others)
  }

  #inAnyOrder(
    named: readonly (ArgumentSchema & { readonly body: string })[],
    separator: string,
    others: string,
  ): string {
    const known = new Map<number, string>()
    /** `done`: which are written, as bits. */
    const rest = (done: number): string => {
      const name = known.get(done)
      if (name !== undefined) return name
      const start = done === 0 ? '' : separator
      const options = named.flatMap(({ body }, index) =>
        done & (1 << index) ? [] : [`${start}${body} ${rest(done | (1 << index))}`],
      )
      const isEnough = named.every(({ required }, index) => !required || done & (1 << index))
      const end = done === 0 ? '""' : others
      const made = this.#rules.rule('arguments', [...options, ...(isEnough ? [end] : [])].join(' | '))
      known.set(done, made)
      return made
    }
    return rest(0)
  }

  #inOrder(
    named: readonly (ArgumentSchema & { readonly body: string })[],
    separator: string,
    others: string,
  ): string {
    let after = others
    let first = '""'
    for (const { body, required } of named.toReversed()) {
      const next = this.#rules.rule('arguments', after)
      const skipped = (otherwise: string) => (required ? '' : ` | ${otherwise}`)
      first = `(${body} ${next}${skipped(first)})`
      after = `(${separator}${body} ${next}${skipped(next)})`
    }
    return first
  }

  #key(key: string | undefined): string {
    return key === undefined ? OTHER_KEY : this.#rules.literal(key)
  }

  #tagged({ open, close }: Tags, key: string | undefined, schema: unknown): string {
    const [before = '', between = ''] = open.split('⟨key⟩')
    const slot = /⟨(string|type)⟩/.exec(between)?.[0]
    const start = (type: string) =>
      `${this.#rules.literal(before)} ${this.#key(key)} ${this.#rules.literal(slot ? between.replace(slot, type) : between)}`
    const types = key === undefined ? undefined : this.#schemas.named.get(key)?.types
    const mayBeText = types === undefined || types.has('string')
    const text = `${start(slot === '⟨type⟩' ? 'string' : 'true')} ${this.#text(schema, close)}`
    // Without a word about the type, what may be a text is one: anything is.
    if (mayBeText && (slot === undefined || types?.size === 1)) return text
    const value = `${this.#value(schema, key ?? '')} ${this.#rules.literal(close)}`
    const has = (type: string) => types?.has(type) ?? true
    const possible = TYPES.filter((type) => has(type) || (type === 'number' && has('integer')))
    const names = slot === '⟨type⟩' ? possible : ['false']
    return [...names.map((type) => `${start(type)} ${value}`), ...(mayBeText ? [text] : [])].join(' | ')
  }

  /** A value in JSON, or as Python prints it, for so templates put it into histories. */
  #value(schema: unknown, key: string): string {
    return this.#rules.rule('value', `${this.#json(schema, key)} | ${this.#python.body(schema)}`)
  }

  #json(schema: unknown, key: string): string {
    try {
      return this.#rules.jsonValue(this.#schemas.alone(schema), `${this.#path}.properties.${key}`)
    } catch (error) {
      // What refers to another place of the whole is checked when the tool is called.
      if (!LlamaCppError.isInstance(error) || !JSON.stringify(schema).includes('"$ref"')) throw error
      return this.#rules.jsonValue(true, this.#path)
    }
  }

  /** A text as it is up to a mark, with the mark. */
  #text(schema: unknown, mark: string): string {
    const choices = isJsonObject(schema) ? schema['enum'] : undefined
    if (!Array.isArray(choices)) return this.#rules.until(mark)
    return oneOf(choices.map((choice) => this.#rules.literal(String(choice) + mark)))
  }

  #nested(mark: string, key: string | undefined, schema: unknown, depth: number): string {
    const name = key ?? 'other'
    const [open, close] = [`${mark}<${name}>`, `${mark}</${name}>`]
    const { type, items, properties } = isJsonObject(schema) ? schema : {}
    const inside = (bodies: readonly string[]) =>
      `${this.#rules.literal(open)} (${bodies.join(' | ')})* ${this.#rules.literal(close)}`
    if (depth < DEEPEST && type === 'array') return inside([this.#nested(mark, 'item', items, depth + 1)])
    if (depth < DEEPEST && type === 'object' && isJsonObject(properties)) {
      return inside(
        Object.entries(properties).map(([own, inner]) => this.#nested(mark, own, inner, depth + 1)),
      )
    }
    const isPlain = ['number', 'integer', 'boolean'].includes(String(type))
    if (!isPlain) return `${this.#rules.literal(open)} ${this.#text(schema, close)}`
    return `${this.#rules.literal(open)} ${this.#json(schema, name)} ${this.#rules.literal(close)}`
  }
}

/** The arguments of a call are an object, also where a schema does not say so. */
function ofObjects(schema: unknown): unknown {
  if (!isJsonObject(schema) || 'type' in schema || '$ref' in schema) return schema
  return { ...schema, type: 'object' }
}
