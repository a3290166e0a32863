import { type CharSet, complement, DIGITS, NO_LINE_BREAK, SPACE, union, WORD } from './char-set.ts'

/** A regular expression, as far as a grammar can say it. */
export type Pattern =
  | { readonly kind: 'set'; readonly set: CharSet }
  | { readonly kind: 'sequence'; readonly parts: readonly Pattern[] }
  | { readonly kind: 'either'; readonly options: readonly Pattern[] }
  | { readonly kind: 'repeat'; readonly part: Pattern; readonly min: number; readonly max: number }

const ANYTHING: Pattern = {
  kind: 'repeat',
  part: { kind: 'set', set: complement([]) },
  min: 0,
  max: Infinity,
}

/** Why a pattern cannot be read: the end of a sentence that begins with "has the pattern 'x', ". */
export class PatternProblem {
  readonly what: string

  constructor(what: string) {
    this.what = what
  }
}

/**
 * Reads the regular expressions of JSON Schema, which are JavaScript's with the flag `u` and fit anywhere in a text: what
 * comes out is the whole text.
 *
 * @throws PatternProblem
 */
export function readPattern(source: string): Pattern {
  if (source.length > longestPattern) {
    throw new PatternProblem(`which is longer than ${longestPattern} characters`)
  }
  try {
    new RegExp(source, 'u')
  } catch (error) {
    throw new PatternProblem(`which is no regular expression: ${(error as Error).message}`)
  }
  return new Reader(source).whole()
}

/** How few and how many code points a text of the pattern has. */
export function lengthOf(pattern: Pattern): readonly [min: number, max: number] {
  switch (pattern.kind) {
    case 'set':
      return [1, 1]
    case 'sequence':
      return pattern.parts
        .map(lengthOf)
        .reduce(([min, max], [least, most]) => [min + least, max + most], [0, 0])
    case 'either': {
      const lengths = pattern.options.map(lengthOf)
      return [Math.min(...lengths.map(([min]) => min)), Math.max(...lengths.map(([, max]) => max))]
    }
    case 'repeat': {
      const [min, max] = lengthOf(pattern.part)
      return [min * pattern.min, max === 0 || pattern.max === 0 ? 0 : max * pattern.max]
    }
  }
}

const CLASSES: Readonly<Record<string, CharSet>> = {
  d: DIGITS,
  D: complement(DIGITS),
  w: WORD,
  W: complement(WORD),
  s: SPACE,
  S: complement(SPACE),
}
const CONTROLS: Readonly<Record<string, number>> = { t: 9, n: 10, v: 11, f: 12, r: 13, 0: 0 }
const deepestGroup = 50
const longestPattern = 5000

/** Reads what RegExp has accepted: nothing here is checked twice. */
class Reader {
  readonly #characters: readonly string[]
  #at = 0
  #depth = 0

  constructor(source: string) {
    this.#characters = [...source]
  }

  /** The alternatives at the top, each with its own anchors. */
  whole(): Pattern {
    const options: Pattern[] = []
    do {
      const fromStart = this.#take('^')
      const parts = this.#parts()
      const toEnd = this.#take('$')
      options.push({
        kind: 'sequence',
        parts: [...(fromStart ? [] : [ANYTHING]), ...parts, ...(toEnd ? [] : [ANYTHING])],
      })
      if (!this.#ended && this.#next !== '|') throw anchor(this.#next)
    } while (this.#take('|'))
    return either(options)
  }

  get #next(): string {
    return this.#characters[this.#at] ?? ''
  }

  get #ended(): boolean {
    return this.#at >= this.#characters.length
  }

  #take(text: string): boolean {
    if (
      !this.#characters
        .slice(this.#at, this.#at + text.length)
        .join('')
        .startsWith(text)
    )
      return false
    this.#at += text.length
    return true
  }

  #parts(): Pattern[] {
    const parts: Pattern[] = []
    while (!this.#ended && !'|)$'.includes(this.#next)) parts.push(this.#quantified(this.#atom()))
    return parts
  }

  #atom(): Pattern {
    const character = this.#next
    this.#at += 1
    if (character === '(') return this.#group()
    if (character === '^') throw anchor(character)
    if (character === '[') return { kind: 'set', set: this.#class() }
    if (character === '.') return { kind: 'set', set: NO_LINE_BREAK }
    if (character === '\\') return { kind: 'set', set: this.#escape(false) }
    return { kind: 'set', set: single(character.codePointAt(0) as number) }
  }

  #group(): Pattern {
    if (this.#take('?')) this.#groupKind()
    this.#depth += 1
    if (this.#depth > deepestGroup) {
      throw new PatternProblem(`which has groups in groups, more than ${deepestGroup} deep`)
    }
    const options: Pattern[] = []
    do options.push({ kind: 'sequence', parts: this.#parts() })
    while (this.#take('|'))
    if (!this.#take(')')) throw anchor(this.#next)
    this.#depth -= 1
    return either(options)
  }

  #groupKind(): void {
    if (this.#take(':')) return
    for (const look of ['=', '!', '<=', '<!']) {
      if (this.#take(look)) throw new PatternProblem(`of which a grammar cannot say '(?${look}'`)
    }
    if (!this.#take('<')) throw new PatternProblem(`of which a grammar cannot say '(?${this.#next}'`)
    while (!this.#take('>')) this.#at += 1
  }

  #quantified(part: Pattern): Pattern {
    const range = this.#quantifier()
    if (!range) return part
    // A lazy quantifier finds the same texts.
    this.#take('?')
    const [min, max] = range
    if (max > 1 && lengthOf(part)[0] === 0) {
      throw new PatternProblem('of which a grammar cannot repeat a part that may be empty')
    }
    return { kind: 'repeat', part, min, max }
  }

  #quantifier(): readonly [number, number] | undefined {
    if (this.#take('*')) return [0, Infinity]
    if (this.#take('+')) return [1, Infinity]
    if (this.#take('?')) return [0, 1]
    if (!this.#take('{')) return undefined
    const end = this.#characters.indexOf('}', this.#at)
    const [low = '', high] = this.#characters.slice(this.#at, end).join('').split(',')
    this.#at = end + 1
    return [Number(low), high === undefined ? Number(low) : high === '' ? Infinity : Number(high)]
  }

  #class(): CharSet {
    const inverted = this.#take('^')
    const sets: CharSet[] = []
    while (!this.#take(']')) {
      const from = this.#classAtom()
      if (this.#next !== '-' || this.#characters[this.#at + 1] === ']') {
        sets.push(from)
        continue
      }
      this.#at += 1
      const to = this.#classAtom()
      sets.push([[from[0]?.[0] ?? 0, to[0]?.[1] ?? 0]])
    }
    return inverted ? complement(union(...sets)) : union(...sets)
  }

  #classAtom(): CharSet {
    if (this.#take('\\')) return this.#escape(true)
    const code = this.#next.codePointAt(0) as number
    this.#at += 1
    return single(code)
  }

  #escape(inClass: boolean): CharSet {
    const character = this.#next
    this.#at += 1
    if (/[1-9kpPB]/.test(character) || (character === 'b' && !inClass)) {
      throw new PatternProblem(`of which a grammar cannot say '\\${character}'`)
    }
    if (character === 'b') return single(8)
    const known = CLASSES[character]
    if (known) return known
    if (character === 'x') return single(this.#hex(2))
    if (character === 'u') return single(this.#unicode())
    if (character === 'c') {
      this.#at += 1
      return single((this.#characters[this.#at - 1] as string).charCodeAt(0) % 32)
    }
    return single(CONTROLS[character] ?? (character.codePointAt(0) as number))
  }

  #hex(digits: number): number {
    this.#at += digits
    return Number.parseInt(this.#characters.slice(this.#at - digits, this.#at).join(''), 16)
  }

  #unicode(): number {
    if (this.#take('{')) {
      const code = this.#hex(this.#characters.indexOf('}', this.#at) - this.#at)
      this.#at += 1
      return code
    }
    const high = this.#hex(4)
    const isPair =
      high >= 0xd800 &&
      high < 0xdc00 &&
      /^\\u[dD][c-fC-F]/.test(this.#characters.slice(this.#at, this.#at + 4).join(''))
    if (!isPair) return high
    this.#at += 2
    return (high - 0xd800) * 0x400 + (this.#hex(4) - 0xdc00) + 0x10000
  }
}

function single(code: number): CharSet {
  return [[code, code]]
}

function either(options: readonly Pattern[]): Pattern {
  return options.length === 1 ? (options[0] as Pattern) : { kind: 'either', options }
}

function anchor(character: string): PatternProblem {
  return new PatternProblem(`of which a grammar can say '${character}' only at the start or end of the whole`)
}
