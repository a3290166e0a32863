import { isDeepStrictEqual } from 'node:util'
import type { JsonObject } from '@millrace/core'
import { isJsonObject } from '@millrace/core/component'
import { type CharSet, charClass, complement, union } from './char-set.ts'
import { countOf } from './keywords.ts'
import { type Compiling, gbnfLiteral, type RuleBook, repeated } from './rule-book.ts'

const mostKeys = 1000
const longestKey = 1000

/** A key that the schema names, and whether it must be there. */
interface Property {
  /** The body of its pair. */
  readonly pair: string
  readonly required: boolean
}

/** The body of a rule for the objects that fit: the named keys in the order of the schema, then others. */
export function objectBody(schema: JsonObject, path: string, compiling: Compiling): string {
  return new ObjectRules(schema, path, compiling).body()
}

class ObjectRules {
  readonly #path: string
  readonly #compiling: Compiling
  readonly #ws: string
  readonly #least: number
  readonly #most: number
  readonly #properties: readonly Property[]
  /** The rule for a pair with any other key. */
  readonly #other: string | undefined
  /** By how many properties came before, and how many of them were written. Undefined: there is no way to the end. */
  readonly #states = new Map<string, string | undefined>()

  constructor(schema: JsonObject, path: string, compiling: Compiling) {
    const { json, refuse } = compiling
    this.#path = path
    this.#compiling = compiling
    this.#ws = json.name('ws')
    this.#least = countOf(schema, 'minProperties', 0, path, refuse)
    this.#most = countOf(schema, 'maxProperties', Infinity, path, refuse)
    const named = schema['properties'] ?? {}
    if (!isJsonObject(named)) throw refuse(path, "has 'properties' that are no object")
    const required = requiredKeys(schema, path, compiling)
    // Without a word about them, others are not asked for where some have a name.
    const others = schema['additionalProperties'] ?? (Object.keys(named).length === 0 || undefined)
    const keys = new Map(Object.entries(named))
    for (const key of required) {
      if (keys.has(key)) continue
      if (others === false) {
        throw refuse(path, `requires '${key}', which is not among its properties`)
      }
      keys.set(key, others ?? true)
    }
    if (keys.size > mostKeys) throw refuse(path, `has ${keys.size} properties. Possible: ${mostKeys}`)
    const longest = Math.max(0, ...[...keys.keys()].map((key) => key.length))
    if (longest > longestKey) {
      throw refuse(path, `has a key of ${longest} characters. Possible: ${longestKey}`)
    }
    this.#properties = this.#named(keys, required)
    this.#other = this.#others(others, [...keys.keys()], schema['propertyNames'])
  }

  body(): string {
    const all = this.#from(0, 0)
    if (all === undefined) {
      throw this.#compiling.refuse(this.#path, this.#impossible())
    }
    return `"{" ${this.#ws} ${all === '' ? '' : `${all} ${this.#ws} `}"}"`
  }

  /** Why there is no object with as many properties as there must be. */
  #impossible(): string {
    const required = this.#properties.filter((property) => property.required).length
    if (required > this.#most) {
      return `has a 'maxProperties' of ${this.#most} that cannot be kept: ${required} are required`
    }
    if (this.#least > this.#most) {
      return `has a 'minProperties' of ${this.#least} and a 'maxProperties' of ${this.#most}, which nothing keeps`
    }
    const has = this.#other === undefined ? 'only those with a name' : 'no keys that are sure to differ'
    return `has a 'minProperties' of ${this.#least} that cannot be kept: there are ${has}`
  }

  #named(keys: ReadonlyMap<string, unknown>, required: ReadonlySet<string>): Property[] {
    const { refuse } = this.#compiling
    const properties: Property[] = []
    for (const [key, schema] of keys) {
      const path = `${this.#path}.properties.${key}`
      if (schema === false) {
        if (required.has(key)) throw refuse(path, 'is false, which no reply can fit')
        continue
      }
      const value = this.#compiling.value(schema, path, key)
      const pair = `${gbnfLiteral(`${JSON.stringify(key)}:`)} ${this.#ws} ${value}`
      properties.push({ pair, required: required.has(key) })
    }
    return properties
  }

  #others(schema: unknown, keys: readonly string[], names: unknown): string | undefined {
    const { book, json, refuse } = this.#compiling
    if (names !== undefined && names !== true && !isJsonObject(names)) {
      throw refuse(this.#path, `has ${JSON.stringify(names)} for 'propertyNames', which no key fits`)
    }
    const checksNames = isJsonObject(names) && !isDeepStrictEqual(names, { type: 'string' })
    if (checksNames && keys.length > 0) throw refuse(this.#path, "has 'propertyNames' beside 'properties'")
    if (schema === undefined || schema === false) return undefined
    const value = this.#compiling.value(schema, `${this.#path}.additionalProperties`, 'other')
    const key = checksNames
      ? this.#compiling.value({ type: 'string', ...names }, `${this.#path}.propertyNames`, 'key')
      : keys.length > 0
        ? otherKey(keys, book)
        : json.name('string')
    return book.shared('other', `${key} ":" ${this.#ws} ${value}`)
  }

  /** What may follow after the first `index` properties when `written` of them are there. */
  #from(index: number, written: number): string | undefined {
    const property = this.#properties[index]
    if (!property) return this.#end(written)
    // Beyond what is asked for, it only matters whether something is there.
    const counted = this.#most === Infinity ? Math.min(written, Math.max(1, this.#least)) : written
    const state = `${index} ${counted}`
    if (this.#states.has(state)) return this.#states.get(state)
    const made = this.#make(property, index, counted)
    const name = made === undefined || made === '' ? made : this.#compiling.book.shared('more', made)
    this.#states.set(state, name)
    return name
  }

  #make(property: Property, index: number, written: number): string | undefined {
    const without = property.required ? undefined : this.#from(index + 1, written)
    const after = written < this.#most ? this.#from(index + 1, written + 1) : undefined
    if (after === undefined) return without
    const pair = `${written > 0 ? `"," ${this.#ws} ` : ''}${property.pair}${after === '' ? '' : ` ${after}`}`
    if (without === undefined) return pair
    return without === '' ? `(${pair})?` : `${pair} | ${without}`
  }

  /** Other keys. The same may come twice, so that more than one of them counts as one. */
  #end(written: number): string | undefined {
    const missing = this.#least - written
    if (missing > (this.#other === undefined ? 0 : 1) || written > this.#most) return undefined
    if (this.#other === undefined || written === this.#most) return missing > 0 ? undefined : ''
    const { book } = this.#compiling
    const next = book.shared('next', `"," ${this.#ws} ${this.#other}`)
    const least = Math.max(0, missing)
    if (written > 0) return repeated(book, next, least, this.#most - written)
    const all = `${this.#other} ${repeated(book, next, 0, this.#most - 1)}`
    return least > 0 ? all : `(${all})?`
  }
}

function requiredKeys(schema: JsonObject, path: string, { refuse }: Compiling): Set<string> {
  const required = schema['required'] ?? []
  if (Array.isArray(required) && required.every((key) => typeof key === 'string')) return new Set(required)
  throw refuse(path, "has a 'required' that is no list of texts")
}

/** What a key of characters that stand for themselves cannot have, and half characters. */
const NOT_PLAIN: CharSet = [
  [0, 0x1f],
  [0x22, 0x22],
  [0x5c, 0x5c],
  [0xd800, 0xdfff],
]

interface Branch {
  readonly next: Map<string, Branch>
  ends: boolean
}

/** The rule for a key that is none of these. It is written without escapes, for with them it could be one of these. */
function otherKey(keys: readonly string[], book: RuleBook): string {
  const root: Branch = { next: new Map(), ends: false }
  for (const key of keys) {
    let branch = root
    for (const character of key) {
      const next = branch.next.get(character) ?? { next: new Map(), ends: false }
      branch.next.set(character, next)
      branch = next
    }
    branch.ends = true
  }
  const plain = book.shared('plain', charClass(complement(NOT_PLAIN)))
  const rest = (branch: Branch): string => {
    const taken = [...branch.next.keys()].map((key): [number, number] => {
      const code = key.codePointAt(0) as number
      return [code, code]
    })
    const bodies = [`${charClass(complement(union(NOT_PLAIN, taken)))} ${plain}*`]
    for (const [character, next] of branch.next) {
      const isPlain = JSON.stringify(character) === `"${character}"`
      if (isPlain) bodies.push(`${gbnfLiteral(character)} ${rest(next)}`)
    }
    const body = bodies.join(' | ')
    return book.shared('differs', branch.ends ? body : `(${body})?`)
  }
  return book.shared('key', `"\\"" ${rest(root)} "\\""`)
}
