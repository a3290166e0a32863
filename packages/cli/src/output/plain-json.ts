import { inspect } from 'node:util'
import { formatPath, messageOf } from '@millrace/core/component'

/** A value as JSON has it, and what had to be written in another way for that. */
export interface PlainJson {
  readonly json: unknown
  /** As in `at 'a.b' a Map is an object`; of many the first ones. */
  readonly changes: readonly string[]
}

/** Nobody reads more. */
const MOST_CHANGES = 3
/** What nests deeper overflows the stack of `JSON.stringify`. */
const DEEPEST = 1000

/**
 * What JSON lacks is written as people would, and nothing is left out: a `bigint`, `NaN` and an error as text, a `Map` as an
 * object, a `Set` as a list, bytes in base64, what holds itself and what has no fields as a text that says so.
 */
export function plainJson(value: unknown): PlainJson {
  const changes: string[] = []
  const around: object[] = []
  return { json: plain(value, []), changes }

  function changed<T>(path: readonly (string | number)[], what: string, written: T): T {
    const place = path.length === 0 ? '' : `at '${formatPath(path)}' `
    if (changes.length < MOST_CHANGES) changes.push(`${place}${what}`)
    return written
  }

  function plain(item: unknown, path: readonly (string | number)[]): unknown {
    switch (typeof item) {
      case 'string':
      case 'boolean':
        return item
      case 'number':
        return Number.isFinite(item) ? item : changed(path, `${item} is a text`, String(item))
      case 'bigint':
        return changed(path, 'a bigint is a text', String(item))
      case 'object':
        return item === null ? null : object(item, path)
      default:
        return changed(
          path,
          `${typeof item === 'undefined' ? typeof item : `a ${typeof item}`} is a text`,
          inspect(item),
        )
    }
  }

  function object(item: object, path: readonly (string | number)[]): unknown {
    if (around.includes(item)) return changed(path, 'what holds itself is a text', '(what this is in)')
    if (path.length > DEEPEST) return changed(path, 'what is too deep is a text', '(too deep)')
    around.push(item)
    try {
      return inside(item, path)
    } catch (error) {
      return changed(path, 'what cannot be read is a text', `(cannot be read: ${messageOf(error)})`)
    } finally {
      around.pop()
    }
  }

  function inside(item: object, path: readonly (string | number)[]): unknown {
    if (Array.isArray(item)) return Array.from(item, (one, index) => plain(one, [...path, index]))
    if (item instanceof Error) return changed(path, 'an error is a text', String(item))
    if (item instanceof Map) return changed(path, 'a Map is an object', map(item, path))
    if (item instanceof Set) return changed(path, 'a Set is a list', plain([...item], path))
    if (item instanceof Date) {
      return Number.isNaN(item.getTime())
        ? changed(path, 'an invalid Date is a text', String(item))
        : item.toJSON()
    }
    if (item instanceof ArrayBuffer || ArrayBuffer.isView(item)) return bytes(item, path)
    const { toJSON } = item as { readonly toJSON?: unknown }
    if (typeof toJSON === 'function') {
      try {
        return plain(toJSON.call(item, String(path.at(-1) ?? '')), path)
      } catch (error) {
        changed(
          path,
          `its own fields stand for what has a toJSON that failed (${messageOf(error)})`,
          undefined,
        )
      }
    }
    const fields = Object.keys(item).filter((key) => key !== 'toJSON' || typeof toJSON !== 'function')
    if (fields.length === 0 && !isPlain(item)) {
      return changed(path, `${item.constructor?.name ?? 'an object'} is a text`, inspect(item))
    }
    return fieldsOf(item as Readonly<Record<string, unknown>>, fields, path)
  }

  /** What is undefined is not there, as everywhere. */
  function fieldsOf(
    item: Readonly<Record<string, unknown>>,
    keys: readonly string[],
    path: readonly (string | number)[],
  ): unknown {
    const entries = keys.flatMap((key) => {
      const at = [...path, key]
      try {
        const field = item[key]
        return field === undefined ? [] : [[key, plain(field, at)] as const]
      } catch (error) {
        return [
          [
            key,
            changed(at, 'what cannot be read is a text', `(cannot be read: ${messageOf(error)})`),
          ] as const,
        ]
      }
    })
    return Object.fromEntries(entries)
  }

  function map(item: ReadonlyMap<unknown, unknown>, path: readonly (string | number)[]): unknown {
    const names = [...item.keys()]
    const isNamed = names.every((key) => typeof key === 'string' || typeof key === 'number')
    // Keys that would become one, and objects as keys, stay in pairs.
    if (!isNamed || new Set(names.map(String)).size < names.length) return plain([...item], path)
    return Object.fromEntries(
      [...item].map(([key, one]) => [String(key), plain(one, [...path, String(key)])]),
    )
  }

  function bytes(item: ArrayBuffer | ArrayBufferView, path: readonly (string | number)[]): unknown {
    if (ArrayBuffer.isView(item) && !(item instanceof Uint8Array || item instanceof DataView)) {
      return changed(
        path,
        'numbers in a buffer are a list',
        plain(Array.from(item as unknown as ArrayLike<unknown>), path),
      )
    }
    const view = ArrayBuffer.isView(item)
      ? Buffer.from(item.buffer, item.byteOffset, item.byteLength)
      : Buffer.from(item)
    return changed(path, 'bytes are base64', view.toString('base64'))
  }
}

function isPlain(item: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(item)
  return prototype === null || Object.getPrototypeOf(prototype) === null
}
