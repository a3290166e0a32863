import type { JsonValue } from '../json.ts'

/**
 * The one JSON text of a value: no white space, the keys of every object sorted by UTF-16 code units, strings
 * and numbers as `JSON.stringify` writes them (RFC 8785). Equal values give equal texts, whatever the order of their keys.
 */
export function canonicalJson(value: JsonValue): string {
  if (isArray(value)) return `[${value.map(canonicalJson).join(',')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const entries = Object.keys(value)
    .sort()
    .map((key) => `${JSON.stringify(key)}:${canonicalJson(value[key] as JsonValue)}`)
  return `{${entries.join(',')}}`
}

/** `Array.isArray` does not narrow readonly arrays. */
function isArray(value: JsonValue): value is readonly JsonValue[] {
  return Array.isArray(value)
}
