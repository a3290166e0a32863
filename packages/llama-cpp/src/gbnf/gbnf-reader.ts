import { LlamaCppError } from '../errors.ts'

/** llama.cpp refuses more of them. */
const MOST_REPETITIONS = 2000
const DEEPEST = 200

/** A rule, as far as it matters for a check. */
export interface GbnfRule {
  readonly uses: ReadonlySet<string>
  readonly alternatives: readonly Sequence[]
}

export type Sequence = readonly Item[]

export interface Item {
  /** Undefined for what reads a character. */
  readonly inner: readonly Sequence[] | string | undefined
  readonly mayBeMissing: boolean
}

/** Reads a grammar as llama.cpp does. @throws LlamaCppError `OPTION_INVALID` */
export class GbnfReader {
  /** Where the names of rules begin, in their order. */
  readonly names: number[] = []
  readonly #text: string
  #place = 0
  #uses = new Set<string>()
  #depth = 0

  constructor(text: string) {
    this.#text = text
  }

  read(): Map<string, GbnfRule> {
    const rules = new Map<string, GbnfRule>()
    this.#space(true)
    while (this.#place < this.#text.length) {
      const name = this.#name() ?? this.#fail("expected a name of letters, digits and '-'")
      this.#space(false)
      if (!this.#take('::=')) this.#fail("expected '::='")
      this.#space(true)
      this.#uses = new Set()
      rules.set(name, { alternatives: this.#alternatives(false), uses: this.#uses })
      if (this.#place < this.#text.length && !/[\r\n]/.test(this.#next()))
        this.#fail('expected the end of the rule')
      this.#space(true)
    }
    return rules
  }

  problem(what: string): LlamaCppError {
    const option = 'generationKwargs.grammar'
    return new LlamaCppError(
      'OPTION_INVALID',
      `Option '${option}' is no grammar that llama.cpp reads: ${what}.`,
      { option },
    )
  }

  #alternatives(nested: boolean): Sequence[] {
    const sequences = [this.#sequence(nested)]
    while (this.#take('|')) {
      this.#space(true)
      sequences.push(this.#sequence(nested))
    }
    return sequences
  }

  #sequence(nested: boolean): Sequence {
    const items: Item[] = []
    for (;;) {
      const item = this.#item()
      if (item) items.push({ inner: item.inner, mayBeMissing: item.mayBeMissing })
      else if (!this.#repetition(items)) return items
      this.#space(nested)
    }
  }

  #item(): Item | undefined {
    const next = this.#next()
    if (next === '"') return this.#literal()
    if (next === '[') return this.#class()
    if (this.#take('.')) return { inner: undefined, mayBeMissing: false }
    if (next === '<' || next === '!') {
      if (this.#match(/!?<\[\d+\]>/y) === undefined) this.#fail("expected a token as in '<[42]>'")
      return { inner: undefined, mayBeMissing: false }
    }
    if (this.#take('(')) return this.#group()
    const name = this.#name()
    if (name === undefined) return undefined
    this.#uses.add(name)
    return { inner: name, mayBeMissing: false }
  }

  #name(): string | undefined {
    const name = this.#match(/[0-9A-Za-z-]+/y)
    if (name !== undefined) this.names.push(this.#place - name.length)
    return name
  }

  #literal(): Item {
    this.#take('"')
    let length = 0
    for (; !this.#take('"'); length++) this.#character()
    return { inner: length === 0 ? [[]] : undefined, mayBeMissing: length === 0 }
  }

  #class(): Item {
    this.#take('[')
    this.#take('^')
    while (!this.#take(']')) {
      this.#character()
      if (this.#next() === '-' && this.#text[this.#place + 1] !== ']') {
        this.#take('-')
        this.#character()
      }
    }
    return { inner: undefined, mayBeMissing: false }
  }

  #group(): Item {
    if (++this.#depth > DEEPEST) this.#fail('it is nested too deeply')
    this.#space(true)
    const inner = this.#alternatives(true)
    if (!this.#take(')')) this.#fail("expected ')'")
    this.#depth--
    return { inner, mayBeMissing: false }
  }

  /** Reads what stands behind an item, and says whether there was something. */
  #repetition(items: Item[]): boolean {
    const mark = this.#match(/[*+?]|\{\s*\d+\s*(,\s*\d*\s*)?\}/y)
    if (mark === undefined) {
      if (this.#next() === '{') this.#fail("expected a number of times as in '{2}', '{2,}' or '{2,4}'")
      return false
    }
    const last = items.pop() ?? this.#fail(`expected something in front of '${mark}'`)
    const [least = 1, most] = (mark.match(/\d+/g) ?? []).map(Number)
    if (Math.max(least, most ?? 0) >= MOST_REPETITIONS) this.#fail(`'${mark}' is more than llama.cpp repeats`)
    const mayBeMissing = mark === '*' || mark === '?' || least === 0
    items.push({ inner: last.inner, mayBeMissing: last.mayBeMissing || mayBeMissing })
    return true
  }

  #character(): void {
    if (this.#place >= this.#text.length) this.#fail('it ends within a text or class')
    const read =
      this.#next() === '\\'
        ? this.#match(/\\(x[0-9A-Fa-f]{2}|u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{8}|[trn\\"[\]])/y)
        : this.#match(/[\s\S]/uy)
    if (read === undefined)
      this.#fail(`'${this.#text.slice(this.#place, this.#place + 2)}' is no escape of GBNF`)
  }

  #space(lines: boolean): void {
    this.#match(lines ? /(?:[ \t\r\n]|#[^\r\n]*)+/y : /(?:[ \t]|#[^\r\n]*)+/y)
  }

  #next(): string {
    return this.#text[this.#place] ?? ''
  }

  #take(text: string): boolean {
    if (!this.#text.startsWith(text, this.#place)) return false
    this.#place += text.length
    return true
  }

  #match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#place
    const found = pattern.exec(this.#text)?.[0]
    this.#place += found?.length ?? 0
    return found
  }

  #fail(what: string): never {
    const line = this.#text.slice(0, this.#place).split('\n').length
    throw this.problem(`${what}, in line ${line}`)
  }
}

/**
 * The grammar with another beginning for the names of all its rules, so that it can stand beside a second one.
 *
 * @throws LlamaCppError `OPTION_INVALID` for what is not a grammar
 */
export function renamedRules(gbnf: string, prefix: string): string {
  const reader = new GbnfReader(gbnf)
  reader.read()
  const pieces = [0, ...reader.names].map((start, index) => gbnf.slice(start, reader.names[index]))
  return pieces.join(prefix)
}
