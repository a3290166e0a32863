import type { ErrorObject } from 'ajv'
import { isJsonValue, isPlainObject } from '../json.ts'
import { didYouMean, unknownKey } from '../text/names.ts'
import { countOf, describeValue } from '../text/show.ts'
import { CHECK_KEYWORD, JSON_KEYWORD, NAME_KEYWORD, type ValueCheck } from './schema.ts'
import type { JsonSchema } from './socket-type.ts'
import { isUnionError, withoutHopelessMembers } from './union-errors.ts'

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

/** Nobody reads more of a value with a mistake in each of its million elements. */
const MOST_PROBLEMS = 100

/** The errors of a validator in words, each once. `value` is what was validated. */
export function problemsOf(errors: readonly ErrorObject[], value: unknown): ValueProblem[] {
  const useful = withoutHopelessMembers(errors)
  const exact = placesOf(useful)
  const ofAnotherKind = placesOfAnotherKind(useful)
  const problems: ValueProblem[] = []
  const seen = new Set<string>()
  for (const error of useful) {
    // Where an `if` fails, the errors of its `then` say why.
    if (error.keyword === 'if' || isSaidBetter(error, exact)) continue
    if (isOfAnotherKind(error, ofAnotherKind)) continue
    for (const problem of problemsOfError(error, value)) {
      const key = JSON.stringify([problem.path, problem.message])
      if (seen.has(key)) continue
      seen.add(key)
      problems.push(problem)
      if (problems.length === MOST_PROBLEMS) return problems
    }
  }
  return problems
}

interface Places {
  readonly at: ReadonlySet<string>
  readonly above: ReadonlySet<string>
}

/** The places that have an error, and those around them. */
function placesOf(errors: readonly ErrorObject[]): Places {
  const at = new Set<string>()
  const above = new Set<string>()
  if (!errors.some(isVague)) return { at, above }
  for (const error of errors) {
    if (isVague(error)) continue
    at.add(error.instancePath)
    let place = error.instancePath
    while (place !== '' && !above.has(place.slice(0, place.lastIndexOf('/')))) {
      place = place.slice(0, place.lastIndexOf('/'))
      above.add(place)
    }
  }
  return { at, above }
}

/** That a value fits no member of a union, or is not JSON, adds nothing where a part of it is known to be wrong. */
function isSaidBetter(error: ErrorObject, { at, above }: Places): boolean {
  if (!isVague(error)) return false
  return above.has(error.instancePath) || (isJsonCheck(error) && at.has(error.instancePath))
}

/** Objects whose one possible literal is another one, as in `type: 'image'` where only a text may be. */
function placesOfAnotherKind(errors: readonly ErrorObject[]): ReadonlySet<string> {
  return new Set(
    errors
      .filter(isOnlyLiteral)
      .map(({ instancePath }) => instancePath.slice(0, instancePath.lastIndexOf('/'))),
  )
}

/** What else is wrong with such an object only follows from its being of another kind. */
function isOfAnotherKind(error: ErrorObject, places: ReadonlySet<string>): boolean {
  if (error.keyword !== 'required' && error.keyword !== 'additionalProperties') return false
  return places.has(error.instancePath)
}

function isOnlyLiteral({ keyword, params, parentSchema }: ErrorObject): boolean {
  const isOwn = (parentSchema as JsonSchema | undefined)?.[NAME_KEYWORD] !== undefined
  return (
    keyword === 'enum' &&
    isOwn &&
    (params as { readonly allowedValues: readonly unknown[] }).allowedValues.length === 1
  )
}

function isVague(error: ErrorObject): boolean {
  return isUnionError(error) || isJsonCheck(error)
}

function isJsonCheck({ keyword }: ErrorObject): boolean {
  return keyword === JSON_KEYWORD
}

function problemsOfError(error: ErrorObject, whole: unknown): readonly ValueProblem[] {
  const problems = error.keyword === CHECK_KEYWORD ? (error.schema as ValueCheck).problems : undefined
  if (problems === undefined) return [problemOf(error, whole)]
  const path = pathOf(error, whole)
  return problems(error.data).map((problem) => ({ ...problem, path: [...path, ...problem.path] }))
}

function problemOf(error: ErrorObject, whole: unknown): ValueProblem {
  const path = pathOf(error, whole)
  if (isJsonCheck(error)) return notJson(path, error.data)
  if (error.keyword === 'discriminator') return unknownMember(path, error)
  const message = messageOf(error)
  if (error.keyword === 'additionalProperties') {
    return { path, message, unknownKey: (error.params as { additionalProperty: string }).additionalProperty }
  }
  if (error.keyword === 'required') {
    return { path, message, missingKey: (error.params as { missingProperty: string }).missingProperty }
  }
  return { path, message }
}

function notJson(path: ValueProblem['path'], value: unknown): ValueProblem {
  const place = notJsonIn(value)
  const endless = Array.isArray(place.value) || isPlainObject(place.value)
  const why = endless ? ' that contains itself or is too deep' : ''
  return {
    path: [...path, ...place.path],
    message: `expected JSON, got ${describeValue(place.value)}${why}.`,
  }
}

/** A path that is longer than this helps nobody: the value is too deep, or contains itself. */
const LONGEST_PATH = 100

/** The first part of a value because of which it is not JSON: the value itself where no part alone is to blame. */
function notJsonIn(whole: unknown): { readonly path: ValueProblem['path']; readonly value: unknown } {
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

/** The field in which the members of a union differ is missing, or says what none of them is. */
function unknownMember(
  path: ValueProblem['path'],
  { params, data, parentSchema }: ErrorObject,
): ValueProblem {
  const { tag } = params as { readonly tag: string }
  const members = (parentSchema as { readonly oneOf: readonly JsonSchema[] }).oneOf
  const values = members.flatMap((member) => valuesOf(member, tag))
  const value = (data as Readonly<Record<string, unknown>>)[tag]
  if (value === undefined) {
    // As in `{ text: … }` for `{ type: 'text', text: … }`.
    const meant = values.find((possible) => Object.hasOwn(data as object, possible))
    const what =
      meant === undefined ? `Possible: ${listed(values)}` : `Write ${tag}: ${meant} beside '${meant}'`
    return { path, message: `'${tag}' is missing. ${what}.`, missingKey: tag }
  }
  const near = typeof value === 'string' ? didYouMean(value, values) : ''
  return { path: [...path, tag], message: `expected ${listed(values)}, got ${describeValue(value)}.${near}` }
}

function valuesOf(member: JsonSchema, tag: string): readonly string[] {
  const { properties } = member as {
    readonly properties: Readonly<Record<string, { readonly enum: readonly string[] }>>
  }
  return properties[tag]?.enum ?? []
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
      return `${expected(error, listed(params['allowedValues'] as readonly unknown[]))}${nearValue(error)}`
    case 'const':
      return expected(error, JSON.stringify(params['allowedValue']))
    case 'required':
      return `'${params['missingProperty']}' is missing.`
    case 'additionalProperties':
      return unknownKeyOf(error)
    case 'anyOf':
    case 'oneOf':
      return expected(error, nameIn(error) ?? unionName(error.schema as readonly JsonSchema[]))
    case 'pattern': {
      const name = nameIn(error)
      if (name !== undefined && name !== 'string') return expected(error, name)
      return `${error.message}, got ${describeValue(error.data)}.`
    }
    case CHECK_KEYWORD:
      return expected(
        error,
        (error.schema as ValueCheck).expected ?? nameIn(error) ?? 'another kind of value',
      )
    case 'minimum':
    case 'maximum':
    case 'exclusiveMinimum':
    case 'exclusiveMaximum':
      return `must be ${params['comparison']} ${params['limit']}, got ${describeValue(error.data)}.`
    case 'multipleOf':
      return `must be a multiple of ${params['multipleOf']}, got ${describeValue(error.data)}.`
    case 'minLength':
    case 'maxLength':
      return `must have at ${atLimit(error, 'character')}, got ${describeValue(error.data)}.`
    case 'minItems':
    case 'maxItems':
      return `must have at ${atLimit(error, 'item')}, got ${describeValue(error.data)}.`
    case 'uniqueItems':
      return `items ${params['j']} and ${params['i']} are the same, but each may be there only once.`
    default:
      return `${error.message ?? 'is not allowed'}, got ${describeValue(error.data)}.`
  }
}

function expected(error: ErrorObject, what: string): string {
  return `expected ${what}, got ${describeValue(error.data)}.`
}

/** The name of our own type that the error is about. */
function nameIn(error: ErrorObject): string | undefined {
  const name = (error.parentSchema as JsonSchema | undefined)?.[NAME_KEYWORD]
  return typeof name === 'string' ? name : undefined
}

function atLimit(error: ErrorObject, unit: string): string {
  const { limit } = error.params as { readonly limit: number }
  return `${error.keyword.startsWith('min') ? 'least' : 'most'} ${countOf(limit, unit)}`
}

function listed(values: readonly unknown[]): string {
  return `${values.length > 1 ? 'one of ' : ''}${values.map((value) => JSON.stringify(value)).join(', ')}`
}

function unknownKeyOf({ params, parentSchema, data }: ErrorObject): string {
  const name = (params as { readonly additionalProperty: string }).additionalProperty
  const known = Object.keys((parentSchema as { readonly properties?: object } | undefined)?.properties ?? {})
  const free = known.filter((key) => !Object.hasOwn(data as object, key))
  return unknownKey(name, known, free)
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
