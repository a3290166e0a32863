/** A JSON Schema (2020-12) as plain data. */
export type JsonSchema = { readonly [keyword: string]: unknown }

type LiteralValue = string | number | boolean | null

export interface ObjectField {
  readonly type: SocketType
  readonly optional: boolean
  readonly description?: string
  readonly default?: unknown
}

/**
 * The run-time description of what travels through a socket: what `fits` compares, what the JSON Schema is made
 * from, and what messages print. `constraints` are JSON Schema keywords (`minimum`, `maxLength`, …) that narrow
 * the values but not the type: they play no part in `fits`.
 */
export type SocketType =
  | { readonly kind: 'unknown' }
  | { readonly kind: 'json' }
  | { readonly kind: 'null' }
  | { readonly kind: 'boolean' }
  | { readonly kind: 'string' | 'number' | 'integer'; readonly constraints?: JsonSchema }
  | { readonly kind: 'literal'; readonly values: readonly LiteralValue[] }
  | { readonly kind: 'array'; readonly items: SocketType; readonly constraints?: JsonSchema }
  | { readonly kind: 'object'; readonly fields: Readonly<Record<string, ObjectField>> }
  | { readonly kind: 'record'; readonly values: SocketType }
  | { readonly kind: 'union'; readonly members: readonly SocketType[] }
  | {
      /** A type that is compared by its name alone. */
      readonly kind: 'named'
      readonly name: string
      /** What the values are made of. Present when they are JSON. */
      readonly of?: SocketType
      /** What `of` cannot say: gives the sentence about a value that breaks it. Values that do not fit `of` may come too. */
      readonly rule?: (value: unknown) => string | undefined
      /** Whether it is such a value, for values that are not JSON. */
      readonly check?: (value: unknown) => boolean
      /** What a parameter of this type holds, where a file has something else in its place. */
      readonly holds?: Holding
    }

/**
 * What a file cannot hold, and has in its place: the name of a callback, the name of a tool or a tool as
 * `{ type, initParameters }`, the name of a resource of the file, a component as `{ type, initParameters }`, a pipeline as
 * `{ file }` or `{ definition }`.
 */
export type Holding =
  | { readonly kind: 'callback' | 'tool' | 'resource' | 'pipeline' }
  /** Without a shape: any component. */
  | { readonly kind: 'component'; readonly shape: ComponentShape | undefined }

/** The sockets that a component must have to be held by a parameter. */
export interface ComponentShape {
  readonly inputs: Readonly<Record<string, ObjectField>>
  readonly outputs: Readonly<Record<string, ObjectField>>
}

/** The type as a person would write it: `ChatMessage[]`, `'a' | 'b'`, `{ a: string, b?: number }`. */
export function typeName(type: SocketType): string {
  switch (type.kind) {
    case 'unknown':
    case 'null':
    case 'boolean':
    case 'string':
    case 'number':
    case 'integer':
      return type.kind
    case 'json':
      return 'JSON'
    case 'named':
      return type.name
    case 'literal':
      return type.values
        .map((value) => (typeof value === 'string' ? `'${value}'` : String(value)))
        .join(' | ')
    case 'array': {
      const items = typeName(type.items)
      return isSeveral(type.items) ? `(${items})[]` : `${items}[]`
    }
    case 'record':
      return `Record<string, ${typeName(type.values)}>`
    case 'union':
      return type.members.map(typeName).join(' | ')
    case 'object':
      return objectName(type.fields)
  }
}

function isSeveral(type: SocketType): boolean {
  return (
    (type.kind === 'union' && type.members.length > 1) || (type.kind === 'literal' && type.values.length > 1)
  )
}

const LISTED_FIELDS = 6

function objectName(fields: Readonly<Record<string, ObjectField>>): string {
  const names = Object.entries(fields).map(
    ([name, field]) => `${name}${field.optional ? '?' : ''}: ${typeName(field.type)}`,
  )
  if (names.length === 0) return '{}'
  const listed = names.length > LISTED_FIELDS ? [...names.slice(0, LISTED_FIELDS), '…'] : names
  return `{ ${listed.join(', ')} }`
}
