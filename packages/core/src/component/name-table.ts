import { DefinitionError } from '../errors.ts'
import { didYouMean, listNames } from '../text/names.ts'

/** A value with the name that its package gives it. */
export interface NamedEntry<T> {
  readonly owner: string
  readonly name: string
  readonly value: T
}

/** The names under which files find the values of one kind: with the package, and alone where no other package has it. */
export class NameTable<T> {
  readonly #kind: string
  readonly #entries: readonly NamedEntry<T>[]
  readonly #byName = new Map<string, NamedEntry<T>[]>()

  /** @param kind what messages call a value, such as `tool` */
  constructor(kind: string, entries: readonly NamedEntry<T>[]) {
    this.#kind = kind
    this.#entries = entries
    for (const entry of entries) {
      for (const name of [entry.name, qualified(entry)]) {
        const others = this.#byName.get(name)
        if (others === undefined) this.#byName.set(name, [entry])
        else others.push(entry)
      }
    }
  }

  /** Every value with all names that find it, the shortest first. */
  entries(): { readonly value: T; readonly names: readonly string[] }[] {
    return this.#entries.map((entry) => ({ value: entry.value, names: this.#namesOf(entry) }))
  }

  /** The shortest name of every value. */
  names(): string[] {
    return this.#entries.map((entry) => this.#namesOf(entry)[0] as string)
  }

  /** All names that find this value, the shortest first. */
  namesOf(value: unknown): readonly string[] {
    const entry = this.#entries.find((candidate) => candidate.value === value)
    return entry === undefined ? [] : this.#namesOf(entry)
  }

  /** The value of a name, or why there is none: `REGISTRY_UNKNOWN` or `REGISTRY_AMBIGUOUS`. */
  find(name: string): { readonly value: T } | DefinitionError {
    const [first, ...others] = this.#byName.get(name) ?? []
    if (first === undefined) {
      return new DefinitionError(
        'REGISTRY_UNKNOWN',
        `No ${this.#kind} '${name}' is registered. Registered: ${listNames(this.names(), 60)}.${didYouMean(name, this.#byName.keys())}`,
      )
    }
    if (others.length === 0) return first
    const choices = [first, ...others].map(qualified)
    return new DefinitionError(
      'REGISTRY_AMBIGUOUS',
      `Several packages have a ${this.#kind} '${name}'. Write ${listNames(choices)}.`,
    )
  }

  #namesOf(entry: NamedEntry<T>): string[] {
    const isAlone = this.#byName.get(entry.name)?.length === 1
    return isAlone ? [entry.name, qualified(entry)] : [qualified(entry)]
  }
}

function qualified({ owner, name }: NamedEntry<unknown>): string {
  return `${owner}/${name}`
}
