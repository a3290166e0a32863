import type { SocketType } from '../schema/socket-type.ts'
import type { DocumentPath } from './problems.ts'

/** What a file gives the name of, because it cannot express the value itself. */
export interface NamedValues {
  callback(value: unknown, path: DocumentPath): unknown
  tools(value: unknown, path: DocumentPath): unknown
}

/**
 * The value with everything replaced that `type` declares as `t.callback()` or `t.tools()`: by `replace`, which turns
 * names into values for the loader and values into names for the dump. Looks into objects, records and arrays, and
 * into unions of one such type and null.
 */
export function replaceNamed(
  type: SocketType,
  value: unknown,
  replace: NamedValues,
  path: DocumentPath = [],
): unknown {
  switch (type.kind) {
    case 'named':
      if (type.name === 'Callback') return replace.callback(value, path)
      return type.name === 'Tools' ? replace.tools(value, path) : value
    case 'array':
      if (!Array.isArray(value) || !holdsNamed(type.items)) return value
      return value.map((item, index) => replaceNamed(type.items, item, replace, [...path, index]))
    case 'record':
      if (!holdsNamed(type.values)) return value
      return replaceFields(value, () => type.values, replace, path)
    case 'object':
      return replaceFields(
        value,
        (key) => (Object.hasOwn(type.fields, key) ? type.fields[key]?.type : undefined),
        replace,
        path,
      )
    case 'union': {
      const [member, ...others] = type.members.filter(({ kind }) => kind !== 'null')
      return member && others.length === 0 && value !== null
        ? replaceNamed(member, value, replace, path)
        : value
    }
    default:
      return value
  }
}

function replaceFields(
  value: unknown,
  typeOf: (key: string) => SocketType | undefined,
  replace: NamedValues,
  path: DocumentPath,
): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  const replaced: Record<string, unknown> = { ...value }
  for (const key of Object.keys(replaced)) {
    const type = typeOf(key)
    if (type && holdsNamed(type)) replaced[key] = replaceNamed(type, replaced[key], replace, [...path, key])
  }
  return replaced
}

function holdsNamed(type: SocketType): boolean {
  switch (type.kind) {
    case 'named':
      return type.name === 'Callback' || type.name === 'Tools'
    case 'array':
      return holdsNamed(type.items)
    case 'record':
      return holdsNamed(type.values)
    case 'object':
      return Object.values(type.fields).some((field) => holdsNamed(field.type))
    case 'union':
      return type.members.some(holdsNamed)
    default:
      return false
  }
}
