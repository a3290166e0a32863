import { DataError } from '../errors.ts'
import { isPlainObject } from '../json.ts'
import { schemaOf } from '../schema/schema.ts'
import type { Socket } from '../schema/socket.ts'
import type { JsonSchema } from '../schema/socket-type.ts'
import { checkValue, fitsSocket } from '../schema/validate.ts'
import { unknownKey } from '../text/names.ts'
import { describeValue, formatPath } from '../text/show.ts'

// Each type of data is declared once, with the builders of `t`. Its TypeScript type is the `ValueOf` of that, written as a
// mapped type, which hovers and messages of the compiler show by its own name.

/** What every type of data has: its JSON Schema, and the readers of untrusted values. */
export interface Declared<T> {
  /** JSON Schema 2020-12. */
  readonly schema: JsonSchema
  /** True when `validate` would return. */
  is(value: unknown): value is T
  /**
   * Returns the value itself, not a copy.
   * @throws DataError with the place of the first thing that is wrong, as in `content[1].base64`.
   */
  validate(value: unknown): T
  /**
   * Reads a value as people and other programs write it: null is absent, and what follows from the rest, such as `type` or
   * the id of a document, may be left out. Returns the value itself when nothing was to be done.
   * @throws DataError as `validate` does
   */
  fromJSON(value: unknown): T
}

/**
 * @param noun what the message calls the value, as in `Invalid chat message: …`
 * @param complete makes the whole value of one that leaves something out; what it cannot read it returns as it is
 */
export function declared<T>(
  noun: string,
  code: DataError['code'],
  socket: Socket<T>,
  complete: (value: unknown) => unknown,
): Declared<T> {
  const validate = (value: unknown): T => {
    const [problem] = checkValue(socket, value)
    if (problem === undefined) return value as T
    const place = problem.path.length === 0 ? '' : `'${formatPath(problem.path)}': `
    throw new DataError(code, `Invalid ${noun}: ${place}${problem.message}`)
  }
  return {
    schema: schemaOf(socket),
    is: (value): value is T => fitsSocket(socket, value),
    validate,
    fromJSON: (value) => validate(complete(value)),
  }
}

type Present<Fields> = { [Key in keyof Fields]?: NonNullable<Fields[Key]> }

/** The keys that have a value; made to be spread, so that an absent option leaves neither `undefined` nor null behind. */
export function defined<Fields extends object>(fields: Fields): Present<Fields> {
  const present: Present<Fields> = {}
  for (const key of Object.keys(fields) as (keyof Fields)[]) {
    const value = fields[key]
    if (value !== undefined && value !== null) present[key] = value
  }
  return present
}

/** All keys of the fields of a maker, for `given` to know. */
export type KeysOf<Fields> = { readonly [Key in keyof Required<Fields>]: true }

/**
 * The fields that a maker was given. Null and undefined count as not given.
 *
 * @param type of the part that is made, so that a part may be given to make another of it
 * @throws DataError for a key that the maker does not know, which it would ignore, and for what is not an object
 */
export function given<Fields extends object>(
  noun: string,
  code: DataError['code'],
  fields: Fields,
  known: KeysOf<Fields>,
  type?: string,
): Fields & { readonly [Key in keyof Fields]: Exclude<Fields[Key], null> } {
  if (typeof fields !== 'object' || fields === null || Array.isArray(fields)) {
    throw new DataError(
      code,
      `Invalid ${noun}: it is made of an object of fields, not of ${describeValue(fields)}.`,
    )
  }
  const present = defined(fields)
  if (type !== undefined && (present as { type?: unknown }).type === type)
    Reflect.deleteProperty(present, 'type')
  const unknown = Object.keys(present).find((key) => !Object.hasOwn(known, key))
  if (unknown !== undefined)
    throw new DataError(code, `Invalid ${noun}: ${unknownKey(unknown, Object.keys(known))}`)
  return present as Fields & { readonly [Key in keyof Fields]: Exclude<Fields[Key], null> }
}

/** An object without the keys that are null, itself when there are none; what is not a plain object as it is. */
export function withoutNulls(value: unknown): unknown {
  if (!isPlainObject(value)) return value
  const isAbsent = (field: unknown) => field === null || field === undefined
  if (!Object.values(value).some(isAbsent)) return value
  return Object.fromEntries(Object.entries(value).filter(([, field]) => !isAbsent(field)))
}

/** An object with what it leaves out, itself when it leaves out nothing; what is not a plain object as it is. */
export function completed(value: unknown, rest: Readonly<Record<string, unknown>>): unknown {
  const fields = withoutNulls(value)
  if (!isPlainObject(fields)) return fields
  return Object.keys(rest).every((key) => Object.hasOwn(fields, key)) ? fields : { ...rest, ...fields }
}
