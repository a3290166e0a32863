import type { SocketType } from './socket-type.ts'

type Kind<K extends SocketType['kind']> = Extract<SocketType, { readonly kind: K }>

/**
 * Whether every value of type `sends` is a value of type `expects`. Structural and covariant:
 * `unknown` accepts everything and is accepted by `unknown` alone; `integer` fits `number`; literals fit their base
 * type and a wider set, and `boolean` the set of both its values; every member of a sent union must fit a member of the
 * expected one; arrays, records and the expected fields of objects are compared one by one; named types by name.
 */
export function fits(sends: SocketType, expects: SocketType): boolean {
  if (sends === expects || expects.kind === 'unknown') return true
  if (sends.kind === 'union') return sends.members.every((member) => fits(member, expects))
  if (sends.kind === 'literal' && expects.kind !== 'literal') return valuesFit(sends.values, expects)
  if (sends.kind === 'boolean' && expects.kind !== 'boolean') return valuesFit([true, false], expects)
  if (expects.kind === 'union') return expects.members.some((member) => fits(sends, member))
  if (expects.kind === 'json') return isJson(sends)
  switch (sends.kind) {
    case 'unknown':
      return false
    case 'integer':
      return expects.kind === 'integer' || expects.kind === 'number'
    case 'literal':
      return expects.kind === 'literal' && sends.values.every((value) => expects.values.includes(value))
    case 'array':
      return expects.kind === 'array' && fits(sends.items, expects.items)
    case 'record':
      return expects.kind === 'record' && fits(sends.values, expects.values)
    case 'object':
      return objectFits(sends, expects)
    case 'named':
      return expects.kind === 'named' && sends.name === expects.name
    default:
      return sends.kind === expects.kind
  }
}

type Values = Kind<'literal'>['values']

/** A set of values fits when each does, so that `'a' | 1` fits `string | number`. */
function valuesFit(values: Values, expects: SocketType): boolean {
  return values.every((value) => valueFits(value, expects))
}

function valueFits(value: Values[number], expects: SocketType): boolean {
  switch (expects.kind) {
    case 'unknown':
    case 'json':
      return true
    case 'union':
      return expects.members.some((member) => valueFits(value, member))
    case 'literal':
      return expects.values.includes(value)
    case 'integer':
      return Number.isInteger(value)
    case 'null':
      return value === null
    case 'string':
    case 'number':
    case 'boolean':
      return expects.kind === typeof value
    default:
      return false
  }
}

function objectFits(sends: Kind<'object'>, expects: SocketType): boolean {
  if (expects.kind === 'record') {
    return Object.values(sends.fields).every((field) => fits(field.type, expects.values))
  }
  if (expects.kind !== 'object') return false
  return Object.entries(expects.fields).every(([name, wanted]) => {
    const given = Object.hasOwn(sends.fields, name) ? sends.fields[name] : undefined
    if (given === undefined) return wanted.optional
    return (wanted.optional || !given.optional) && fits(given.type, wanted.type)
  })
}

function isJson(type: SocketType): boolean {
  switch (type.kind) {
    case 'named':
      return type.of !== undefined
    case 'array':
      return isJson(type.items)
    case 'record':
      return isJson(type.values)
    case 'object':
      return Object.values(type.fields).every((field) => isJson(field.type))
    case 'union':
      return type.members.every(isJson)
    default:
      return type.kind !== 'unknown'
  }
}
