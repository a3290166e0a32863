import { LlamaCppError } from '../errors.ts'
import { gbnfCodePoint, gbnfLiteral, JsonRules, type Refuse, RuleBook } from './rule-book.ts'
import { SchemaRules } from './schema-rules.ts'

/** Whom an error is about. */
export interface GbnfOrigin {
  readonly engine?: string
  readonly option?: string
}

/** A grammar in the making: rules for JSON values beside rules of one's own. */
export class GbnfRules {
  readonly #book = new RuleBook()
  readonly #json = new JsonRules(this.#book)
  readonly #origin: GbnfOrigin
  readonly #until = new Map<string, string>()

  constructor(origin: GbnfOrigin = {}) {
    this.#origin = origin
  }

  /**
   * Adds the rules for the JSON values that fit a schema, and returns the name of the first. They may allow less than
   * the schema does, never more.
   *
   * @param path how errors call the schema, as in `generationKwargs.responseFormat.schema` or `tool 'add'`
   * @throws LlamaCppError `OPTION_UNSUPPORTED` with the place in the schema that no grammar can enforce
   */
  jsonValue(schema: unknown, path: string): string {
    const refuse = (place: string, what: string) => refusal(this.#origin, place, what)
    checkSize(schema, path, refuse)
    return new SchemaRules(schema, this.#book, this.#json, refuse).value(schema, path, 'json')
  }

  /** A text as a literal, quoted and escaped. */
  literal(text: string): string {
    return gbnfLiteral(text)
  }

  /** Adds a rule. Returns its name: the wanted one as far as GBNF allows it and nobody has it. */
  rule(name: string, body: string): string {
    return this.#book.add(name, body)
  }

  /** Adds a rule that may use itself: the body is made with its name. */
  recursive(wanted: string, body: (name: string) => string): string {
    const name = this.#book.reserve(wanted)
    this.#book.define(name, body(name))
    return name
  }

  /** The name of the rule for any text up to and with a mark. */
  until(mark: string): string {
    const known = this.#until.get(mark)
    if (known !== undefined) return known
    const name = untilRule(this.#book, mark)
    this.#until.set(mark, name)
    return name
  }

  /** The whole grammar. `root` is what `root` is: the name of a rule, or a body. */
  text(root: string): string {
    return this.#book.text(root)
  }
}

function refusal({ engine, option }: GbnfOrigin, place: string, what: string): LlamaCppError {
  const who = engine === undefined ? 'A grammar' : `Engine '${engine}'`
  const where = place.includes("'") ? place : `'${place}'`
  return new LlamaCppError(
    'OPTION_UNSUPPORTED',
    `${who} cannot hold a reply to this schema: ${where} ${what}.`,
    { ...(option === undefined ? {} : { option }), ...(engine === undefined ? {} : { engine }) },
  )
}

const deepest = 300
const mostValues = 200_000

/** @throws LlamaCppError for what is too deep or too much to look through, or goes round in a circle */
function checkSize(schema: unknown, path: string, refuse: Refuse): void {
  let level: readonly unknown[] = [schema]
  let values = 0
  for (let depth = 0; level.length > 0; depth += 1) {
    values += level.length
    if (values > mostValues) throw refuse(path, `has more than ${mostValues} values`)
    if (depth > deepest) throw refuse(path, `is more than ${deepest} values deep`)
    level = level.flatMap((value) =>
      typeof value === 'object' && value !== null ? Object.values(value) : [],
    )
  }
}

/** The rule for any text up to and with an end mark. */
export function untilRule(book: RuleBook, mark: string): string {
  const characters = [...mark]
  const names = characters.map((_, index) =>
    index === 0 ? book.reserve('until') : book.reserve(`until-${index}`),
  )
  for (const [index, next] of characters.entries()) {
    const known = [...new Set([...characters.slice(0, index), next])]
    const steps = known.map((character) => {
      const reached = longestEnd([...characters.slice(0, index), character], characters)
      return `${gbnfLiteral(character)} ${names[reached] ?? ''}`
    })
    const others = `[^${known.map((character) => gbnfCodePoint(character.codePointAt(0) as number)).join('')}] ${names[0]}`
    book.define(names[index] as string, [...steps, others].join(' | '))
  }
  return names[0] as string
}

/** How much of a mark the end of what was read is the beginning of. */
function longestEnd(read: readonly string[], mark: readonly string[]): number {
  for (let length = Math.min(read.length, mark.length); length > 0; length--) {
    if (mark.slice(0, length).join('') === read.slice(-length).join('')) return length
  }
  return 0
}

/** The grammar of the JSON values that fit a schema. */
export function jsonSchemaGrammar(schema: unknown, path: string, origin: GbnfOrigin = {}): string {
  const rules = new GbnfRules(origin)
  return rules.text(rules.jsonValue(schema, path))
}
