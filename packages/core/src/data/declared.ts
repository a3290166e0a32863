import { DataError } from '../errors.ts'
import { schemaOf } from '../schema/schema.ts'
import type { Socket } from '../schema/socket.ts'
import type { JsonSchema } from '../schema/socket-type.ts'
import { checkValue } from '../schema/validate.ts'
import { formatPath } from '../text/show.ts'

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
}

/** @param noun what the message calls the value, as in `Invalid chat message: …` */
export function declared<T>(noun: string, code: DataError['code'], socket: Socket<T>): Declared<T> {
  return {
    schema: schemaOf(socket),
    is: (value): value is T => checkValue(socket, value).length === 0,
    validate(value) {
      const [problem] = checkValue(socket, value)
      if (problem === undefined) return value as T
      const place = problem.path.length === 0 ? '' : `'${formatPath(problem.path)}': `
      throw new DataError(code, `Invalid ${noun}: ${place}${problem.message}`)
    },
  }
}

/** The keys that have a value; made to be spread, so that an absent option leaves no `undefined` behind. */
export function defined<Fields extends object>(
  fields: Fields,
): { [Key in keyof Fields]?: Exclude<Fields[Key], undefined> } {
  const present: { [Key in keyof Fields]?: Exclude<Fields[Key], undefined> } = {}
  for (const key of Object.keys(fields) as (keyof Fields)[]) {
    if (fields[key] !== undefined) present[key] = fields[key] as Exclude<Fields[typeof key], undefined>
  }
  return present
}
