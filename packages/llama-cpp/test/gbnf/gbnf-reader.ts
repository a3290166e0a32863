// A small reader of GBNF, made from its description and not from the code that writes it.

export type Part =
  | { readonly kind: 'text'; readonly text: string }
  | {
      readonly kind: 'class'
      readonly inverted: boolean
      readonly ranges: readonly (readonly [number, number])[]
    }
  | { readonly kind: 'rule'; readonly name: string }
  | { readonly kind: 'group'; readonly options: readonly (readonly Part[])[] }
  | { readonly kind: 'repeat'; readonly part: Part; readonly min: number; readonly max: number }

/** The rules of a grammar that has each in one line. */
export function readGrammar(grammar: string): ReadonlyMap<string, Part> {
  const lines = grammar.split('\n').filter((line) => line !== '')
  return new Map(
    lines.map((line) => {
      const [name = '', ...body] = line.split(' ::= ')
      return [name, new Reader(body.join(' ::= ')).whole()]
    }),
  )
}

class Reader {
  readonly #source: string
  #at = 0

  constructor(source: string) {
    this.#source = source
  }

  whole(): Part {
    const part = this.#options()
    if (this.#at < this.#source.length) throw new SyntaxError(`${this.#source} at ${this.#at}`)
    return part
  }

  #options(): Part {
    const options = [this.#sequence()]
    while (this.#source[this.#at] === '|') {
      this.#at += 1
      options.push(this.#sequence())
    }
    return { kind: 'group', options }
  }

  #sequence(): Part[] {
    const parts: Part[] = []
    for (;;) {
      while (this.#source[this.#at] === ' ') this.#at += 1
      const character = this.#source[this.#at]
      if (character === undefined || character === '|' || character === ')') return parts
      parts.push(this.#repeated(this.#atom(character)))
    }
  }

  #atom(character: string): Part {
    if (character === '"') return this.#literal()
    if (character === '[') return this.#class()
    if (character === '(') {
      this.#at += 1
      const group = this.#options()
      this.#at += 1
      return group
    }
    const name = /^[A-Za-z0-9-]+/.exec(this.#source.slice(this.#at))?.[0]
    if (name === undefined) throw new SyntaxError(`${this.#source} at ${this.#at}`)
    this.#at += name.length
    return { kind: 'rule', name }
  }

  #repeated(part: Part): Part {
    const found = /^(?:[*+?]|\{(\d+)(,?)(\d*)\})/.exec(this.#source.slice(this.#at))
    if (!found) return part
    this.#at += found[0].length
    const [sign, low, comma, high] = found
    if (sign === '*') return { kind: 'repeat', part, min: 0, max: Infinity }
    if (sign === '+') return { kind: 'repeat', part, min: 1, max: Infinity }
    if (sign === '?') return { kind: 'repeat', part, min: 0, max: 1 }
    const max = comma === '' ? Number(low) : high === '' ? Infinity : Number(high)
    return { kind: 'repeat', part, min: Number(low), max }
  }

  #literal(): Part {
    this.#at += 1
    let text = ''
    while (this.#source[this.#at] !== '"') text += String.fromCodePoint(this.#character())
    this.#at += 1
    return { kind: 'text', text }
  }

  #class(): Part {
    this.#at += 1
    const inverted = this.#source[this.#at] === '^'
    if (inverted) this.#at += 1
    const ranges: [number, number][] = []
    while (this.#source[this.#at] !== ']') {
      const from = this.#character()
      const isRange = this.#source[this.#at] === '-' && this.#source[this.#at + 1] !== ']'
      if (isRange) this.#at += 1
      ranges.push([from, isRange ? this.#character() : from])
    }
    this.#at += 1
    return { kind: 'class', inverted, ranges }
  }

  #character(): number {
    const code = this.#source.codePointAt(this.#at) as number
    this.#at += code > 0xffff ? 2 : 1
    if (code !== 0x5c) return code
    const kind = this.#source[this.#at] as string
    this.#at += 1
    const digits = { x: 2, u: 4, U: 8 }[kind]
    if (digits === undefined) return ({ n: '\n', t: '\t', r: '\r' }[kind] ?? kind).charCodeAt(0)
    this.#at += digits
    return Number.parseInt(this.#source.slice(this.#at - digits, this.#at), 16)
  }
}
