/** What JSON can express. Numbers are finite; there is no `undefined`, not even as the value of a key. */
export type JsonValue =
  | string
  | number
  | boolean
  | null
  | readonly JsonValue[]
  | { readonly [key: string]: JsonValue }

export type JsonObject = { readonly [key: string]: JsonValue }

/** Deeper values overflow the stack of `JSON.stringify` and `structuredClone`, so they could not travel. */
const maxDepth = 1000

/**
 * True for a value that comes back equal from `JSON.parse(JSON.stringify(value))`: no cycle, no hole in an
 * array, no class instance, at most 1000 levels deep. Linear in the size of the value, also where one object
 * is reached along several ways.
 */
export function isJsonValue(value: unknown): value is JsonValue {
  return isJson(value, 0, new Map())
}

/** True for an object literal, a null-prototype object, and either of them from another realm. */
export function isPlainObject(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  const prototype = Object.getPrototypeOf(value)
  return prototype === null || Object.getPrototypeOf(prototype) === null
}

export function isJsonObject(value: unknown): value is JsonObject {
  return isPlainObject(value) && isJsonValue(value)
}

/** `seen` says of each object whether it was found to be JSON; false means that it is still being looked at. */
function isJson(value: unknown, depth: number, seen: Map<object, boolean>): boolean {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return true
  if (typeof value === 'number') return Number.isFinite(value)
  if (typeof value !== 'object' || depth >= maxDepth) return false
  const known = seen.get(value)
  if (known !== undefined) return known
  if (!Array.isArray(value) && !isPlainObject(value)) return false
  seen.set(value, false)
  // A copy of an array has `undefined` where the array has a hole.
  const items = Array.isArray(value) ? Array.from(value) : Object.values(value)
  for (const item of items) {
    if (!isJson(item, depth + 1, seen)) return false
  }
  seen.set(value, true)
  return true
}
