import { Fault } from './jinja-error.ts'
import { sortBy } from './methods.ts'
import { Float, floatText } from './numbers.ts'
import { integerText } from './print.ts'
import type { Run } from './run.ts'
import {
  Dict,
  entriesOf,
  isMapping,
  type Mapping,
  Markup,
  Range,
  TemplateObject,
  typeName,
} from './values.ts'

export interface JsonOptions {
  readonly ensureAscii: boolean
  /** A string for each level, or undefined for one line. */
  readonly indent: string | undefined
  readonly itemSeparator: string
  readonly keySeparator: string
  readonly sortKeys: boolean
}

/** Python's `json.dumps`. @throws Fault `TYPE` for what JSON cannot hold */
export function toJsonText(value: unknown, options: JsonOptions, run: Run): string {
  return write(value, options, run, '\n')
}

function write(value: unknown, options: JsonOptions, run: Run, newline: string): string {
  run.spend(1)
  if (typeof value === 'string') return writeString(value, options, run)
  if (value === null) return 'null'
  if (typeof value === 'boolean') return String(value)
  if (typeof value === 'bigint') return integerText(value, run)
  if (typeof value === 'number') return Number.isSafeInteger(value) ? String(value) : floatJson(value)
  if (value instanceof Float) return floatJson(value.value)
  if (value instanceof Markup) return writeString(value.text, options, run)
  if (value instanceof TemplateObject) return write(value.toJSON(), options, run, newline)
  const isList = Array.isArray(value) && !(value instanceof Range)
  if (!isList && !isMapping(value)) throw new Fault('TYPE', `${typeName(value)} cannot be written as JSON.`)
  run.enter()
  run.spend(6)
  const inner = options.indent === undefined ? newline : newline + options.indent
  const parts = isList
    ? Array.from(value as unknown[], (item) => write(item, options, run, inner))
    : members(value as Mapping, options, run, inner)
  run.leave()
  const between = options.itemSeparator.length + (options.indent === undefined ? 0 : inner.length)
  run.spendText(parts.reduce((sum, part) => sum + part.length + between, 2))
  return bracketed(parts, isList ? '[]' : '{}', options, newline, inner)
}

function bracketed(
  parts: readonly string[],
  brackets: string,
  options: JsonOptions,
  newline: string,
  inner: string,
): string {
  if (parts.length === 0) return brackets
  const [begin, end] = options.indent === undefined ? ['', ''] : [inner, newline]
  const separator = options.itemSeparator + (options.indent === undefined ? '' : inner)
  return brackets[0] + begin + parts.join(separator) + end + brackets[1]
}

function members(mapping: Mapping, options: JsonOptions, run: Run, newline: string): string[] {
  let entries = Array.from(entriesOf(mapping))
  if (options.sortKeys) entries = sortBy(entries, ([key]) => key, false, run)
  return entries.map(
    ([key, item]) =>
      writeString(keyText(key, run), options, run) +
      options.keySeparator +
      write(item, options, run, newline),
  )
}

function keyText(key: unknown, run: Run): string {
  if (typeof key === 'string') return key
  if (key === null) return 'null'
  if (typeof key === 'boolean') return String(key)
  if (typeof key === 'bigint') return integerText(key, run)
  if (typeof key === 'number') return Number.isSafeInteger(key) ? String(key) : floatJson(key)
  if (key instanceof Float) return floatJson(key.value)
  throw new Fault('TYPE', `${typeName(key)} cannot be a key in JSON.`)
}

function floatJson(value: number): string {
  if (Number.isNaN(value)) return 'NaN'
  return Number.isFinite(value) ? floatText(value) : value > 0 ? 'Infinity' : '-Infinity'
}

const BEYOND_ASCII = /[\u007f-\uffff]/g

function writeString(text: string, { ensureAscii }: JsonOptions, run: Run): string {
  run.spendText(text.length)
  // JavaScript escapes lone surrogates, which Python writes as they are unless all is ASCII.
  const written = JSON.stringify(text)
  if (!ensureAscii) return written
  run.spend(text.length)
  return written.replace(BEYOND_ASCII, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

/** What a JSON text stands for. @throws Fault `TYPE` */
export function fromJsonText(text: string, run: Run): unknown {
  run.spendText(text.length)
  run.spend(text.length / 8)
  try {
    return ownValue(JSON.parse(text) as unknown)
  } catch (cause) {
    if (cause instanceof RangeError) throw cause
    throw new Fault(
      'TYPE',
      `The text is not JSON: ${cause instanceof Error ? cause.message : String(cause)}.`,
      { cause },
    )
  }
}

function ownValue(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(ownValue)
  if (!isMapping(value)) return value
  const dict = new Dict()
  for (const [key, item] of entriesOf(value)) dict.set(key, ownValue(item))
  return dict
}
