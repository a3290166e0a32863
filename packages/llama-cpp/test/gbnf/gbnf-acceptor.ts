import { type Part, readGrammar } from './gbnf-reader.ts'

/** Does a text fit a grammar? */
export function accepts(grammar: string, text: string): boolean {
  return new Acceptor(grammar, text).all()
}

/** Where the texts end that fit a grammar and begin at a place. */
export function acceptedEnds(grammar: string, text: string, from = 0): readonly number[] {
  return new Acceptor(grammar, text).ends(from)
}

class Acceptor {
  readonly #rules: ReadonlyMap<string, Part>
  readonly #text: string
  readonly #ends = new Map<string, readonly number[]>()

  constructor(grammar: string, text: string) {
    this.#rules = readGrammar(grammar)
    this.#text = text
  }

  all(): boolean {
    return this.#match({ kind: 'rule', name: 'root' }, 0).includes(this.#text.length)
  }

  ends(from: number): readonly number[] {
    return this.#match({ kind: 'rule', name: 'root' }, from)
  }

  #match(part: Part, from: number): readonly number[] {
    switch (part.kind) {
      case 'text':
        return this.#text.startsWith(part.text, from) ? [from + part.text.length] : []
      case 'class': {
        const code = this.#text.codePointAt(from)
        if (code === undefined) return []
        const isIn = part.ranges.some(([low, high]) => low <= code && code <= high)
        return isIn === part.inverted ? [] : [from + (code > 0xffff ? 2 : 1)]
      }
      case 'rule':
        return this.#rule(part.name, from)
      case 'group':
        return [...new Set(part.options.flatMap((option) => this.#sequence(option, from)))]
      case 'repeat':
        return this.#repeat(part.part, part.min, part.max, from)
    }
  }

  #rule(name: string, from: number): readonly number[] {
    const key = `${name} ${from}`
    const known = this.#ends.get(key)
    if (known) return known
    const rule = this.#rules.get(name)
    if (!rule) throw new RangeError(`there is no rule '${name}'`)
    const ends = this.#match(rule, from)
    this.#ends.set(key, ends)
    return ends
  }

  #sequence(parts: readonly Part[], from: number): readonly number[] {
    let ends: readonly number[] = [from]
    for (const part of parts) ends = [...new Set(ends.flatMap((end) => this.#match(part, end)))]
    return ends
  }

  #repeat(part: Part, min: number, max: number, from: number): readonly number[] {
    const all = new Set<number>(min === 0 ? [from] : [])
    let ends: readonly number[] = [from]
    for (let count = 1; count <= max && ends.length > 0; count += 1) {
      ends = [...new Set(ends.flatMap((end) => this.#match(part, end)))]
      if (count >= min && ends.every((end) => all.has(end))) break
      if (count >= min) for (const end of ends) all.add(end)
    }
    return [...all]
  }
}
