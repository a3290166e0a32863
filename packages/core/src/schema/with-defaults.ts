import type { ObjectField } from './socket-type.ts'

type Fields = Readonly<Record<string, Pick<ObjectField, 'default'>>>

/** The values, and the defaults of the sockets or fields that have none. */
export function withDefaults<Values extends object>(fields: Fields, values: Values): Values {
  const given = values as Readonly<Record<string, unknown>>
  const missing = Object.entries(fields).filter(
    ([name, field]) => field.default !== undefined && given[name] === undefined,
  )
  if (missing.length === 0) return values
  return { ...values, ...Object.fromEntries(missing.map(([name, field]) => [name, field.default])) }
}
