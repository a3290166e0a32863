import { formatPercent } from './format.ts'
import { escapeHtml } from './html.ts'
import { Fault } from './jinja-error.ts'
import { asNumber, Float, isFloat, isInteger, isNumber, toFloat, toInteger } from './numbers.ts'
import { textOf } from './print.ts'
import type { Run } from './run.ts'
import type { BinaryOperator, ComparisonOperator } from './syntax-tree.ts'
import { countCharacters } from './text.ts'
import {
  Dict,
  DictView,
  entriesOf,
  Generator,
  getEntry,
  hasEntries,
  isMapping,
  isText,
  keysOf,
  Markup,
  Range,
  sizeOf,
  Tuple,
  typeName,
  Undefined,
} from './values.ts'

/** What an `if` makes of a value. */
export function isTrue(value: unknown): boolean {
  switch (typeof value) {
    case 'boolean':
      return value
    case 'string':
      return value !== ''
    case 'number':
      return value !== 0
    case 'bigint':
      return true
  }
  if (value === null || value === undefined || value instanceof Undefined) return false
  if (Array.isArray(value)) return value.length > 0
  if (value instanceof Float) return value.value !== 0
  if (value instanceof Markup) return value.text !== ''
  if (value instanceof DictView) return value.items.length > 0
  if (isMapping(value)) return hasEntries(value)
  return true
}

// Arithmetic

/** @throws Fault `TYPE` or `UNDEFINED` */
export function calculate(operator: BinaryOperator, left: unknown, right: unknown, run: Run): unknown {
  if (typeof left === 'number' && typeof right === 'number' && operator.length === 1 && operator !== '/') {
    const result = operator === '+' ? left + right : operator === '-' ? left - right : left * right
    // The result is an int only if both are; a float with an integral value is not a JavaScript number.
    if (
      operator !== '%' &&
      Number.isSafeInteger(result) &&
      Number.isSafeInteger(left) &&
      Number.isSafeInteger(right)
    ) {
      return result
    }
  }
  if (isNumber(left) && isNumber(right)) {
    if (operator === '**' && isInteger(left) && isInteger(right)) payPower(left, right, run)
    else if (typeof left === 'bigint' || typeof right === 'bigint') payIntegers(left, right, run)
    return calculateNumbers(operator, left, right)
  }
  if (operator === '+') return add(left, right, run)
  if (operator === '*') return repeat(left, right, run)
  if (operator === '%' && isText(left)) return percent(left, right, run)
  throw unsupported(operator, left, right)
}

function unsupported(operator: string, left: unknown, right: unknown): Fault {
  for (const value of [left, right]) if (value instanceof Undefined) return value.fault()
  const hint =
    operator === '+' && (isText(left) || isText(right)) ? " '~' joins any two values as texts." : ''
  return new Fault('TYPE', `'${operator}' does not work on ${typeName(left)} and ${typeName(right)}.${hint}`)
}

type PythonNumber = number | bigint | boolean | Float

function calculateNumbers(operator: BinaryOperator, left: PythonNumber, right: PythonNumber): unknown {
  const divides = operator === '/' || operator === '//' || operator === '%'
  if (divides && !isTrue(right)) throw new Fault('TYPE', `'${operator}' divides by zero.`)
  if (
    operator === '/' &&
    (typeof left === 'bigint' || typeof right === 'bigint') &&
    isInteger(left) &&
    isInteger(right)
  ) {
    return toFloat(divideLarge(BigInt(left), BigInt(right)))
  }
  if (isFloat(left) || isFloat(right) || operator === '/') {
    return toFloat(calculateFloats(operator, asNumber(left), asNumber(right)))
  }
  if (operator === '**' && asNumber(right) < 0) return toFloat(powerOf(asNumber(left), asNumber(right)))
  return toInteger(calculateIntegers(operator, BigInt(left), BigInt(right)))
}

/** With more bits than a float has, so that the quotient of two integers beyond all floats is there, and right. */
function divideLarge(left: bigint, right: bigint): number {
  const shift = Math.max(0, 80 - Math.floor(bitsOf(left) - bitsOf(right)))
  const quotient = Number((left << BigInt(shift)) / right) * 2 ** -shift
  if (Number.isFinite(quotient)) return quotient
  throw new Fault('TYPE', "'/' gives a float that is too large.")
}

function calculateFloats(operator: BinaryOperator, left: number, right: number): number {
  switch (operator) {
    case '+':
      return left + right
    case '-':
      return left - right
    case '*':
      return left * right
    case '/':
      return left / right
    case '//':
      return floorDivide(left, right)
    case '%':
      return floatModulo(left, right)
    case '**':
      return powerOf(left, right)
  }
}

/** Exact where the quotient is: the rest is taken off first. */
function floorDivide(left: number, right: number): number {
  const quotient = (left - floatModulo(left, right)) / right
  if (quotient === 0) return left / right < 0 || Object.is(left / right, -0) ? -0 : 0
  const floor = Math.floor(quotient)
  return quotient - floor > 0.5 ? floor + 1 : floor
}

/** Takes the sign of the divisor. */
function floatModulo(left: number, right: number): number {
  const rest = left % right
  if (rest === 0) return right < 0 ? -0 : 0
  return rest < 0 !== right < 0 ? rest + right : rest
}

function powerOf(base: number, exponent: number): number {
  if (base === 0 && exponent < 0) throw new Fault('TYPE', "'**' raises zero to a negative power.")
  const result = base ** exponent
  if (Number.isNaN(result) && !Number.isNaN(base) && !Number.isNaN(exponent)) {
    throw new Fault('TYPE', "'**' gives a complex number, which is not supported.")
  }
  if (!Number.isFinite(result) && Number.isFinite(base) && Number.isFinite(exponent)) {
    throw new Fault('TYPE', "'**' gives a float that is too large.")
  }
  return result
}

/** Bits beyond which an integer is refused: nobody prints one, and arithmetic on it takes long. */
const MOST_BITS = 64_000

function calculateIntegers(operator: BinaryOperator, left: bigint, right: bigint): bigint {
  switch (operator) {
    case '+':
      return left + right
    case '-':
      return left - right
    case '*':
      checkBits(bitsOf(left) + bitsOf(right))
      return left * right
    case '//': {
      const quotient = left / right
      return left % right !== 0n && left < 0n !== right < 0n ? quotient - 1n : quotient
    }
    case '%': {
      const rest = left % right
      return rest !== 0n && rest < 0n !== right < 0n ? rest + right : rest
    }
    default:
      if (left !== 0n && left !== 1n && left !== -1n) checkBits(bitsOf(left) * Number(right))
      return left ** right
  }
}

function bitsOf(value: bigint): number {
  const rough = Math.abs(Number(value))
  return Number.isFinite(rough) ? Math.log2(rough + 1) : value.toString(16).length * 4
}

/** Multiplying and dividing long integers takes time with the product of their lengths. */
function payIntegers(left: PythonNumber, right: PythonNumber, run: Run): void {
  const words = [left, right].map((value) => (typeof value === 'bigint' ? bitsOf(value) / 64 : 1))
  run.spend(((words[0] ?? 1) + (words[1] ?? 1)) ** 2 / 400)
}

/** Powers of what is longer are refused. */
function payPower(base: PythonNumber, exponent: PythonNumber, run: Run): void {
  const bits = bitsOf(BigInt(base as bigint)) * asNumber(exponent)
  if (bits > 0 && bits <= MOST_BITS) run.spend((bits / 64) ** 2 / 400)
}

function checkBits(bits: number): void {
  if (bits <= MOST_BITS) return
  throw new Fault('LIMIT', `The template makes an integer of more than ${MOST_BITS} bits.`, {
    limit: 'valueSize',
  })
}

function add(left: unknown, right: unknown, run: Run): unknown {
  if (typeof left === 'string' && typeof right === 'string') {
    run.spendJoining(left.length + right.length, Math.max(left.length, right.length))
    return left + right
  }
  if (isText(left) && isText(right)) return joinMarkup([left, right], run)
  if (Array.isArray(left) && Array.isArray(right) && left instanceof Tuple === right instanceof Tuple) {
    if (left instanceof Range || right instanceof Range) throw unsupported('+', left, right)
    run.spendElements(left.length + right.length)
    run.spend((left.length + right.length) / (left instanceof Tuple ? 1 : 4))
    const joined = [...left, ...right]
    return left instanceof Tuple ? Tuple.fromItems(joined) : joined
  }
  throw unsupported('+', left, right)
}

/** `~`, and `+` of texts: what is not marked as HTML is escaped beside what is. */
export function joinMarkup(items: readonly unknown[], run: Run): string | Markup {
  const isMarkup = items.some((item) => item instanceof Markup)
  let joined = ''
  for (const item of items) {
    const text = textOf(item, run)
    if (isMarkup) run.spendCharacters(text.length)
    joined += isMarkup && !(item instanceof Markup) ? escapeHtml(text) : text
  }
  run.spendText(joined.length)
  return isMarkup ? new Markup(joined) : joined
}

function repeat(left: unknown, right: unknown, run: Run): unknown {
  const [value, count] = isInteger(left) ? [right, left] : [left, right]
  if (!isInteger(count) || (!isText(value) && !Array.isArray(value)) || value instanceof Range) {
    throw unsupported('*', left, right)
  }
  const times = Math.max(0, asNumber(count))
  if (isText(value)) {
    const text = textOf(value, run)
    run.spendText(text.length * times)
    const repeated = text.repeat(text === '' ? 0 : times)
    return value instanceof Markup ? new Markup(repeated) : repeated
  }
  run.spendElements(value.length * times)
  const items: unknown[] = []
  if (value.length > 0) for (let index = 0; index < times; index++) items.push(...value)
  return value instanceof Tuple ? Tuple.fromItems(items) : items
}

function percent(left: string | Markup, right: unknown, run: Run): string | Markup {
  const isMarkup = left instanceof Markup
  const text = formatPercent(isMarkup ? left.text : left, right, run, isMarkup)
  return isMarkup ? new Markup(text) : text
}

/** @throws Fault `TYPE` or `UNDEFINED` */
export function negate(value: unknown, sign: '-' | '+'): unknown {
  if (typeof value === 'number' && Number.isSafeInteger(value)) return sign === '-' ? 0 - value : value
  if (value instanceof Undefined) throw value.fault()
  if (!isNumber(value)) throw new Fault('TYPE', `'${sign}' does not work on ${typeName(value)}.`)
  if (isFloat(value)) return toFloat(sign === '-' ? -asNumber(value) : asNumber(value))
  return toInteger(sign === '-' ? -BigInt(value) : BigInt(value))
}

// Comparison

/** @throws Fault `TYPE` or `UNDEFINED` for values that have no order */
export function compare(operator: ComparisonOperator, left: unknown, right: unknown, run: Run): boolean {
  switch (operator) {
    case '==':
      return isEqual(left, right, run)
    case '!=':
      return !isEqual(left, right, run)
    case '<':
      return isLess(left, right, run, '<')
    case '>':
      return isLess(right, left, run, '>')
    case '<=':
      return isNaNPair(left, right) ? false : !isLess(right, left, run, '<=')
    case '>=':
      return isNaNPair(left, right) ? false : !isLess(left, right, run, '>=')
    case 'in':
      return contains(right, left, run)
    case 'not in':
      return !contains(right, left, run)
  }
}

function isNaNPair(left: unknown, right: unknown): boolean {
  return Number.isNaN(left) || Number.isNaN(right)
}

/** By contents; numbers and booleans by their numbers. */
export function isEqual(left: unknown, right: unknown, run: Run): boolean {
  if (typeof left === 'string' && typeof right === 'string') {
    run.spendText(Math.min(left.length, right.length))
    return left === right
  }
  if (isNumber(left) && isNumber(right)) return compareNumbers(left, right) === 0
  if (left === right) return true
  if (left instanceof Undefined || right instanceof Undefined) {
    return (
      (left instanceof Undefined || left === undefined) && (right instanceof Undefined || right === undefined)
    )
  }
  if (isText(left) && isText(right)) return isEqual(textOf(left, run), textOf(right, run), run)
  if (typeof left !== 'object' || typeof right !== 'object' || left === null || right === null) return false
  run.spend(1)
  run.enter()
  const equal = areEqualObjects(left, right, run)
  run.leave()
  return equal
}

function areEqualObjects(left: object, right: object, run: Run): boolean {
  if (Array.isArray(left) && Array.isArray(right)) {
    if (left.length !== right.length || sequenceType(left) !== sequenceType(right)) return false
    run.spend(left.length / 4)
    return left.every((item, index) => isEqual(item, right[index], run))
  }
  if (left instanceof DictView && right instanceof DictView && left.kind !== 'dict_values') {
    return left.kind === right.kind && isEqual(left.items, right.items, run)
  }
  if (!isMapping(left) || !isMapping(right) || sizeOf(left) !== sizeOf(right)) return false
  for (const [key, item] of entriesOf(left)) {
    run.spend(1)
    const other = getEntry(right, key)
    if (other === undefined || !isEqual(item, other, run)) return false
  }
  return true
}

function sequenceType(list: unknown[]): unknown {
  return list instanceof Tuple ? Tuple : list instanceof Range ? Range : Array
}

/** Negative, zero or positive; NaN where one is not a number. */
function compareNumbers(left: PythonNumber, right: PythonNumber): number {
  if (typeof left === 'bigint' || typeof right === 'bigint') {
    const [a, b] = [left instanceof Float ? left.value : left, right instanceof Float ? right.value : right]
    return a < b ? -1 : a > b ? 1 : Number.isNaN(b) || Number.isNaN(a) ? Number.NaN : 0
  }
  const [a, b] = [asNumber(left), asNumber(right)]
  return a === b ? 0 : a < b ? -1 : a > b ? 1 : Number.NaN
}

/** @throws Fault `TYPE` or `UNDEFINED` */
export function isLess(left: unknown, right: unknown, run: Run, operator = '<'): boolean {
  if (isNumber(left) && isNumber(right)) return compareNumbers(left, right) < 0
  if (isText(left) && isText(right)) {
    const [a, b] = [textOf(left, run), textOf(right, run)]
    run.spendText(16 * Math.min(a.length, b.length))
    return isTextLess(a, b)
  }
  if (
    Array.isArray(left) &&
    Array.isArray(right) &&
    !(left instanceof Range) &&
    sequenceType(left) === sequenceType(right)
  ) {
    return isListLess(left, right, run, operator)
  }
  for (const value of [left, right]) if (value instanceof Undefined) throw value.fault()
  throw new Fault('TYPE', `'${operator}' does not work between ${typeName(left)} and ${typeName(right)}.`)
}

function isListLess(left: unknown[], right: unknown[], run: Run, operator: string): boolean {
  run.enter()
  const length = Math.min(left.length, right.length)
  let result: boolean | undefined
  for (let index = 0; index < length && result === undefined; index++) {
    run.spend(1)
    if (!isEqual(left[index], right[index], run)) result = isLess(left[index], right[index], run, operator)
  }
  run.leave()
  return result ?? left.length < right.length
}

const SURROGATE = /[\ud800-\udfff]/

/** By code points, not by UTF-16 units. */
function isTextLess(left: string, right: string): boolean {
  const length = Math.min(left.length, right.length)
  // What is behind the end of the shorter one does not matter, and may be long.
  if (!SURROGATE.test(left.slice(0, length)) && !SURROGATE.test(right.slice(0, length))) return left < right
  let at = 0
  while (at < length && left[at] === right[at]) at++
  return at < length ? rankAt(left, at) < rankAt(right, at) : left.length < right.length
}

/** Surrogates stand for characters beyond all others. */
function rankAt(text: string, at: number): number {
  const unit = text.charCodeAt(at)
  return unit >= 0xd800 && unit < 0xe000 ? unit + 0x10000 : unit
}

/** Searching costs at worst the product of both lengths, which V8 makes short work of. */
const COMPARISONS_PER_STEP = 16_384

/** `in`. @throws Fault `TYPE` or `UNDEFINED` */
export function contains(container: unknown, wanted: unknown, run: Run): boolean {
  if (isText(container)) {
    if (wanted instanceof Undefined) throw wanted.fault()
    if (!isText(wanted))
      throw new Fault('TYPE', `'in' looks for a string in a string, not for ${typeName(wanted)}.`)
    const [text, part] = [textOf(container, run), textOf(wanted, run)]
    paySearch(text, part, run)
    return text.includes(part)
  }
  if (isMapping(container)) return getEntry(container, wanted) !== undefined
  for (const item of iterate(container, run)) {
    run.spend(0.5)
    if (isEqual(item, wanted, run)) return true
  }
  return false
}

export function paySearch(text: string, wanted: string, run: Run): void {
  run.spendText(text.length)
  run.spend((text.length * wanted.length) / COMPARISONS_PER_STEP)
}

// Going over values

/** The elements of a list, the keys of a dict, the characters of a string. @throws Fault `TYPE` */
export function iterate(value: unknown, run: Run): Iterable<unknown> {
  if (Array.isArray(value)) return value
  if (value instanceof Undefined || value === undefined) return []
  if (isText(value)) {
    const text = textOf(value, run)
    run.spendElements(text.length)
    return text
  }
  if (value instanceof Generator) return value
  if (value instanceof DictView) return value.items
  if (isMapping(value)) {
    const keys = keysOf(value)
    run.spendElements(keys.length)
    run.spend(keys.length / 2)
    return keys
  }
  throw notIterable(value)
}

/** The elements as a list of its own. */
export function listOf(value: unknown, run: Run): unknown[] {
  const items = Array.isArray(value) ? value.slice() : Array.from(iterate(value, run))
  run.spendElements(items.length)
  return items
}

export function isIterable(value: unknown): boolean {
  return (
    Array.isArray(value) ||
    isText(value) ||
    value instanceof Undefined ||
    value instanceof Generator ||
    value instanceof DictView ||
    isMapping(value)
  )
}

function notIterable(value: unknown): Fault {
  return new Fault('TYPE', `${typeName(value)} has no elements: a list, dict or string is needed here.`)
}

/** @throws Fault `TYPE` for what has no length */
export function lengthOf(value: unknown, run: Run): number {
  if (Array.isArray(value)) return value.length
  if (typeof value === 'string') {
    run.spendText(value.length)
    if (!SURROGATE.test(value)) return value.length
    run.spendCharacters(value.length)
    return countCharacters(value)
  }
  if (value instanceof Markup) return lengthOf(value.text, run)
  if (value instanceof Undefined) return 0
  if (value instanceof DictView) return value.items.length
  if (isMapping(value)) {
    const size = sizeOf(value)
    if (!(value instanceof Dict)) run.spendElements(size)
    return size
  }
  const hint = value instanceof Generator ? ': add `| list` before `| length`' : ''
  throw new Fault('TYPE', `${typeName(value)} has no length${hint}.`)
}

// Indexes and slices

/** Undefined for what has no such element. */
export function elementAt(value: unknown, index: unknown, run: Run): unknown {
  if (isMapping(value)) return isHashable(index) ? getEntry(value, index) : undefined
  if (!isInteger(index) || !(Array.isArray(value) || isText(value))) return undefined
  const place = asNumber(index)
  if (Array.isArray(value)) return value[place < 0 ? place + value.length : place]
  const text = textOf(value, run)
  run.spendText(text.length)
  if (SURROGATE.test(text)) {
    run.spendCharacters(text.length * 2)
    const characters = Array.from(text)
    return sameText(value, characters[place < 0 ? place + characters.length : place])
  }
  return sameText(value, text[place < 0 ? place + text.length : place])
}

function sameText(original: unknown, text: string | undefined): unknown {
  return original instanceof Markup && text !== undefined ? new Markup(text) : text
}

function isHashable(key: unknown): boolean {
  return !(Array.isArray(key) && !(key instanceof Tuple)) && !isMapping(key)
}

/** Undefined for what cannot be sliced. @throws Fault `TYPE` for bounds that are not integers */
export function sliceOf(value: unknown, start: unknown, stop: unknown, step: unknown, run: Run): unknown {
  const bounds = [start, stop, step].map((bound) => {
    if (bound === null || bound === undefined) return undefined
    if (isInteger(bound)) return asNumber(bound)
    throw bound instanceof Undefined
      ? bound.fault()
      : new Fault('TYPE', `The bounds of a slice are integers or none, not ${typeName(bound)}.`)
  })
  const [first, last, stride = 1] = bounds
  if (stride === 0) throw new Fault('TYPE', 'The step of a slice cannot be zero.')
  if (isText(value)) return sameText(value, sliceText(textOf(value, run), first, last, stride, run))
  if (!Array.isArray(value)) return undefined
  const items = sliceItems(value, first, last, stride)
  run.spendElements(items.length)
  if (value instanceof Range) return Range.slice(value, items as number[], stride)
  return value instanceof Tuple ? Tuple.fromItems(items) : items
}

function sliceText(
  text: string,
  start: number | undefined,
  stop: number | undefined,
  step: number,
  run: Run,
): string {
  run.spendText(text.length)
  if (step === 1 && !SURROGATE.test(text)) return text.slice(start ?? 0, stop ?? text.length)
  run.spendElements(text.length)
  run.spendCharacters(text.length)
  return sliceItems(Array.from(text), start, stop, step).join('')
}

function sliceItems<Item>(
  items: readonly Item[],
  start: number | undefined,
  stop: number | undefined,
  step: number,
): Item[] {
  if (step === 1) return items.slice(start ?? 0, stop ?? items.length)
  const { length } = items
  const clamp = (place: number, least: number, most: number) =>
    Math.min(Math.max(place < 0 ? place + length : place, least), most)
  const picked: Item[] = []
  if (step > 0) {
    const end = clamp(stop ?? length, 0, length)
    for (let index = clamp(start ?? 0, 0, length); index < end; index += step)
      picked.push(items[index] as Item)
  } else {
    const end = stop === undefined ? -1 : clamp(stop, -1, length - 1)
    const begin = start === undefined ? length - 1 : clamp(start, -1, length - 1)
    for (let index = begin; index > end; index += step) picked.push(items[index] as Item)
  }
  return picked
}
