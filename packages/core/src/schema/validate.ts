import type { ValidateFunction } from 'ajv'
import { DefinitionError } from '../errors.ts'
import { isKnownFrozen } from '../frozen-copy.ts'
import { type NamedType, schemaOf, schemaOfType, structureOf, type ValueCheck } from './schema.ts'
import type { Socket } from './socket.ts'
import { type JsonSchema, type SocketType, typeName } from './socket-type.ts'
import { type CheckableSchema, checkableSchema } from './unchecked-patterns.ts'
import { compileForeign, compileOwn } from './validator.ts'
import { problemsOf, type ValueProblem } from './value-problem.ts'

export type { ValueProblem } from './value-problem.ts'

const validators = new WeakMap<object, ValidateFunction>()
const openValidators = new WeakMap<object, ValidateFunction>()
const namedChecks = new WeakMap<object, ValueCheck>()

function validatorOf(
  owner: object,
  compile: () => ValidateFunction,
  made: WeakMap<object, ValidateFunction> = validators,
): ValidateFunction {
  const known = made.get(owner)
  if (known) return known
  const validate = compile()
  made.set(owner, validate)
  return validate
}

/** What fitted, and cannot change, by the validator that last said so: equal types share one. */
const fitted = new WeakMap<object, ValidateFunction>()

function fits(validate: ValidateFunction, value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return validate(value)
  if (fitted.get(value) === validate) return true
  if (!validate(value)) return false
  if (isKnownFrozen(value)) fitted.set(value, validate)
  return true
}

function check(validate: ValidateFunction, value: unknown): ValueProblem[] {
  return fits(validate, value) ? [] : problemsOf(validate.errors ?? [], value)
}

/** The one check of a named type, whose validator is compiled when the first value needs it. */
function checks(type: NamedType): ValueCheck {
  const known = namedChecks.get(type)
  if (known) return known
  let validate: ValidateFunction | undefined
  const validator = () => {
    validate ??= compileType(type, structureOf(type, checks))
    return validate
  }
  const made = {
    check: (value: unknown) => fits(validator(), value),
    problems: (value: unknown) => check(validator(), value),
  }
  namedChecks.set(type, made)
  return made
}

/**
 * Everything that is wrong with a value for this socket, or the first hundred things; empty when it is right.
 *
 * @throws DefinitionError `SOCKET_INVALID` when the socket has options, such as a format, that do not exist
 */
export function checkValue(socket: Socket, value: unknown): ValueProblem[] {
  const compile = () => compileType(socket.type, schemaOf(socket, { checks }))
  return check(validatorOf(socket, compile), value)
}

/**
 * Everything that is wrong with one value of this type: for variadic sockets, with one element. For `open` see
 * `schemaOfType`.
 */
export function checkType(
  type: SocketType,
  value: unknown,
  { open = false }: { readonly open?: boolean } = {},
): ValueProblem[] {
  const compile = () => compileType(type, schemaOfType(type, { checks, open }))
  return check(validatorOf(type, compile, open ? openValidators : validators), value)
}

function compileType(type: SocketType, schema: JsonSchema): ValidateFunction {
  try {
    return compileOwn(schema)
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
  return check(
    validatorOf(schema, () => compileForeign(schema)),
    value,
  )
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
