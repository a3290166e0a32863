import { type Part, readGrammar } from './gbnf-reader.ts'

const deep = 30
const further = 2

/** Makes texts that a grammar lets through: more different ones than a model would. */
export class GbnfSampler {
  readonly #rules: ReadonlyMap<string, Part>
  /** How many rules deep the shortest text of a rule is. */
  readonly #heights = new Map<string, number>()
  readonly #random: () => number

  constructor(grammar: string, random: () => number) {
    this.#rules = readGrammar(grammar)
    this.#random = random
    for (let changed = true; changed; ) {
      changed = false
      for (const [name, part] of this.#rules) {
        const height = this.#height(part) + 1
        if (height >= (this.#heights.get(name) ?? Infinity)) continue
        this.#heights.set(name, height)
        changed = true
      }
    }
  }

  text(): string {
    return this.#derive({ kind: 'rule', name: 'root' }, 0)
  }

  #height(part: Part): number {
    switch (part.kind) {
      case 'rule':
        return this.#heights.get(part.name) ?? Infinity
      case 'group':
        return Math.min(...part.options.map((option) => this.#sequenceHeight(option)))
      case 'repeat':
        return part.min === 0 ? 0 : this.#height(part.part)
      default:
        return 0
    }
  }

  #sequenceHeight(parts: readonly Part[]): number {
    return Math.max(0, ...parts.map((part) => this.#height(part)))
  }

  #derive(part: Part, depth: number): string {
    switch (part.kind) {
      case 'text':
        return part.text
      case 'class':
        return this.#character(part)
      case 'rule':
        return this.#derive(this.#rules.get(part.name) as Part, depth + 1)
      case 'group': {
        const lowest = this.#height(part)
        const options =
          depth < deep
            ? part.options
            : part.options.filter((option) => this.#sequenceHeight(option) === lowest)
        return this.#one(options)
          .map((each) => this.#derive(each, depth))
          .join('')
      }
      case 'repeat': {
        const most = depth < deep ? Math.min(part.max, part.min + further) : part.min
        const count = part.min + this.#below(most - part.min + 1)
        return Array.from({ length: count }, () => this.#derive(part.part, depth)).join('')
      }
    }
  }

  #character({ inverted, ranges }: Part & { kind: 'class' }): string {
    if (!inverted) {
      const [low, high] = this.#one(ranges)
      return String.fromCodePoint(this.#random() < 0.5 ? low : low + this.#below(high - low + 1))
    }
    for (;;) {
      const code = this.#one([0x20, 0x61, 0x7f, 0xe9, 0x2028, 0x1f600]) + this.#below(20)
      if (!ranges.some(([low, high]) => low <= code && code <= high)) return String.fromCodePoint(code)
    }
  }

  #one<Item>(items: readonly Item[]): Item {
    return items[this.#below(items.length)] as Item
  }

  #below(count: number): number {
    return Math.floor(this.#random() * count)
  }
}
