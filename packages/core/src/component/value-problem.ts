import type { ErrorObject } from 'ajv'
import { didYouMean, listNames } from '../suggest.ts'
import { notJsonIn } from './not-json.ts'
import { CHECK_KEYWORD, NAME_KEYWORD, type ValueCheck } from './schema.ts'
import { shortened, shown } from './shown.ts'
import type { JsonSchema } from './socket-type.ts'
import { withoutHopelessMembers } from './union-errors.ts'

/** One thing that is wrong with a value. */
export interface ValueProblem {
  /** Keys and indexes from the value down to the place. */
  readonly path: readonly (string | number)[]
  readonly message: string
  /** Set when the place is a key that should not be there: the loader points at the key, not at its value. */
  readonly unknownKey?: string
  /** Set when the place is an object that lacks this key. */
  readonly missingKey?: string
}

/** Of a value with a mistake in each of its million elements nobody reads more. */
const MOST_PROBLEMS = 100

/** The errors of a validator in words, each once. `value` is what was validated. */
export function problemsOf(errors: readonly ErrorObject[], value: unknown): ValueProblem[] {
  const useful = withoutHopelessMembers(errors)
  const wrong = placesWithin(useful)
  const told: ValueProblem[] = []
  const seen = new Set<string>()
  for (const error of useful) {
    // What an `if` failed for is told by the errors of its `then`.
    if (error.keyword === 'if' || (isJsonCheck(error) && wrong.has(error.instancePath))) continue
    const problem = problemOf(error, value)
    const key = JSON.stringify([problem.path, problem.message])
    if (seen.has(key)) continue
    seen.add(key)
    told.push(problem)
    if (told.length === MOST_PROBLEMS) break
  }
  return told
}

/** The places with an error at or below them other than that they are not JSON. */
function placesWithin(errors: readonly ErrorObject[]): ReadonlySet<string> {
  const places = new Set<string>()
  if (!errors.some(isJsonCheck)) return places
  for (const error of errors) {
    if (isJsonCheck(error)) continue
    for (let place = error.instancePath; !places.has(place); place = place.slice(0, place.lastIndexOf('/'))) {
      places.add(place)
      if (place === '') break
    }
  }
  return places
}

function isJsonCheck({ keyword, schema }: ErrorObject): boolean {
  return keyword === CHECK_KEYWORD && (schema as ValueCheck).expected === 'JSON'
}

function problemOf(error: ErrorObject, whole: unknown): ValueProblem {
  const path = pathOf(error, whole)
  if (isJsonCheck(error)) {
    const place = notJsonIn(error.data)
    return { path: [...path, ...place.path], message: `expected JSON, got ${shown(place.value)}.` }
  }
  const message = messageOf(error)
  if (error.keyword === 'additionalProperties') {
    return { path, message, unknownKey: (error.params as { additionalProperty: string }).additionalProperty }
  }
  if (error.keyword === 'required') {
    return { path, message, missingKey: (error.params as { missingProperty: string }).missingProperty }
  }
  return { path, message }
}

/** An index is a number, but a key that looks like one is not. */
function pathOf(error: ErrorObject, whole: unknown): (string | number)[] {
  const path: (string | number)[] = []
  let value = whole
  for (const part of error.instancePath.split('/').slice(1)) {
    const key = part.replaceAll('~1', '/').replaceAll('~0', '~')
    path.push(Array.isArray(value) ? Number(key) : key)
    value = (value as Readonly<Record<string, unknown>> | null | undefined)?.[key]
  }
  return path
}

function messageOf(error: ErrorObject): string {
  const params = error.params as Readonly<Record<string, unknown>>
  switch (error.keyword) {
    case 'type':
      return expected(error, nameIn(error) ?? [params['type']].flat().join(' or '))
    case 'enum':
      return `${expected(error, `one of ${listed(params['allowedValues'])}`)}${nearValue(error)}`
    case 'const':
      return expected(error, JSON.stringify(params['allowedValue']))
    case 'required':
      return `'${params['missingProperty']}' is missing.`
    case 'additionalProperties':
      return unknownKey(error)
    case 'anyOf':
    case 'oneOf':
      return expected(error, nameIn(error) ?? unionName(error.schema as readonly JsonSchema[]))
    case CHECK_KEYWORD:
      return expected(
        error,
        (error.schema as ValueCheck).expected ?? nameIn(error) ?? 'another kind of value',
      )
    case 'minimum':
    case 'maximum':
    case 'exclusiveMinimum':
    case 'exclusiveMaximum':
      return `must be ${params['comparison']} ${params['limit']}, got ${shown(error.data)}.`
    case 'multipleOf':
      return `must be a multiple of ${params['multipleOf']}, got ${shown(error.data)}.`
    case 'minLength':
    case 'maxLength':
      return `must have at ${atLimit(error, 'character')}, got ${shown(error.data)}.`
    case 'minItems':
    case 'maxItems':
      return `must have at ${atLimit(error, 'item')}, got ${shown(error.data)}.`
    default:
      return `${error.message ?? 'is not allowed'}, got ${shown(error.data)}.`
  }
}

function expected(error: ErrorObject, what: string): string {
  return `expected ${what}, got ${shown(error.data)}.`
}

/** The name of our own type that the error is about. */
function nameIn(error: ErrorObject): string | undefined {
  const name = (error.parentSchema as JsonSchema | undefined)?.[NAME_KEYWORD]
  return typeof name === 'string' ? name : undefined
}

function atLimit(error: ErrorObject, unit: string): string {
  const { limit } = error.params as { readonly limit: number }
  return `${error.keyword.startsWith('min') ? 'least' : 'most'} ${limit} ${unit}${limit === 1 ? '' : 's'}`
}

function listed(values: unknown): string {
  return (values as readonly unknown[]).map((value) => JSON.stringify(value)).join(', ')
}

function unknownKey(error: ErrorObject): string {
  const name = String((error.params as { readonly additionalProperty: string }).additionalProperty)
  const known = Object.keys(
    (error.parentSchema as { readonly properties?: object } | undefined)?.properties ?? {},
  )
  return `'${shortened(name)}' is unknown. Possible: ${listNames(known, 60)}.${didYouMean(name, known)}`
}

function nearValue({ data, params }: ErrorObject): string {
  if (typeof data !== 'string') return ''
  const allowed = (params as { readonly allowedValues: readonly unknown[] }).allowedValues
  return didYouMean(
    data,
    allowed.filter((value) => typeof value === 'string'),
  )
}

/** For schemas from elsewhere, whose types have no name of ours. */
function unionName(members: readonly JsonSchema[]): string {
  const names = members.map((member) => {
    if (Array.isArray(member['enum'])) return member['enum'].map((value) => JSON.stringify(value)).join(' | ')
    return [member['title'] ?? member['type'] ?? 'value'].flat().join(' | ')
  })
  return [...new Set(names)].join(' | ')
}
