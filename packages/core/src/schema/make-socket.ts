import { DefinitionError } from '../errors.ts'
import { frozenCopy } from '../frozen-copy.ts'
import { didYouMean, listNames } from '../text/names.ts'
import { describeValue, messageOf } from '../text/show.ts'
import { LinearPattern } from './linear-pattern.ts'
import { linearSyntax } from './pattern-syntax.ts'
import { isSocket, type Socket } from './socket.ts'
import { type JsonSchema, type SocketType, typeName } from './socket-type.ts'

type Options = Readonly<Record<string, unknown>>

const numeric = ['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf']

/** The keywords of JSON Schema that a builder takes besides `description` and `default`. */
const keywords: { readonly [Kind in SocketType['kind']]?: readonly string[] } = {
  string: ['minLength', 'maxLength', 'pattern', 'format'],
  number: numeric,
  integer: numeric,
  array: ['minItems', 'maxItems', 'uniqueItems'],
}

/**
 * A socket for one value, from the options of a builder.
 *
 * @throws DefinitionError `SOCKET_INVALID` for an unknown option, limits that leave no value, or a default beyond them
 */
export function makeSocket(builder: string, bare: SocketType, options: Options = {}): Socket {
  const { description, default: fallback, ...constraints } = options
  checkOptions(builder, constraints, keywords[bare.kind] ?? [])
  checkLimits(builder, constraints)
  const constrained = Object.keys(constraints).length > 0 ? { ...bare, constraints } : bare
  const type = Object.freeze(constrained) as SocketType
  if (fallback !== undefined) checkDefault(builder, type, fallback)
  return Object.freeze({
    type,
    receives: 'one' as const,
    optional: fallback !== undefined,
    ...(fallback === undefined ? {} : { default: frozenCopy(fallback) }),
    ...(description === undefined ? {} : { description: description as string }),
  })
}

/** Refuses options that a builder does not have, which it would ignore. */
export function checkOptions(builder: string, given: Options, possible: readonly string[]): void {
  const unknown = Object.keys(given).find((name) => !possible.includes(name))
  if (unknown === undefined) return
  const known = ['description', 'default', ...possible]
  throw invalid(
    `${builder} has no option '${unknown}'. Possible: ${listNames(known)}.${didYouMean(unknown, known)}`,
  )
}

const LIMITS: readonly (readonly [least: string, most: string, exclusive: boolean])[] = [
  ['minLength', 'maxLength', false],
  ['minItems', 'maxItems', false],
  ['minimum', 'maximum', false],
  ['minimum', 'exclusiveMaximum', true],
  ['exclusiveMinimum', 'maximum', true],
  ['exclusiveMinimum', 'exclusiveMaximum', true],
]

function checkLimits(builder: string, constraints: JsonSchema): void {
  for (const [least, most, exclusive] of LIMITS) {
    const low = constraints[least] as number | undefined
    const high = constraints[most] as number | undefined
    if (low === undefined || high === undefined || low < high || (low === high && !exclusive)) continue
    throw invalid(`${builder} has ${least} ${low} and ${most} ${high}: no value is within both.`)
  }
  const { pattern, multipleOf } = constraints
  if (multipleOf !== undefined && !(Number(multipleOf) > 0)) {
    throw invalid(`${builder} has multipleOf ${multipleOf}: it must be greater than 0.`)
  }
  if (pattern === undefined) return
  try {
    new RegExp(pattern as string, 'u')
    linearSyntax(pattern as string)
  } catch (error) {
    throw invalid(`${builder} has a pattern that cannot be used: ${messageOf(error)}.`)
  }
}

/** Refuses a default that is clearly not of the type; what is inside objects and arrays is not checked. */
export function checkDefault(builder: string, type: SocketType, value: unknown): void {
  if (isPossible(type, value)) return
  throw invalid(
    `The default of ${builder} is ${describeValue(value)}, which does not fit ${typeName(type)} and its limits.`,
  )
}

function isPossible(type: SocketType, value: unknown): boolean {
  switch (type.kind) {
    case 'boolean':
      return typeof value === 'boolean'
    case 'null':
      return value === null
    case 'literal':
      return (type.values as readonly unknown[]).includes(value)
    case 'string':
      return typeof value === 'string' && isText(value, type.constraints)
    case 'integer':
      return Number.isInteger(value) && isWithin(value as number, type.constraints)
    case 'number':
      return Number.isFinite(value) && isWithin(value as number, type.constraints)
    case 'array': {
      const { minItems, maxItems } = limitsOf(type.constraints)
      return Array.isArray(value) && value.length >= minItems && value.length <= maxItems
    }
    default:
      return true
  }
}

function isText(value: string, constraints: JsonSchema | undefined): boolean {
  const { minLength, maxLength } = limitsOf(constraints)
  const { length } = Array.from(value)
  if (length < minLength || length > maxLength) return false
  const pattern = constraints?.['pattern']
  return pattern === undefined || new LinearPattern(pattern as string).test(value)
}

function isWithin(value: number, constraints: JsonSchema | undefined): boolean {
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum } = limitsOf(constraints)
  return value >= minimum && value <= maximum && value > exclusiveMinimum && value < exclusiveMaximum
}

type Limits = Readonly<
  Record<
    | 'minLength'
    | 'maxLength'
    | 'minItems'
    | 'maxItems'
    | 'minimum'
    | 'maximum'
    | 'exclusiveMinimum'
    | 'exclusiveMaximum',
    number
  >
>

function limitsOf(constraints: JsonSchema | undefined): Limits {
  const low = Number.NEGATIVE_INFINITY
  const high = Number.POSITIVE_INFINITY
  return {
    minLength: low,
    maxLength: high,
    minItems: low,
    maxItems: high,
    minimum: low,
    maximum: high,
    exclusiveMinimum: low,
    exclusiveMaximum: high,
    ...constraints,
  } as Limits
}

/** Refuses what an item of a list cannot have: many senders, and a default or being left out, which would be ignored. */
export function checkItem(builder: string, item: Socket): void {
  checkField(builder, item)
  if (!item.optional) return
  throw invalid(
    `${builder} cannot hold an optional ${typeName(item.type)}: there is no item, member or value that is left out. Make what it is in optional, or use t.union with t.null().`,
  )
}

/** Refuses what one value inside another cannot have: many senders. */
export function checkField(builder: string, field: Socket): void {
  if (!isSocket(field))
    throw invalid(`${builder} is made of sockets, such as t.string(), not of ${describeValue(field)}.`)
  if (field.receives === 'one') return
  throw invalid(
    `${builder} cannot hold t.${field.receives}(${typeName(field.type)}): only a socket itself can have many senders.`,
  )
}

export function invalid(message: string): DefinitionError {
  return new DefinitionError('SOCKET_INVALID', message)
}
