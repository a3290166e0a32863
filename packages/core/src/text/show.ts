import { isPlainObject } from '../json.ts'
import { listNames } from './names.ts'

const LONGEST = 40

/** At most forty characters of a text that somebody else wrote. */
export function shortened(text: string): string {
  if (text.length <= LONGEST) return text
  // By characters: half of an emoji prints as an escape sequence.
  return `${Array.from(text.slice(0, 2 * LONGEST))
    .slice(0, LONGEST)
    .join('')}…`
}

/** A value as an error shows it: its kind, and the value itself when it is short. */
export function shown(value: unknown): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return `an array of ${value.length}`
  switch (typeof value) {
    case 'undefined':
      return 'nothing'
    case 'string':
      return value.length > LONGEST ? `the string ${JSON.stringify(shortened(value))}` : JSON.stringify(value)
    case 'object':
      return shownObject(value)
    case 'function':
      return 'a function'
    default:
      return `the ${typeof value} ${String(value)}`
  }
}

function shownObject(value: object): string {
  if (!isPlainObject(value)) {
    const made: unknown = value.constructor
    return typeof made === 'function' && made.name ? `an instance of ${made.name}` : 'an instance of a class'
  }
  const keys = Object.keys(value)
  return keys.length === 0 ? 'an empty object' : `an object with ${listNames(keys.map(shortened), 5)}`
}
