import { isJsonObject, isPlainObject } from '../json.ts'
import { didYouMean, listNames } from '../text/names.ts'

/**
 * Tells the first thing that is wrong with a value, as a sentence, or undefined when it is fine.
 * `place` is the way to the value, as in `content[1].base64`; it is empty for the value that was handed in.
 */
export type Check = (value: unknown, place: string) => string | undefined

/** How a sentence names a place. */
export function at(place: string): string {
  return place === '' ? 'it' : `'${place}'`
}

export function keyOf(place: string, key: string): string {
  return place === '' ? key : `${place}.${key}`
}

/** A value in a few words: short texts and numbers in full, everything else by its kind. */
export function describeValue(value: unknown): string {
  if (value === null || value === undefined || typeof value === 'boolean') return String(value)
  if (typeof value === 'string')
    return value.length <= 60 ? `'${value}'` : `a text of ${value.length} characters`
  if (typeof value === 'number') return String(value)
  if (Array.isArray(value)) return 'an array'
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`
}

function expect(what: string, accepts: (value: unknown) => boolean): Check {
  return (value, place) =>
    accepts(value) ? undefined : `${at(place)} must be ${what}, not ${describeValue(value)}.`
}

export const checkString: Check = expect('a string', (value) => typeof value === 'string')

export const checkFilledString: Check = expect(
  'a string that is not empty',
  (value) => typeof value === 'string' && value !== '',
)

export const checkBoolean: Check = expect('true or false', (value) => typeof value === 'boolean')

export const checkNumber: Check = expect('a finite number', (value) => Number.isFinite(value))

export const checkIndex: Check = expect(
  'a whole number from 0',
  (value) => Number.isInteger(value) && (value as number) >= 0,
)

export const checkArray: Check = expect('an array', Array.isArray)

export const checkJsonObject: Check = (value, place) => {
  if (!isPlainObject(value)) return `${at(place)} must be an object, not ${describeValue(value)}.`
  if (isJsonObject(value)) return undefined
  return `${at(place)} must be JSON. It holds something else: undefined, a function, an infinite number, a class instance, a cycle or more than 1000 levels.`
}

export function checkOneOf(choices: readonly string[]): Check {
  return (value, place) => {
    if (choices.includes(value as string)) return undefined
    const suggestion = typeof value === 'string' ? didYouMean(value, choices) : ''
    const expected =
      choices.length === 1 ? listNames(choices) : `one of ${listNames(choices, choices.length)}`
    return `${at(place)} must be ${expected}, not ${describeValue(value)}.${suggestion}`
  }
}

export function checkListOf(check: Check): Check {
  return (value, place) => {
    if (!Array.isArray(value)) return checkArray(value, place)
    for (let index = 0; index < value.length; index++) {
      const problem = check(value[index], `${place}[${index}]`)
      if (problem !== undefined) return problem
    }
    return undefined
  }
}

/** Accepts an object that has all of `required`, perhaps some of `optional`, and nothing else. */
export function checkObject(
  required: Readonly<Record<string, Check>>,
  optional: Readonly<Record<string, Check>> = {},
): Check {
  const fields = new Map(Object.entries({ ...required, ...optional }))
  return (value, place) => {
    if (!isPlainObject(value)) return `${at(place)} must be an object, not ${describeValue(value)}.`
    for (const key of Object.keys(value)) {
      if (!fields.has(key)) return unknownKey(key, fields.keys(), place)
    }
    for (const [key, check] of fields) {
      if (Object.hasOwn(value, key)) {
        const problem = check(value[key], keyOf(place, key))
        if (problem !== undefined) return problem
      } else if (Object.hasOwn(required, key)) {
        return `${at(place)} lacks the key '${key}'.`
      }
    }
    return undefined
  }
}

function unknownKey(key: string, known: Iterable<string>, place: string): string {
  const keys = [...known]
  return `${at(place)} has the unknown key '${key}'; its keys are ${listNames(keys)}.${didYouMean(key, keys)}`
}

/** Accepts an object whose key `type` names one of the checks, when that check accepts it. */
export function checkTagged(checks: Readonly<Record<string, Check>>): Check {
  const types = Object.keys(checks)
  const checkType = checkOneOf(types)
  return (value, place) => {
    if (!isPlainObject(value)) return `${at(place)} must be an object, not ${describeValue(value)}.`
    if (!Object.hasOwn(value, 'type')) {
      return `${at(place)} lacks the key 'type'; it is one of ${listNames(types)}.`
    }
    const { type } = value
    return checkType(type, keyOf(place, 'type')) ?? checks[type as string]?.(value, place)
  }
}
