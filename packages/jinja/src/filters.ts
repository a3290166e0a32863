import { listFilters } from './filters-of-lists.ts'
import { textFilters } from './filters-of-texts.ts'
import { Fault } from './jinja-error.ts'
import { fromJsonText, toJsonText } from './json.ts'
import { methodsOf } from './methods.ts'
import { asNumber, isFloat, isInteger, isNumber, roundFloat, toFloat, toInteger } from './numbers.ts'
import { defineOperations, type Rows, readAttribute, withAliases } from './operation.ts'
import { calculate, isTrue, listOf, negate } from './operators.ts'
import { textOf } from './print.ts'
import type { Operation, Run } from './run.ts'
import { strip } from './text.ts'
import { isMapping, isMissing, isText, typeName, Undefined } from './values.ts'

const rows: Rows = {
  abs: ['', (_run, value) => absolute(value)],
  attr: [
    'name:str',
    (run, value, name) =>
      isMapping(value) && !methodsOf(value)?.has(name)
        ? new Undefined(name, value)
        : run.environment.attribute(value, name, run),
  ],
  default: ["default_value='', boolean=false", defaultTo],
  filesizeformat: ['binary=false', (run, value, binary) => fileSize(numberFrom(value, run), isTrue(binary))],
  float: ['default=0.0', toFloatOr],
  from_json: ['', (run, value) => fromJsonText(textOf(value, run), run)],
  int: ['default=0, base:int=10', toIntOr],
  round: ["precision:int?=0, method:common|ceil|floor='common'", round],
  sum: ['attribute:int|str?=none, start=0', sum],
  tojson: ['ensure_ascii=false, indent:int|str?=none, separators=none, sort_keys=false', toJson],
}

const aliases: Readonly<Record<string, string>> = { count: 'length', d: 'default', e: 'escape' }

/** The filters that every template has, by name. */
export const filters: ReadonlyMap<string, Operation> = withAliases(
  new Map([...defineOperations(rows), ...textFilters, ...listFilters]),
  aliases,
)

function absolute(value: unknown): unknown {
  if (value instanceof Undefined) throw value.fault()
  if (!isNumber(value)) throw new Fault('TYPE', `The filter 'abs' takes a number, not ${typeName(value)}.`)
  return isFloat(value)
    ? toFloat(Math.abs(asNumber(value)))
    : asNumber(value) < 0
      ? negate(value, '-')
      : negate(value, '+')
}

function defaultTo(_run: Run, value: unknown, fallback: unknown, boolean: unknown): unknown {
  return isMissing(value) || (isTrue(boolean) && !isTrue(value)) ? fallback : value
}

// Numbers

const INTEGER = /^[-+]?\d+(?:_\d+)*$/
const FLOAT = /^[-+]?(?:(?:\d+(?:_\d+)*)(?:\.(?:\d+(?:_\d+)*)?)?|\.\d+(?:_\d+)*)(?:e[-+]?\d+(?:_\d+)*)?$/i
const SPECIAL = /^([-+]?)(inf|infinity|nan)$/i

/** Python's `float(text)`; undefined for what is not one. */
function parseFloatText(text: string): number | undefined {
  const stripped = strip(text, undefined, 'both')
  if (FLOAT.test(stripped)) return Number(stripped.replaceAll('_', ''))
  const special = SPECIAL.exec(stripped)
  if (!special) return undefined
  if (special[2]?.toLowerCase() === 'nan') return Number.NaN
  return special[1] === '-' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY
}

/** Python's `int(text, base)`; undefined for what is not one. */
function parseInteger(text: string, base: number, run: Run): number | bigint | undefined {
  const stripped = strip(text, undefined, 'both').toLowerCase()
  if (stripped.length > 4300) return undefined
  // Long integers are read in time that grows with the square of their length.
  run.spend(stripped.length ** 2 / (base === 10 ? 10_000 : 500))
  if (base === 10)
    return INTEGER.test(stripped)
      ? toInteger(BigInt(stripped.replace(/^\+/, '').replaceAll('_', '')))
      : undefined
  const [, sign = '', prefix = '', written = ''] =
    /^([-+]?)(0[xob])?_?([\da-z]+(?:_[\da-z]+)*)$/.exec(stripped) ?? []
  const own = { 16: '0x', 8: '0o', 2: '0b' }[base] ?? ''
  const bases: Readonly<Record<string, number>> = { '0x': 16, '0o': 8, '0b': 2 }
  const radix = base === 0 ? (bases[prefix] ?? 10) : base
  // `0b1` are digits in base 16.
  const all = prefix !== '' && prefix !== own && base !== 0 ? prefix + written : written
  const digits = Array.from(all.replaceAll('_', ''), (digit) => Number.parseInt(digit, 36))
  if (digits.length === 0 || digits.some((digit) => !(digit < radix))) return undefined
  const value = digits.reduce((sum, digit) => sum * BigInt(radix) + BigInt(digit), 0n)
  return toInteger(sign === '-' ? -value : value)
}

function toFloatOr(run: Run, value: unknown, fallback: unknown): unknown {
  if (value instanceof Undefined) throw value.fault()
  if (isNumber(value)) return toFloat(asNumber(value))
  if (isText(value)) run.spendCharacters(textValue(value).length)
  const parsed = isText(value) ? parseFloatText(textValue(value)) : undefined
  return parsed === undefined ? fallback : toFloat(parsed)
}

function textValue(value: unknown): string {
  return typeof value === 'string' ? value : (value as { text: string }).text
}

function toIntOr(run: Run, value: unknown, fallback: unknown, base: number): unknown {
  if (base !== 0 && (base < 2 || base > 36))
    throw new Fault('ARGUMENTS', "'base' of the filter 'int' is 0 or from 2 to 36.")
  if (value instanceof Undefined) throw value.fault()
  if (isInteger(value)) return toInteger(BigInt(value))
  if (isText(value)) run.spendCharacters(textValue(value).length)
  const parsed = isText(value) ? parseInteger(textValue(value), base, run) : undefined
  if (parsed !== undefined) return parsed
  // As in Jinja2: `'42.23' | int` is 42.
  const float = isFloat(value)
    ? asNumber(value)
    : isText(value)
      ? parseFloatText(textValue(value))
      : undefined
  if (float === undefined) return fallback
  if (Number.isFinite(float)) return toInteger(BigInt(Math.trunc(float)))
  if (isFloat(value) && !Number.isNaN(float))
    throw new Fault('TYPE', 'An infinite float cannot become an integer.')
  return fallback
}

function round(run: Run, value: unknown, precision: number | null, method: unknown): unknown {
  if (value instanceof Undefined) throw value.fault()
  if (!isNumber(value)) throw new Fault('TYPE', `The filter 'round' takes a number, not ${typeName(value)}.`)
  if (method !== 'common') {
    const scale = 10 ** (precision ?? 0)
    const whole = method === 'ceil' ? Math.ceil : Math.floor
    return toFloat(whole(asNumber(value) * scale) / scale)
  }
  if (isFloat(value)) {
    run.spend(40)
    const rounded = roundFloat(asNumber(value), precision ?? 0)
    return precision === null ? toInteger(BigInt(rounded)) : toFloat(rounded)
  }
  return precision !== null && precision < 0
    ? roundInteger(BigInt(value), -precision)
    : toInteger(BigInt(value))
}

/** To tens, hundreds and so on, halves to even. */
function roundInteger(value: bigint, places: number): number | bigint {
  if (places > 400) return 0
  const scale = 10n ** BigInt(places)
  const rest = ((value % scale) + scale) % scale
  const down = value - rest
  const isUp = rest * 2n > scale || (rest * 2n === scale && (down / scale) % 2n !== 0n)
  return toInteger(isUp ? down + scale : down)
}

function numberFrom(value: unknown, run: Run): number {
  if (isNumber(value)) return asNumber(value)
  if (isText(value)) run.spendCharacters(textValue(value).length)
  const parsed = isText(value) ? parseFloatText(textValue(value)) : undefined
  if (parsed !== undefined) return parsed
  throw value instanceof Undefined
    ? value.fault()
    : new Fault('TYPE', `${typeName(value)} is not a number of bytes.`)
}

function fileSize(bytes: number, binary: boolean): string {
  const base = binary ? 1024 : 1000
  if (bytes === 1) return '1 Byte'
  if (bytes < base) return `${Math.trunc(bytes)} Bytes`
  const units = ['k', 'M', 'G', 'T', 'P', 'E', 'Z', 'Y']
  const power = units.findIndex((_, index) => BigInt(Math.trunc(bytes)) < BigInt(base) ** BigInt(index + 2))
  const place = power < 0 ? units.length - 1 : power
  const unit = binary ? `${units[place]?.toUpperCase()}iB` : `${units[place]}B`
  return `${((base * bytes) / base ** (place + 2)).toFixed(1)} ${unit}`
}

function sum(run: Run, value: unknown, attribute: string | number | null, start: unknown): unknown {
  let total = start
  if (isText(start))
    throw new Fault('TYPE', "The filter 'sum' adds numbers: texts are put together by 'join'.")
  for (const item of listOf(value, run)) {
    run.spend(1)
    const term = attribute === null ? item : readAttribute(item, attribute, run)
    total = calculate('+', total, term, run)
  }
  return total
}

// JSON

function toJson(
  run: Run,
  value: unknown,
  ascii: unknown,
  indent: string | number | null,
  separators: unknown,
  sortKeys: unknown,
): string {
  const unit =
    indent === null ? undefined : typeof indent === 'string' ? indent : ' '.repeat(Math.max(0, indent))
  if (unit !== undefined) run.spendText(unit.length * run.limits.depth)
  const [item, key] = separators === null ? [undefined, undefined] : separatorPair(separators)
  const defaultItem = unit === undefined ? ', ' : ','
  const options = {
    ensureAscii: isTrue(ascii),
    indent: unit,
    itemSeparator: item ?? defaultItem,
    keySeparator: key ?? ': ',
    sortKeys: isTrue(sortKeys),
  }
  return toJsonText(value, options, run)
}

function separatorPair(value: unknown): [string, string] {
  if (Array.isArray(value) && value.length === 2 && value.every(isText))
    return [textValue(value[0]), textValue(value[1])]
  throw new Fault(
    'ARGUMENTS',
    "'separators' of the filter 'tojson' are two strings, as in separators=(',', ':').",
  )
}
