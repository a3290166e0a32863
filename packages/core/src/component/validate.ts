import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import { didYouMean, listNames } from '../suggest.ts'
import { CHECK_KEYWORD, schemaOf, schemaOfType } from './schema.ts'
import type { Socket } from './socket.ts'
import { type JsonSchema, type SocketType, typeName } from './socket-type.ts'

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

const validators = new WeakMap<object, ValidateFunction>()
let shared: Ajv2020 | undefined

function ajv(): Ajv2020 {
  if (shared) return shared
  shared = new Ajv2020({
    strict: true,
    strictRequired: false,
    allowUnionTypes: true,
    allErrors: true,
    verbose: true,
    ownProperties: true,
  })
  // The published types of ajv-formats describe its CommonJS shape; under ESM the function is the default export.
  ;(addFormats as unknown as (instance: Ajv2020) => void)(shared)
  shared.addKeyword({
    keyword: CHECK_KEYWORD,
    validate: (check: (value: unknown) => boolean, value: unknown) => check(value),
  })
  return shared
}

/** Everything that is wrong with a value for this socket; empty when it is right. Compiled once per socket. */
export function checkValue(socket: Socket, value: unknown): ValueProblem[] {
  let validate = validators.get(socket)
  if (!validate) {
    validate = ajv().compile(schemaOf(socket, { checks: true }))
    validators.set(socket, validate)
  }
  if (validate(value)) return []
  return describe(validate.errors ?? [], typeName(socket.type))
}

/** Everything that is wrong with one value of this type: for variadic sockets, with one element. */
export function checkType(type: SocketType, value: unknown): ValueProblem[] {
  let validate = validators.get(type)
  if (!validate) {
    validate = ajv().compile(schemaOfType(type, { checks: true }))
    validators.set(type, validate)
  }
  return validate(value) ? [] : describe(validate.errors ?? [], typeName(type))
}

/** Everything that is wrong with a value for this JSON Schema. Compiled once per schema object. */
export function checkSchema(schema: JsonSchema, value: unknown): ValueProblem[] {
  let validate = validators.get(schema)
  if (!validate) {
    validate = ajv().compile(schema)
    validators.set(schema, validate)
  }
  return validate(value) ? [] : describe(validate.errors ?? [], undefined)
}

/** Why a JSON Schema cannot be used, or undefined when it can. */
export function schemaFault(schema: unknown): string | undefined {
  if (typeof schema !== 'object' || schema === null || Array.isArray(schema)) return 'it is not an object'
  try {
    checker().compile(schema)
    return undefined
  } catch (error) {
    return (error as Error).message
  }
}

let loose: Ajv2020 | undefined

/** Schemas of tools come from everywhere: unknown keywords and formats are allowed there. */
function checker(): Ajv2020 {
  loose ??= new Ajv2020({ strict: false, validateFormats: false, addUsedSchema: false })
  return loose
}

function describe(errors: readonly ErrorObject[], whole: string | undefined): ValueProblem[] {
  const told: ValueProblem[] = []
  const seen = new Set<string>()
  for (const error of withoutHopelessBranches(errors)) {
    const path = pathOf(error)
    const message = messageOf(error, path.length === 0 ? whole : undefined)
    const key = `${path.join('\u0000')}\u0001${message}`
    if (seen.has(key)) continue
    seen.add(key)
    told.push({
      path,
      message,
      ...(error.keyword === 'additionalProperties'
        ? { unknownKey: (error.params as { additionalProperty: string }).additionalProperty }
        : {}),
      ...(error.keyword === 'required'
        ? { missingKey: (error.params as { missingProperty: string }).missingProperty }
        : {}),
    })
  }
  return told
}

/**
 * A value that fits no member of a union yields the errors of every member. Only those are of use whose member was
 * meant: the ones that complain deeper inside than at the value itself. Where there are none, the union's own error
 * stands for all.
 */
function withoutHopelessBranches(errors: readonly ErrorObject[]): ErrorObject[] {
  let kept = [...errors]
  for (const union of errors.filter(isUnionError)) {
    const branches = new Map<string, ErrorObject[]>()
    for (const error of kept) {
      const branch = branchOf(union, error)
      if (branch !== undefined) branches.set(branch, [...(branches.get(branch) ?? []), error])
    }
    const meant = [...branches.values()].filter((branch) => !branch.some((error) => isMismatch(union, error)))
    const useful = new Set(meant.length === 1 ? meant[0] : [])
    const hopeless = new Set([...branches.values()].flat().filter((error) => !useful.has(error)))
    kept = kept.filter((error) => !hopeless.has(error) && (error !== union || useful.size === 0))
  }
  return kept
}

function isUnionError(error: ErrorObject): boolean {
  return error.keyword === 'anyOf' || error.keyword === 'oneOf'
}

function branchOf(union: ErrorObject, error: ErrorObject): string | undefined {
  if (error === union || !error.schemaPath.startsWith(`${union.schemaPath}/`)) return undefined
  if (!error.instancePath.startsWith(union.instancePath)) return undefined
  return error.schemaPath.slice(union.schemaPath.length + 1).split('/', 1)[0]
}

/** The member was not meant: the value is of another type, or its discriminating constant is another. */
function isMismatch(union: ErrorObject, error: ErrorObject): boolean {
  if (error.instancePath === union.instancePath) return error.keyword === 'type' || error.keyword === 'enum'
  const below = error.instancePath.slice(union.instancePath.length + 1)
  return error.keyword === 'const' && !below.includes('/')
}

function pathOf(error: ErrorObject): (string | number)[] {
  if (error.instancePath === '') return []
  return error.instancePath
    .slice(1)
    .split('/')
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
    .map((part) => (/^(0|[1-9][0-9]*)$/.test(part) ? Number(part) : part))
}

function messageOf(error: ErrorObject, whole: string | undefined): string {
  const params = error.params as Record<string, unknown>
  // Not for keys that are too many or missing: there the value is the whole object, once for each key.
  const got = /^(additionalProperties|required)$/.test(error.keyword) ? '' : shown(error.data)
  switch (error.keyword) {
    case 'type':
      return `expected ${whole ?? [params['type']].flat().join(' or ')}, got ${got}.`
    case 'enum':
      return `expected one of ${(params['allowedValues'] as unknown[]).map((value) => JSON.stringify(value)).join(', ')}, got ${got}.${suggestValue(params['allowedValues'] as unknown[], error.data)}`
    case 'const':
      return `expected ${JSON.stringify(params['allowedValue'])}, got ${got}.`
    case 'required':
      return `'${params['missingProperty']}' is missing.`
    case 'additionalProperties': {
      const name = String(params['additionalProperty'])
      const known = Object.keys((error.parentSchema as { properties?: object } | undefined)?.properties ?? {})
      return `'${name}' is unknown. Possible: ${listNames(known, 60)}.${didYouMean(name, known)}`
    }
    case 'anyOf':
    case 'oneOf':
      return `expected ${whole ?? unionName(error.schema as readonly JsonSchema[])}, got ${got}.`
    case 'minimum':
    case 'maximum':
    case 'exclusiveMinimum':
    case 'exclusiveMaximum':
      return `must be ${params['comparison']} ${params['limit']}, got ${got}.`
    case CHECK_KEYWORD:
      return `expected ${whole ?? 'another kind of value'}, got ${got}.`
    default:
      return `${error.message ?? 'is not allowed'}, got ${got}.`
  }
}

function suggestValue(allowed: readonly unknown[], given: unknown): string {
  if (typeof given !== 'string') return ''
  return didYouMean(
    given,
    allowed.filter((value) => typeof value === 'string'),
  )
}

function unionName(members: readonly JsonSchema[]): string {
  const names = members.map((member) => {
    if (member['enum']) return (member['enum'] as unknown[]).map((value) => JSON.stringify(value)).join(' | ')
    if (member['title']) return String(member['title'])
    if (member['type'] === 'array') return 'array'
    return String(member['type'] ?? 'value')
  })
  return [...new Set(names)].join(' | ')
}

const LONGEST = 40

/** A value as an error shows it: its kind, and the value itself when it is short. */
export function shown(value: unknown): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return `an array of ${value.length}`
  switch (typeof value) {
    case 'undefined':
      return 'nothing'
    case 'string':
      return value.length > LONGEST
        ? `the string ${JSON.stringify(`${value.slice(0, LONGEST)}…`)}`
        : JSON.stringify(value)
    case 'object':
      return `an object with ${listNames(Object.keys(value), 5)}`
    case 'function':
      return 'a function'
    default:
      return `the ${typeof value} ${String(value)}`
  }
}
