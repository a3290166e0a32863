/** What goes into a component or comes out of it, by socket. */
export type Values = Readonly<Record<string, unknown>>

/** The value as an object whose keys can be read; an empty one when it is something else. */
export function asValues(value: unknown): Values {
  return typeof value === 'object' && value !== null ? (value as Values) : {}
}

export function asString(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}

export function asNumber(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined
}
