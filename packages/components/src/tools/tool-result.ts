import { FileContent, ImageContent, TextContent, type ToolCallResult } from '@millrace/core'
import { messageOf } from '@millrace/core/component'
import { ComponentsError } from '../errors.ts'
import { bytesOf, describeBytes, textOfBytes } from './result-bytes.ts'

type Result = ToolCallResult['result']

/**
 * What a tool returned, as a model gets to see it. As in Haystack a text stays as it is, and anything else becomes JSON
 * in which letters of all scripts stay. Parts of a message (texts, images, files), one or a list, stay parts. Nothing is
 * `null`. What JSON lacks is written as people would: a `bigint`, `NaN` and an error as text, a `Map` as an object, a
 * `Set` as a list. Bytes that are UTF-8 are their text; other bytes are described, by kind and size.
 *
 * @throws ComponentsError `TOOL_RESULT_INVALID` for what has no JSON: a function, an iterator, a promise, an object that
 * holds itself, and one of which JSON would show nothing, such as a `Response`
 */
export function toolResult(tool: string, returned: unknown): Result {
  try {
    if (typeof returned === 'string') return returned
    if (isPart(returned)) return [returned]
    if (Array.isArray(returned) && returned.length > 0 && returned.every(isPart)) return returned
    const bytes = bytesOf(returned)
    return bytes === undefined ? toText(tool, returned) : (textOfBytes(bytes) ?? describeBytes(bytes))
  } catch (cause) {
    if (ComponentsError.isInstance(cause)) throw cause
    // A cycle, a getter that throws, or a text longer than a string can be.
    const [reason] = messageOf(cause).split('\n')
    throw invalid(tool, `${reason}.`, cause)
  }
}

/** Only what says that it is one is checked: of a large value the check would list all that is wrong. */
function isPart(value: unknown): value is Exclude<Result, string>[number] {
  if (typeof value !== 'object' || value === null) return false
  switch ((value as { readonly type?: unknown }).type) {
    case 'text':
      return TextContent.is(value)
    case 'image':
      return ImageContent.is(value)
    case 'file':
      return FileContent.is(value)
    default:
      return false
  }
}

function toText(tool: string, returned: unknown): string {
  if (isIterator(returned)) throw invalid(tool, 'an iterator or a stream has none.')
  const plain = plainValue(returned === undefined ? null : returned)
  if (typeof plain === 'string') return plain
  // Buffers have a toJSON of their own, which is a list of numbers: what is there before it counts.
  const text = JSON.stringify(plain, function (this: Readonly<Record<string, unknown>>, key, value) {
    const given = this[key]
    const lack = lackOf(given)
    if (lack !== undefined) throw invalid(tool, key === '' ? lack : `'${key}': ${lack}`)
    return plainValue(bytesOf(given) === undefined ? value : given)
  })
  if (text === undefined) throw invalid(tool, `a ${typeof returned} has none.`)
  return text
}

/** Why JSON would show `{}` for an object that is more than that. */
function lackOf(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
  if (typeof (value as { readonly then?: unknown }).then === 'function')
    return 'a promise has none: await it.'
  const isKnown = [Map, Set, Error, Number, Boolean].some((known) => value instanceof known)
  if (isKnown || ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return undefined
  if (
    Object.keys(value).length > 0 ||
    typeof (value as { readonly toJSON?: unknown }).toJSON === 'function'
  ) {
    return undefined
  }
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype === null || Object.getPrototypeOf(prototype) === null) return undefined
  const { name } = value.constructor
  return `of '${name}' JSON shows nothing. Return what is in it, as of a Response its text().`
}

function isIterator(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false
  return Symbol.asyncIterator in value || ('next' in value && typeof value.next === 'function')
}

/** The longest list of numbers that is written as one: a longer one is an embedding, or data. */
const MOST_NUMBERS = 1000

function plainValue(value: unknown): unknown {
  if (typeof value === 'bigint' || (typeof value === 'number' && !Number.isFinite(value)))
    return String(value)
  if (typeof value !== 'object' || value === null) return value
  if (value instanceof Map) return Object.fromEntries(value)
  if (value instanceof Set) return [...value]
  const bytes = bytesOf(value)
  if (bytes !== undefined) return describeBytes(bytes)
  if (ArrayBuffer.isView(value)) {
    const numbers = value as unknown as ArrayLike<number | bigint>
    return numbers.length <= MOST_NUMBERS ? Array.from(numbers) : `(${numbers.length} numbers)`
  }
  return value instanceof Error ? String(value) : value
}

function invalid(tool: string, reason: string, cause?: unknown): ComponentsError {
  const message = `The result of tool '${tool}' cannot be turned into JSON: ${reason} Return a text, or a value that JSON has.`
  return new ComponentsError('TOOL_RESULT_INVALID', message, {
    tool,
    ...(cause === undefined ? {} : { cause }),
  })
}
