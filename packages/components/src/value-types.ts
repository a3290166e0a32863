import { type Socket, t, type ValueOf } from '@millrace/core'
import { didYouMean, listNames } from '@millrace/core/component'
import { answerSocket } from './answer.ts'
import { ComponentsError } from './errors.ts'

/** The types that a file can give to a value, by their names. */
export const valueTypes = {
  any: t.unknown(),
  boolean: t.boolean(),
  integer: t.integer(),
  number: t.number(),
  string: t.string(),
  json: t.json(),
  object: t.record(t.json()),
  list: t.array(t.json()),
  strings: t.array(t.string()),
  numbers: t.array(t.number()),
  message: t.message(),
  messages: t.array(t.message()),
  document: t.document(),
  documents: t.array(t.document()),
  image: t.image(),
  images: t.array(t.image()),
  answers: t.array(answerSocket),
} satisfies Record<string, Socket>

type ValueTypes = typeof valueTypes

/** The name of a type, as `outputType` and its like take it. */
export type ValueTypeName = keyof ValueTypes

/** The socket of the type that a name stands for. */
export type SocketNamed<Name extends ValueTypeName> = ValueTypes[Name]

/** The values of the type that a name stands for. */
export type ValueNamed<Name extends ValueTypeName> = ValueOf<ValueTypes[Name]>

/**
 * The socket of a type, for components that are made in code: a file is checked before.
 *
 * @param names those that are possible
 * @throws ComponentsError `VALUE_INVALID` for another name
 */
export function socketNamed<Name extends ValueTypeName>(
  name: Name,
  option: string,
  names: readonly string[] = Object.keys(valueTypes),
): SocketNamed<Name> {
  if (names.includes(name)) return valueTypes[name]
  if (name === undefined) {
    throw new ComponentsError('VALUE_INVALID', `'${option}' is missing. Possible: ${listNames(names)}.`, {
      option,
    })
  }
  const what = names.length === Object.keys(valueTypes).length ? 'a type' : 'a type that is possible here'
  throw new ComponentsError(
    'VALUE_INVALID',
    `'${option}' is '${name}', which is not the name of ${what}. Possible: ${listNames(names)}.${didYouMean(String(name), names)}`,
    { option },
  )
}

/** A parameter that takes the name of a type. */
export function typeNameSocket(description: string): Socket<ValueTypeName> {
  return t.described(t.literal<ValueTypeName>(...(Object.keys(valueTypes) as ValueTypeName[])), description)
}

/** The names of types of lists, whose values can be joined. */
export type ListTypeName = {
  [Name in ValueTypeName]: ValueNamed<Name> extends readonly unknown[] ? Name : never
}[ValueTypeName]

export const listTypeNames = (Object.keys(valueTypes) as ValueTypeName[]).filter(
  (name): name is ListTypeName => valueTypes[name].type.kind === 'array',
)
