/** How many characters may still be recorded. What is over is cut, and says so. */
export class TextBudget {
  #left: number

  constructor(characters: number) {
    this.#left = characters
  }

  get exhausted(): boolean {
    return this.#left <= 0
  }

  /** Pays for structure and for what is not text. */
  spend(characters: number): void {
    this.#left -= characters
  }

  /** The text, or as much of its beginning as is left, with its length. */
  take(text: string): string {
    const left = Math.max(0, this.#left)
    this.#left -= text.length
    if (text.length <= left) return text
    // Half a character would not survive the way to the backend.
    const end = isHighSurrogate(text.charCodeAt(left - 1)) ? left - 1 : left
    return `${text.slice(0, end)}… (${text.length} characters)`
  }
}

function isHighSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdbff
}

const deepest = 12
/** Longer lists of numbers are embeddings and the like: their length says more than their beginning. */
const mostNumbers = 16

/**
 * A value as JSON, with as much of it as the budget allows. What JSON cannot say, and base64 data, is replaced by a
 * note in parentheses.
 */
export function shortened(value: unknown, budget: TextBudget, key = '', depth = 0): unknown {
  switch (typeof value) {
    case 'string':
      return key === 'base64' ? `(${value.length} characters of base64)` : budget.take(value)
    case 'number':
      budget.spend(8)
      return Number.isFinite(value) ? value : String(value)
    case 'boolean':
      budget.spend(5)
      return value
    case 'object':
      return value === null ? null : shortenedObject(value, budget, depth)
    case 'function':
      return `(function ${value.name})`
    case 'undefined':
      return undefined
    default:
      return budget.take(String(value))
  }
}

function shortenedObject(value: object, budget: TextBudget, depth: number): unknown {
  if (depth >= deepest) return '(deeper)'
  if (Array.isArray(value)) return shortenedList(value, budget, depth)
  if (ArrayBuffer.isView(value)) return `(${value.byteLength} bytes)`
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? '(invalid date)' : value.toISOString()
  const prototype = Object.getPrototypeOf(value)
  if (prototype !== Object.prototype && prototype !== null) return `(${value.constructor?.name ?? 'object'})`
  return shortenedEntries(Object.entries(value), budget, depth)
}

function shortenedList(list: readonly unknown[], budget: TextBudget, depth: number): unknown {
  if (list.length > mostNumbers && list.every((item) => typeof item === 'number')) {
    return `(${list.length} numbers)`
  }
  const items: unknown[] = []
  for (const item of list) {
    if (budget.exhausted) return [...items, `(${list.length - items.length} more)`]
    budget.spend(1)
    items.push(shortened(item, budget, '', depth + 1))
  }
  return items
}

function shortenedEntries(
  entries: readonly (readonly [string, unknown])[],
  budget: TextBudget,
  depth: number,
): unknown {
  const result: [string, unknown][] = []
  for (const [name, value] of entries) {
    if (budget.exhausted) {
      result.push(['…', `(${entries.length - result.length} more)`])
      break
    }
    budget.spend(name.length + 4)
    result.push([name, shortened(value, budget, name, depth + 1)])
  }
  return Object.fromEntries(result)
}
