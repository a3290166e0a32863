import { escapeReferences } from '../../component/environment.ts'
import { isTool } from '../../component/tool.ts'
import { isToolset } from '../../component/toolset.ts'
import { isPlainObject, type JsonObject, type JsonValue } from '../../json.ts'
import { formatPath } from '../../text/show.ts'
import type { DocumentPath } from '../problems.ts'

/** What is as a file has it already, in a value that is not. */
export class Written {
  readonly value: JsonObject

  constructor(value: JsonObject) {
    this.value = value
  }
}

/** The value as a file has it: what looks like a reference to the environment, and is not one, written as text. */
export function escaped(value: JsonValue): JsonValue {
  return writtenOut(value, escapeReferences)
}

export function unwrapped(value: JsonValue): JsonValue {
  return writtenOut(value, (text) => text)
}

function writtenOut(value: JsonValue | Written, write: (text: string) => string): JsonValue {
  if (value instanceof Written) return value.value
  if (typeof value === 'string') return write(value)
  if (Array.isArray(value)) return value.map((item) => writtenOut(item, write))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [write(key), writtenOut(part, write)]))
}

/** Deeper values overflow the stack of whatever writes or reads them. */
const MOST_LEVELS = 500

/** Half of a character: UTF-8 has no bytes for it. */
const LONE_SURROGATE = /\p{Surrogate}/u

/** Is called with each thing that a file cannot express. */
export type Unsupported = (path: DocumentPath, reason: string) => void

/**
 * A copy of a value in plain JSON, as `JSON.stringify` sees it: a key with the value `undefined` isn't there. What no
 * file can express is reported to `unsupported`, and is null in the copy.
 */
export function plainValue(value: unknown, path: DocumentPath, unsupported: Unsupported): JsonValue {
  const open: { readonly object: object; readonly path: DocumentPath }[] = []
  return copy(value, path)

  function copy(part: unknown, place: DocumentPath): JsonValue {
    // Stays until references are escaped.
    if (part instanceof Written) return part as unknown as JsonValue
    const fault = faultOf(part)
    if (fault !== undefined) return refuse(place, fault)
    if (typeof part !== 'object' || part === null) return part as JsonValue
    const around = open.find(({ object }) => object === part)
    if (around) return refuse(place, `is '${formatPath(around.path)}' again, which would have no end`)
    if (open.length >= MOST_LEVELS) return refuse(place, `is nested deeper than ${MOST_LEVELS} levels`)
    open.push({ object: part, path: place })
    const copied = Array.isArray(part) ? copyList(part, place) : copyObject(part, place)
    open.pop()
    return copied
  }

  /** `Array.from` reads the holes of an array as `undefined`. */
  function copyList(list: readonly unknown[], place: DocumentPath): JsonValue {
    return Array.from(list, (item, index) => copy(item, [...place, index]))
  }

  function copyObject(object: object, place: DocumentPath): JsonValue {
    const copied: Record<string, JsonValue> = {}
    for (const [key, field] of Object.entries(object)) {
      if (field === undefined) continue
      if (key === '__proto__') refuse([...place, key], 'is not a key that a file may have')
      else if (LONE_SURROGATE.test(key)) refuse([...place, key], 'is not well-formed Unicode')
      else copied[key] = copy(field, [...place, key])
    }
    return copied
  }

  function refuse(place: DocumentPath, reason: string): null {
    unsupported(place, reason)
    return null
  }
}

/** Why a value by itself cannot be in a file. */
function faultOf(value: unknown): string | undefined {
  switch (typeof value) {
    case 'string':
      return LONE_SURROGATE.test(value) ? 'is not well-formed Unicode' : undefined
    case 'number':
      return Number.isFinite(value) ? undefined : `is the number ${value}`
    case 'boolean':
      return undefined
    case 'object':
      if (isTool(value))
        return `is the tool '${value.name}'. A file has only the names of tools that the registry has`
      if (isToolset(value))
        return `is the toolset '${value.name}'. A file has only the names of toolsets that the registry has`
      if (value === null || Array.isArray(value) || isPlainObject(value)) return undefined
      return `is an instance of the class ${value.constructor?.name || 'without a name'}`
    case 'undefined':
      return 'is undefined'
    case 'function':
      return `is ${value.name === '' ? 'a function' : `the function '${value.name}'`}. A file has only the names of callbacks that the registry has`
    default:
      return `is a ${typeof value}`
  }
}
