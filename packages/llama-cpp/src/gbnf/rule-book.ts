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
