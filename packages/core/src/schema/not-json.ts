import { isJsonValue, isPlainObject } from '../json.ts'

export interface PlaceInValue {
  readonly path: readonly (string | number)[]
  readonly value: unknown
}

/** A path that is longer than this helps nobody: the value is too deep, or contains itself. */
const LONGEST_PATH = 100

/** The first part of a value because of which it is not JSON: the value itself where no part alone is to blame. */
export function notJsonIn(whole: unknown): PlaceInValue {
  const path: (string | number)[] = []
  let value = whole
  while (Array.isArray(value) || isPlainObject(value)) {
    // `entries` of an array has its holes too, `Object.entries` has not.
    const parts: [string | number, unknown][] = Array.isArray(value)
      ? [...value.entries()]
      : Object.entries(value)
    const wrong = parts.find(([, part]) => !isJsonValue(part))
    if (wrong === undefined) break
    if (path.length === LONGEST_PATH) return { path: [], value: whole }
    path.push(wrong[0])
    value = wrong[1]
  }
  return { path, value }
}
