import type { NamedType } from './schema.ts'
import type { Holding, SocketType } from './socket-type.ts'

/** Keys and indexes from the top of a value down to a part of it. */
export type ValuePath = readonly (string | number)[]

/** A type whose values a file cannot hold. */
export type HeldType = NamedType & { readonly holds: Holding }

/** Gives what is to stand in the place of a value that `type` says is held. */
export type ReplaceHeld = (type: HeldType, value: unknown, path: ValuePath) => unknown

/**
 * The value with everything replaced that a file cannot hold, by what its type says: tools, callbacks, components and
 * resources. The loader turns what a file has into values this way, and the dump turns values into what a file has. Looks
 * into objects, records and arrays, and into unions of one such type and null. What has nothing to replace is not copied.
 */
export function replaceHeld(
  type: SocketType,
  value: unknown,
  replace: ReplaceHeld,
  path: ValuePath = [],
): unknown {
  switch (type.kind) {
    case 'named':
      return isHeld(type) ? replace(type, value, path) : value
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
        ? replaceHeld(member, value, replace, path)
        : value
    }
    default:
      return value
  }
}

function isHeld(type: NamedType): type is HeldType {
  return type.holds !== undefined
}

function replaceParts(
  value: unknown,
  isExpected: boolean,
  typeOf: (key: string | number) => SocketType | undefined,
  replace: ReplaceHeld,
  path: ValuePath,
): unknown {
  if (!isExpected) return value
  let replaced: Record<string | number, unknown> | undefined
  for (const [name, part] of Object.entries(value as object)) {
    const key = Array.isArray(value) ? Number(name) : name
    const type = typeOf(key)
    const next = type === undefined ? part : replaceHeld(type, part, replace, [...path, key])
    if (next === part) continue
    replaced ??= (Array.isArray(value) ? [...value] : { ...(value as object) }) as Record<string, unknown>
    replaced[key] = next
  }
  return replaced ?? value
}

function isRecord(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
