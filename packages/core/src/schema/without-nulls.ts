import { isPlainObject } from '../json.ts'
import type { SocketType } from './socket-type.ts'

/**
 * The value without the keys whose value is null, where the type has them as optional fields that cannot be null: other
 * languages write null for what is not there. Looks into objects, records and arrays, and copies only what changes.
 */
export function withoutNulls<T>(type: SocketType, value: T): T {
  switch (type.kind) {
    case 'array':
      return Array.isArray(value) ? changed(value, () => type.items) : value
    case 'record':
      return isPlainObject(value) ? changed(value, () => type.values) : value
    case 'named':
      return type.of === undefined ? value : withoutNulls(type.of, value)
    case 'union': {
      const [member, ...others] = type.members.filter((possible) => mayBe(possible, value))
      return member === undefined || others.length > 0 ? value : withoutNulls(member, value)
    }
    case 'object': {
      if (!isPlainObject(value)) return value
      const { fields } = type
      const typeOf = (key: string | number) => (Object.hasOwn(fields, key) ? fields[key]?.type : undefined)
      const absent = Object.keys(value).filter((key) => {
        const field = Object.hasOwn(fields, key) ? fields[key] : undefined
        return value[key] === null && field?.optional === true && !takesNull(field.type)
      })
      const present = absent.length === 0 ? value : without(value, absent)
      return changed(present, typeOf) as T
    }
    default:
      return value
  }
}

function without(value: object, keys: readonly string[]): object {
  return Object.fromEntries(Object.entries(value).filter(([key]) => !keys.includes(key)))
}

/** The value with its parts replaced by what is left of them; itself where nothing changes. */
function changed<T>(value: T, typeOf: (key: string | number) => SocketType | undefined): T {
  let copy: Record<string | number, unknown> | undefined
  for (const [name, part] of Object.entries(value as object)) {
    if (typeof part !== 'object' || part === null) continue
    const key = Array.isArray(value) ? Number(name) : name
    const type = typeOf(key)
    const next = type === undefined ? part : withoutNulls(type, part)
    if (next === part) continue
    copy ??= (Array.isArray(value) ? [...value] : { ...(value as object) }) as Record<string, unknown>
    copy[key] = next
  }
  return (copy ?? value) as T
}

/** Whether null is a value of the type, not the absence of one. */
export function takesNull(type: SocketType): boolean {
  switch (type.kind) {
    case 'unknown':
    case 'json':
    case 'null':
      return true
    case 'literal':
      return type.values.includes(null)
    case 'union':
      return type.members.some(takesNull)
    case 'named':
      // What is not made of JSON is never null.
      return type.of !== undefined && takesNull(type.of)
    default:
      return false
  }
}

/** Whether a value looks like one of this type: a list, or an object that says so in each of its literal fields. */
function mayBe(type: SocketType, value: unknown): boolean {
  const structure = type.kind === 'named' && type.of !== undefined ? type.of : type
  switch (structure.kind) {
    case 'array':
      return Array.isArray(value)
    case 'record':
      return isPlainObject(value)
    case 'union':
      return structure.members.some((member) => mayBe(member, value))
    case 'object':
      return (
        isPlainObject(value) &&
        Object.entries(structure.fields).every(
          ([name, { type: field, optional }]) =>
            optional || field.kind !== 'literal' || field.values.includes(value[name] as never),
        )
      )
    default:
      return false
  }
}
