/** What is known to be frozen all the way down. */
const known = new WeakSet<object>()

/** Marks tools: their schemas are known by identity, and they are frozen themselves. */
const toolBrand = Symbol.for('millrace.tool')

/** Up to here neither cycles nor what is reached along several ways is looked for. */
const SIMPLE_DEPTH = 40
const SIMPLE_SIZE = 10_000

/** From this length on a list is long: making all it holds anew costs much where the same objects come again. */
const LONG = 50

type Parts = Record<string, unknown>

/** Copies of what stood in long lists, by what they were made of. */
const copies = new WeakMap<object, Parts>()

/** How deep what is known to be large or to have cycles is followed; deeper values stay as they are. */
const DEEPEST = 1000

/**
 * A value that nobody can change: a copy that is frozen all the way down, or the value itself where it is that already.
 * Only plain objects and arrays are copied. Whatever else there is (instances of classes, typed arrays, functions, tools)
 * is shared as it is, and so is what throws when it is read.
 *
 * A frozen copy is known when it comes again, and is not walked twice.
 */
export function frozenCopy<T>(value: T): T {
  if (typeof value !== 'object' || value === null || known.has(value)) return value
  try {
    const copied = new Freezer().copy(value) ?? new Freezer(new Map()).copy(value)
    return copied as T
  } catch {
    // A getter that throws, or a proxy.
    return value
  }
}

/** A copy of plain objects and arrays, all the way down, that its owner may change. */
export function ownCopy<T>(value: T, made: Map<object, object> = new Map(), depth = 0): T {
  if (typeof value !== 'object' || value === null || depth > DEEPEST || !isData(value)) return value
  const before = made.get(value)
  if (before !== undefined) return before as T
  const copy = (Array.isArray(value) ? value.slice() : { ...value }) as Parts
  made.set(value, copy)
  for (const key of Object.keys(copy)) copy[key] = ownCopy(copy[key], made, depth + 1)
  return copy as T
}

/** Copies one value. */
class Freezer {
  readonly #made: Map<object, object> | undefined
  #size = 0
  #depth = 0
  /** Whether copies are remembered: those of what stands in a long list. */
  #remembers = false

  /** @param made what was copied, for values with cycles or with many ways to one object */
  constructor(made?: Map<object, object>) {
    this.#made = made
  }

  /** Undefined for what needs `made`. */
  copy(value: object): object | undefined {
    if (known.has(value) || !isData(value)) return value
    if (this.#made === undefined) {
      if (++this.#size > SIMPLE_SIZE || this.#depth > SIMPLE_DEPTH) return undefined
    } else {
      const before = this.#made.get(value)
      if (before !== undefined || this.#depth > DEEPEST) return before ?? value
    }
    this.#depth++
    const copy = Array.isArray(value) ? this.#copyList(value) : this.#copyObject(value)
    this.#depth--
    // What stands inside an object is marked when it comes alone: most of it never does.
    if (copy !== undefined && (this.#depth === 0 || this.#remembers || copy === value)) known.add(copy)
    return copy
  }

  #copyList(list: readonly unknown[]): object | undefined {
    const copy = list.slice()
    this.#made?.set(list, copy)
    const remembered = this.#remembers
    this.#remembers ||= list.length >= LONG
    let isSame = this.#made === undefined && Object.isFrozen(list)
    for (let index = 0; index < copy.length; index++) {
      const part = copy[index]
      if (typeof part !== 'object' || part === null) continue
      const made = this.copy(part)
      if (made === undefined) return undefined
      if (made === part) continue
      copy[index] = made
      isSame = false
    }
    this.#remembers = remembered
    return isSame ? list : Object.freeze(copy)
  }

  #copyObject(object: object): object | undefined {
    const before = copies.get(object)
    if (before !== undefined && this.#made === undefined && this.#isStillCopy(object as Parts, before))
      return before
    const copy: Parts = { ...object }
    this.#made?.set(object, copy)
    let isSame = this.#made === undefined && Object.isFrozen(object)
    for (const key in copy) {
      const part = copy[key]
      if (typeof part !== 'object' || part === null) continue
      const made = this.copy(part)
      if (made === undefined) return undefined
      if (made === part) continue
      copy[key] = made
      isSame = false
    }
    if (isSame) return object
    if (this.#remembers) copies.set(object, copy)
    return Object.freeze(copy)
  }

  /** Whether the object still has what it had when it was copied. Much cheaper than to freeze another copy. */
  #isStillCopy(object: Parts, copy: Parts): boolean {
    let keys = 0
    for (const key in object) {
      keys++
      const part = object[key]
      const made = typeof part === 'object' && part !== null ? this.copy(part) : part
      if (!Object.is(made, copy[key])) return false
    }
    for (const _ in copy) keys--
    return keys === 0
  }
}

/** Plain objects and arrays, of another realm too. */
function isData(value: object): boolean {
  if (Array.isArray(value)) return true
  const prototype = Object.getPrototypeOf(value)
  if (prototype !== Object.prototype && prototype !== null && Object.getPrototypeOf(prototype) !== null)
    return false
  return !(toolBrand in value)
}
