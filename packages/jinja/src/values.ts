import { Fault } from './jinja-error.ts'
import { Float } from './numbers.ts'

// Strings, booleans, numbers (see `numbers.ts`), null for none, arrays for lists and plain objects for dicts are values
// as they are. The classes here are what Python has besides.

/** What is not there. It prints as nothing, is empty and false; nearly everything else that is done with it fails. */
export class Undefined {
  readonly #name: string
  readonly #owner: unknown

  constructor(name: string, owner?: unknown) {
    this.#name = name
    this.#owner = owner
  }

  fault(): Fault {
    const what =
      this.#owner === undefined
        ? `'${this.#name}' is undefined`
        : this.#owner === NO_NAME
          ? this.#name
          : `${typeName(this.#owner)} has no '${this.#name}'`
    return new Fault('UNDEFINED', `${what}.`)
  }
}

/** Whether a value is not there; JavaScript's `undefined` counts, too. */
export function isMissing(value: unknown): boolean {
  return value === undefined || value instanceof Undefined
}

/** As the owner of something undefined: its name is a whole sentence, without the full stop. */
export const NO_NAME = Symbol('no name')

export class Tuple extends Array<unknown> {
  static override get [Symbol.species]() {
    return Array
  }

  static of2(first: unknown, second: unknown): Tuple {
    const tuple = new Tuple()
    tuple.push(first, second)
    return tuple
  }

  static fromItems(items: Iterable<unknown>): Tuple {
    const tuple = new Tuple()
    for (const item of items) tuple.push(item)
    return tuple
  }
}

/** An element of `groupby`: a tuple whose two items have names, too. */
export class Group extends Tuple {}

export class Range extends Array<number> {
  start = 0
  stop = 0
  step = 1

  static override get [Symbol.species]() {
    return Array
  }

  static between(start: number, stop: number, step: number, length: number): Range {
    const range = new Range()
    range.start = start
    range.stop = stop
    range.step = step
    for (let index = 0; index < length; index++) range.push(start + index * step)
    return range
  }

  static slice({ start, step }: Range, items: readonly number[], stride: number): Range {
    const [first = start] = items
    return Range.between(first, first + items.length * step * stride, step * stride, items.length)
  }
}

/** What can be gone over once: the results of `map`, `select` and their like. */
export class Generator {
  readonly #items: Iterator<unknown>

  constructor(items: Iterable<unknown>) {
    this.#items = items[Symbol.iterator]()
  }

  [Symbol.iterator](): Iterator<unknown> {
    return { next: () => this.#items.next() }
  }
}

/** `keys()`, `values()` and `items()` of a dict: they have a length and an order, but no index. */
export class DictView {
  readonly kind: 'dict_keys' | 'dict_values' | 'dict_items'
  readonly items: readonly unknown[]

  constructor(kind: DictView['kind'], items: readonly unknown[]) {
    this.kind = kind
    this.items = items
  }
}

/** A dict that a template made. Its keys may be numbers, booleans, none and tuples of these. */
export class Dict {
  readonly #entries = new Map<unknown, [key: unknown, value: unknown]>()

  get size(): number {
    return this.#entries.size
  }

  get(key: unknown): unknown {
    return this.#entries.get(hashKey(key))?.[1]
  }

  has(key: unknown): boolean {
    return this.#entries.has(hashKey(key))
  }

  /** As in Python the first of several equal keys stays. */
  set(key: unknown, value: unknown): void {
    const hash = hashKey(key)
    const entry = this.#entries.get(hash)
    if (entry) entry[1] = value
    else this.#entries.set(hash, [key, value])
  }

  delete(key: unknown): void {
    this.#entries.delete(hashKey(key))
  }

  clear(): void {
    this.#entries.clear()
  }

  entries(): Iterable<readonly [unknown, unknown]> {
    return this.#entries.values()
  }
}

/** Text that `escape` or `safe` has marked as HTML: what is joined to it is escaped. */
export class Markup {
  readonly text: string

  constructor(text: string) {
    this.text = text
  }
}

/** The only value whose attributes a template can set. */
export class Namespace {
  readonly attributes = new Map<string, unknown>()
}

/** What can be called: a macro, a function of the language, or a method of a value. */
export class Callable {
  readonly name: string
  readonly kind: 'function' | 'macro' | 'method'
  readonly call: (positional: unknown[], named: ReadonlyMap<string, unknown>) => unknown
  /** Attributes that a template can read. */
  readonly attributes: ReadonlyMap<string, unknown>

  constructor(
    kind: Callable['kind'],
    name: string,
    call: Callable['call'],
    attributes: ReadonlyMap<string, unknown> = new Map(),
  ) {
    this.kind = kind
    this.name = name
    this.call = call
    this.attributes = attributes
  }
}

/** A value that knows what it prints as. */
export abstract class SelfPrinting {
  abstract print(): string
}

/**
 * A value of the caller's own making: what it prints as, and which attributes it has. Reading any other attribute of it
 * is an error that lists them.
 */
export abstract class TemplateObject extends SelfPrinting {
  /** For messages, such as `a chat message`. */
  abstract readonly typeName: string
  /** The names that `attribute` knows. */
  abstract readonly attributeNames: readonly string[]
  /** Only asked for names that are in `attributeNames`; undefined counts as missing. */
  abstract attribute(name: string): unknown
  /** What `tojson` writes. */
  abstract toJSON(): unknown
}

/** A dict of the template or a plain object of the caller. */
export type Mapping = Dict | { readonly [key: string]: unknown }

export function isMapping(value: unknown): value is Mapping {
  return value instanceof Dict || isPlainObject(value)
}

/** An object that a literal or `JSON.parse` makes, of any realm. */
export function isPlainObject(value: unknown): value is { readonly [key: string]: unknown } {
  if (typeof value !== 'object' || value === null) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null || isForeignRoot(prototype)
}

/** `Object.prototype` of another realm, which no class of ours and no built-in class has as its own. */
function isForeignRoot(prototype: unknown): boolean {
  return Object.getPrototypeOf(prototype) === null && Object.hasOwn(prototype as object, 'hasOwnProperty')
}

/** Undefined where the key is missing. */
export function getEntry(mapping: Mapping, key: unknown): unknown {
  if (mapping instanceof Dict) return mapping.get(key)
  if (typeof key === 'string') return Object.hasOwn(mapping, key) ? mapping[key] : undefined
  hashKey(key)
  return undefined
}

export function entriesOf(mapping: Mapping): Iterable<readonly [unknown, unknown]> {
  return mapping instanceof Dict ? mapping.entries() : definedEntries(mapping)
}

function definedEntries(object: { readonly [key: string]: unknown }): (readonly [string, unknown])[] {
  return Object.entries(object).filter(([, value]) => value !== undefined)
}

export function keysOf(mapping: Mapping): unknown[] {
  return Array.from(entriesOf(mapping), ([key]) => key)
}

export function sizeOf(mapping: Mapping): number {
  if (mapping instanceof Dict) return mapping.size
  let size = 0
  for (const key in mapping) if (Object.hasOwn(mapping, key) && mapping[key] !== undefined) size++
  return size
}

/** As `sizeOf`, without counting to the end. */
export function hasEntries(mapping: Mapping): boolean {
  if (mapping instanceof Dict) return mapping.size > 0
  for (const key in mapping) if (Object.hasOwn(mapping, key) && mapping[key] !== undefined) return true
  return false
}

/** What equal keys have in common: 1, 1.0 and True are one key. @throws Fault `TYPE` for what cannot be a key */
export function hashKey(key: unknown): unknown {
  switch (typeof key) {
    case 'string':
    case 'number':
    case 'bigint':
      return key
    case 'boolean':
      return Number(key)
  }
  if (key instanceof Float) return key.value
  if (key instanceof Markup) return key.text
  if (key instanceof Tuple) return `\0tuple ${tupleHash(key, { size: 0 })}`
  if (Array.isArray(key) || isMapping(key)) {
    throw new Fault('TYPE', `${typeName(key)} cannot be a key, nor an element of a set.`)
  }
  return key instanceof Undefined ? undefined : key
}

/** What is looked at of a tuple that is a key: each lookup looks at all of it. */
const LONGEST_KEY = 1000

function tupleHash(key: Tuple, seen: { size: number }): string {
  const hashes = key.map((item): string => {
    const hash = item instanceof Tuple ? tupleHash(item, seen) : hashKey(item)
    seen.size += typeof hash === 'string' && !(item instanceof Tuple) ? 1 + hash.length : 1
    if (seen.size > LONGEST_KEY) {
      throw new Fault('LIMIT', `A tuple that is a key has at most ${LONGEST_KEY} elements and characters.`, {
        limit: 'valueSize',
      })
    }
    return `${typeof hash} ${String(hash)}`
  })
  return JSON.stringify(hashes)
}

/** A string, or one that is marked as HTML. */
export function isText(value: unknown): value is string | Markup {
  return typeof value === 'string' || value instanceof Markup
}

/** What messages call a value. */
export function typeName(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return 'a string'
    case 'boolean':
      return 'a boolean'
    case 'bigint':
      return 'an integer'
    case 'number':
      return Number.isSafeInteger(value) ? 'an integer' : 'a float'
    case 'undefined':
      return 'something undefined'
    case 'function':
    case 'symbol':
      return `a JavaScript ${typeof value}`
  }
  if (value === null) return 'none'
  if (value instanceof TemplateObject) return value.typeName
  for (const [type, name] of NAMES) if (value instanceof type) return name
  if (value instanceof Callable) return `the ${value.kind} '${value.name}'`
  if (Array.isArray(value)) return 'a list'
  return isMapping(value) ? 'a dict' : `an object that is not plain data`
}

const NAMES = [
  [Float, 'a float'],
  [Undefined, 'something undefined'],
  [Tuple, 'a tuple'],
  [Range, 'a range'],
  [Generator, 'a generator'],
  [DictView, 'a view of a dict'],
  [Markup, 'a string'],
  [Namespace, 'a namespace'],
] as const

/** The fault for what is not data: JavaScript functions, symbols, and objects with a class. */
export function notData(value: unknown): Fault {
  const name = typeName(value)
  return new Fault(
    'FORBIDDEN',
    `${name[0]?.toUpperCase()}${name.slice(1)} cannot be used in a template: values are plain data, as in JSON.`,
  )
}
