/** What is known to be frozen all the way down. */
const known = new WeakSet<object>()

/** Marks tools: their schemas are known by identity, and they are frozen themselves. */
const toolBrand = Symbol.for('millrace.tool')

/** Up to here neither cycles nor what is reached along several ways is looked for. */
const SIMPLE_DEPTH = 40
const SIMPLE_SIZE = 10_000

/** From this length on a list is long: the copy is remembered, for a caller who gives the same list again. */
const LONG = 50

type Parts = Record<string, unknown>

/** The copies of long lists, by what they were made of. */
const copies = new WeakMap<object, readonly unknown[]>()

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

/** Whether it is known that nobody can change the value: it is a frozen copy, or was found to be frozen all the way down. */
export function isKnownFrozen(value: object): boolean {
  return known.has(value)
}

/** Copies one value. */
class Freezer {
  readonly #made: Map<object, object> | undefined
  #size = 0
  #depth = 0

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
    // To mark costs more than to copy something small: a new part is marked when it comes again, as most never do.
    if (copy !== undefined && (this.#depth === 0 || (this.#depth === 1 && copy === value))) known.add(copy)
    return copy
  }

  #copyList(list: readonly unknown[]): object | undefined {
    const isLong = this.#made === undefined && list.length >= LONG
    const before = isLong ? copies.get(list) : undefined
    if (before !== undefined && isStillCopy(list, before)) return before
    const copy = list.slice()
    this.#made?.set(list, copy)
    let isChanged = false
    for (let index = 0; index < copy.length; index++) {
      const part = copy[index]
      if (typeof part !== 'object' || part === null || known.has(part)) continue
      const made = this.copy(part)
      if (made === undefined) return undefined
      if (made === part) continue
      copy[index] = made
      isChanged = true
    }
    if (this.#made === undefined && !isChanged && Object.isFrozen(list)) return list
    if (isLong) copies.set(list, copy)
    return Object.freeze(copy)
  }

  #copyObject(object: object): object | undefined {
    if (this.#made === undefined && Object.isFrozen(object) && this.#isDeeplyFrozen(object as Parts))
      return object
    const copy: Parts = { ...object }
    this.#made?.set(object, copy)
    for (const key in copy) {
      const part = copy[key]
      if (typeof part !== 'object' || part === null) continue
      const made = this.copy(part)
      if (made === undefined) return undefined
      copy[key] = made
    }
    return Object.freeze(copy)
  }

  #isDeeplyFrozen(object: Parts): boolean {
    for (const key in object) {
      const part = object[key]
      if (typeof part === 'object' && part !== null && this.copy(part) !== part) return false
    }
    return true
  }
}

/** Whether data still is what it was when it was copied. Much cheaper than to freeze another copy. */
function isStillCopy(value: unknown, copy: unknown): boolean {
  if (Object.is(value, copy)) return true
  if (typeof value !== 'object' || typeof copy !== 'object' || value === null || copy === null) return false
  if (Array.isArray(value)) {
    if (!Array.isArray(copy) || value.length !== copy.length) return false
    for (let index = 0; index < copy.length; index++) {
      if (!Object.is(value[index], copy[index]) && !isStillCopy(value[index], copy[index])) return false
    }
    return true
  }
  if (Object.getPrototypeOf(value) !== Object.getPrototypeOf(copy)) return false
  let keys = 0
  for (const key in value) {
    keys++
    if (!isStillCopy((value as Parts)[key], (copy as Parts)[key])) return false
  }
  for (const _ in copy) keys--
  return keys === 0
}

/** Plain objects and arrays, of another realm too. A match of a regular expression has more than its elements. */
function isData(value: object): boolean {
  if (Array.isArray(value)) return !('index' in value)
  const prototype = Object.getPrototypeOf(value)
  if (prototype !== Object.prototype && prototype !== null && Object.getPrototypeOf(prototype) !== null)
    return false
  return !(toolBrand in value)
}
