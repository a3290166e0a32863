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
 * into unions of one such type and null. What has nothing to replace is not copied.
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
      return replaceParts(value, Array.isArray(value), () => type.items, replace, path)
    case 'record':
      return replaceParts(value, isRecord(value), () => type.values, replace, path)
    case 'object': {
      const typeOf = (key: string | number) =>
        Object.hasOwn(type.fields, key) ? type.fields[key]?.type : undefined
      return replaceParts(value, isRecord(value), typeOf, replace, path)
    }
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

function replaceParts(
  value: unknown,
  isExpected: boolean,
  typeOf: (key: string | number) => SocketType | undefined,
  replace: NamedValues,
  path: DocumentPath,
): unknown {
  if (!isExpected) return value
  let replaced: Record<string | number, unknown> | undefined
  for (const [name, part] of Object.entries(value as object)) {
    const key = Array.isArray(value) ? Number(name) : name
    const type = typeOf(key)
    const next = type === undefined ? part : replaceNamed(type, part, replace, [...path, key])
    if (next === part) continue
    replaced ??= (Array.isArray(value) ? [...value] : { ...(value as object) }) as Record<string, unknown>
    replaced[key] = next
  }
  return replaced ?? value
}

function isRecord(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
