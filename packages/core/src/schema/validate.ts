import type { ValidateFunction } from 'ajv'
import { DefinitionError } from '../errors.ts'
import { isKnownFrozen } from '../frozen-copy.ts'
import { type NamedType, schemaOf, schemaOfType, structureOf, type ValueCheck } from './schema.ts'
import type { Socket } from './socket.ts'
import { type JsonSchema, type SocketType, typeName } from './socket-type.ts'
import { type CheckableSchema, checkableSchema } from './unchecked-patterns.ts'
import { compileForeign, compileOwn, type Extent } from './validator.ts'
import { problemsOf, type ValueProblem } from './value-problem.ts'

export type { ValueProblem } from './value-problem.ts'

/** In elements, fields and bytes. A value may have a mistake in each, and to list those of ten million takes gigabytes. */
const LARGE = 20_000

function isLarge(value: unknown): boolean {
  const parts = [value]
  let count = 0
  while (parts.length > 0 && count <= LARGE) {
    const part = parts.pop()
    if (typeof part !== 'object' || part === null) continue
    if (ArrayBuffer.isView(part)) {
      count += part.byteLength
      continue
    }
    const inside: readonly unknown[] = Array.isArray(part) ? part : Object.values(part)
    count += inside.length
    if (count <= LARGE) parts.push(...inside)
  }
  return count > LARGE
}

/** What fitted, and cannot change, by the validator that last said so: equal types share one. */
const fitted = new WeakMap<object, ValidateFunction>()

class Validator {
  readonly #compile: (extent: Extent) => ValidateFunction
  readonly #first: ValidateFunction
  #all: ValidateFunction | undefined

  constructor(compile: (extent: Extent) => ValidateFunction) {
    this.#compile = compile
    this.#first = compile('first')
  }

  fits(value: unknown): boolean {
    if (typeof value !== 'object' || value === null) return this.#first(value)
    if (fitted.get(value) === this.#first) return true
    if (!this.#first(value)) return false
    if (isKnownFrozen(value)) fitted.set(value, this.#first)
    return true
  }

  /** Of a large value the first only. */
  problems(value: unknown): ValueProblem[] {
    if (this.fits(value)) return []
    const validate = isLarge(value) ? this.#first : this.#validateAll()
    validate(value)
    return problemsOf(validate.errors ?? [], value)
  }

  #validateAll(): ValidateFunction {
    this.#all ??= this.#compile('all')
    return this.#all
  }
}

const validators = new WeakMap<object, Validator>()
const openValidators = new WeakMap<object, Validator>()
const namedChecks = new WeakMap<object, ValueCheck>()

function validatorOf(
  owner: object,
  compile: (extent: Extent) => ValidateFunction,
  made: WeakMap<object, Validator> = validators,
): Validator {
  const known = made.get(owner)
  if (known) return known
  const validator = new Validator(compile)
  made.set(owner, validator)
  return validator
}

/** The one check of a named type, whose validator is compiled when the first value needs it. */
function checks(type: NamedType): ValueCheck {
  const known = namedChecks.get(type)
  if (known) return known
  let made: Validator | undefined
  const validator = () => {
    made ??= new Validator((extent) => compileType(type, structureOf(type, checks), extent))
    return made
  }
  const check = {
    check: (value: unknown) => validator().fits(value),
    problems: (value: unknown) => validator().problems(value),
  }
  namedChecks.set(type, check)
  return check
}

function validatorOfSocket(socket: Socket): Validator {
  return validatorOf(socket, (extent) => compileType(socket.type, schemaOf(socket, { checks }), extent))
}

/** As `checkValue`, where nobody asks what is wrong. @throws as that does */
export function fitsSocket(socket: Socket, value: unknown): boolean {
  return validatorOfSocket(socket).fits(value)
}

/**
 * Everything that is wrong with a value for this socket, or the first hundred things, of a large value the first; empty when
 * it is right.
 *
 * @throws DefinitionError `SOCKET_INVALID` when the socket has options, such as a format, that do not exist
 */
export function checkValue(socket: Socket, value: unknown): ValueProblem[] {
  return validatorOfSocket(socket).problems(value)
}

/**
 * Everything that is wrong with one value of this type: for variadic sockets, with one element. For `open` see
 * `schemaOfType`.
 */
export function checkType(type: SocketType, value: unknown, options?: CheckOptions): ValueProblem[] {
  return validatorOfType(type, options).problems(value)
}

/** As `checkType`, where nobody asks what is wrong: much faster for what does not fit. */
export function fitsType(type: SocketType, value: unknown): boolean {
  return validatorOfType(type).fits(value)
}

interface CheckOptions {
  /** See `schemaOfType`. */
  readonly open?: boolean
}

function validatorOfType(type: SocketType, { open = false }: CheckOptions = {}): Validator {
  const compile = (extent: Extent) => compileType(type, schemaOfType(type, { checks, open }), extent)
  return validatorOf(type, compile, open ? openValidators : validators)
}

function compileType(type: SocketType, schema: JsonSchema, extent: Extent): ValidateFunction {
  try {
    return compileOwn(schema, extent)
  } catch (error) {
    throw new DefinitionError(
      'SOCKET_INVALID',
      `A socket of type ${typeName(type)} has options that cannot be checked: ${(error as Error).message.replace(/ ignored in schema .*/, '')}.`,
    )
  }
}

/**
 * Everything that is wrong with a value for this JSON Schema.
 *
 * @throws Error with what is wrong with the schema; a DefinitionError `PATTERN_UNSUPPORTED` where it is a pattern that needs
 * backtracking
 */
export function checkSchema(schema: JsonSchema, value: unknown): ValueProblem[] {
  return validatorOf(schema, (extent) => compileForeign(schema, extent)).problems(value)
}

const checkable = new WeakMap<object, CheckableSchema>()

function checkableOf(schema: JsonSchema): CheckableSchema {
  const known = checkable.get(schema)
  if (known) return known
  let made: CheckableSchema = { schema, unchecked: [] }
  try {
    checkSchema(schema, null)
  } catch (error) {
    if (!DefinitionError.isInstance(error) || error.code !== 'PATTERN_UNSUPPORTED') throw error
    made = checkableSchema(schema)
  }
  checkable.set(schema, made)
  return made
}

/**
 * As `checkSchema`, for a schema that `schemaFault` finds nothing in, and whose author is not there to change it: patterns
 * that need backtracking are not checked.
 */
export function checkForeignSchema(schema: JsonSchema, value: unknown): ValueProblem[] {
  return checkSchema(checkableOf(schema).schema, value)
}

/** Which patterns `checkForeignSchema` does not check, as sentences that say why. */
export function uncheckedPatterns(schema: JsonSchema): readonly string[] {
  return checkableOf(schema).unchecked
}

/** Why a JSON Schema cannot be used, or undefined when it can. Patterns that need backtracking are not a reason. */
export function schemaFault(schema: unknown): string | undefined {
  if (typeof schema !== 'object' || schema === null || Array.isArray(schema)) return 'it is not an object'
  if ('$async' in schema) return "its keyword '$async' is not supported"
  try {
    checkForeignSchema(schema as JsonSchema, null)
    return undefined
  } catch (error) {
    return (error as Error).message
  }
}
