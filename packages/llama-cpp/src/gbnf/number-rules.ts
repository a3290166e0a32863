import type { JsonObject } from '@millrace/core'
import { type Compiling, gbnfLiteral, type Refuse } from './rule-book.ts'

/** Longer numbers are not what they look like: a double cannot hold them. */
const LARGEST = 9_999_999_999_999_999n
const mostMultiples = 1000
const mostPlaces = 6
const largestLimit = 1e9

export function integerBody(schema: JsonObject, path: string, compiling: Compiling): string {
  const { low, high } = boundsOf(schema, path, compiling.refuse)
  const multiple = multipleOf(schema, path, compiling)
  if (!low && !high && multiple === 1n) return compiling.json.name('integer')
  const from = low ? whole(low.open ? Math.floor(low.value) + 1 : Math.ceil(low.value)) : -LARGEST
  const to = high ? whole(high.open ? Math.ceil(high.value) - 1 : Math.floor(high.value)) : LARGEST
  if (from > to || to < -LARGEST || from > LARGEST) {
    throw compiling.refuse(path, 'has no whole number between its limits')
  }
  if (multiple === 1n)
    return integerRange(from < -LARGEST ? -LARGEST : from, to > LARGEST ? LARGEST : to).join(' | ')
  return multiples(from, to, multiple, path, compiling)
}

function multiples(from: bigint, to: bigint, multiple: bigint, path: string, { refuse }: Compiling): string {
  if ((to - from) / multiple > BigInt(mostMultiples)) {
    const possible = `Possible: 1, or limits with up to ${mostMultiples} such numbers between them`
    throw refuse(path, `has a 'multipleOf' of ${multiple}. ${possible}`)
  }
  const fitting: string[] = []
  for (let value = (from / multiple - 1n) * multiple; value <= to; value += multiple) {
    if (value >= from) fitting.push(`"${value}"`)
  }
  if (fitting.length === 0) throw refuse(path, `has no multiple of ${multiple} between its limits`)
  return fitting.join(' | ')
}

/** A number without a fraction, or one beyond all that can be written. */
function whole(value: number): bigint {
  if (value > Number(LARGEST)) return LARGEST + 1n
  return value < -Number(LARGEST) ? -LARGEST - 1n : BigInt(value)
}

function multipleOf(schema: JsonObject, path: string, { refuse }: Compiling): bigint {
  const multiple = schema['multipleOf'] ?? 1
  if (typeof multiple === 'number' && Number.isSafeInteger(multiple) && multiple > 0) return BigInt(multiple)
  throw refuse(path, `has a 'multipleOf' of ${JSON.stringify(multiple)}. Possible: whole numbers from 1`)
}

/** Any number, or one between limits. Those have no exponent, and no more digits than a double tells apart. */
export function numberBody(schema: JsonObject, path: string, compiling: Compiling): string {
  if (schema['multipleOf'] !== undefined) return integerBody(schema, path, compiling)
  const { low, high } = boundsOf(schema, path, compiling.refuse)
  if (!low && !high) return compiling.json.name('number')
  const places = Math.max(placesOf(low, path, compiling), placesOf(high, path, compiling))
  const least = low && limit(low, places)
  const most = high && limit(high, places)
  const zero = { scaled: 0n, open: false }
  const end = { scaled: (LARGEST + 1n) * 10n ** BigInt(places), open: true }
  const alternatives: string[] = []
  if (!least || least.scaled < 0n) {
    const from =
      most && most.scaled < 0n ? mirrored(most) : { ...zero, open: most?.open === true && most.scaled === 0n }
    alternatives.push(
      ...decimalRange(from, least ? mirrored(least) : end, places).map((body) => `"-" ${body}`),
    )
  }
  if (!most || most.scaled >= 0n) {
    alternatives.push(...decimalRange(least && least.scaled >= 0n ? least : zero, most ?? end, places))
  }
  if (alternatives.length === 0) throw compiling.refuse(path, 'has no number between its limits')
  return alternatives.join(' | ')
}

function mirrored({ scaled, open }: DecimalLimit): DecimalLimit {
  return { scaled: -scaled, open }
}

function limit({ value, open }: Bound, places: number): DecimalLimit {
  const [whole = '', fraction = ''] = String(value).split('.')
  return { scaled: BigInt(`${whole}${fraction.padEnd(places, '0')}`), open }
}

function placesOf(bound: Bound | undefined, path: string, { refuse }: Compiling): number {
  if (!bound) return 0
  const text = String(bound.value)
  const places = text.split('.')[1]?.length ?? 0
  const isLarge = Math.abs(bound.value) > (places === 0 ? Number(LARGEST) : largestLimit)
  if (!isLarge && places <= mostPlaces && !text.includes('e')) return places
  throw refuse(
    path,
    `has a limit of ${text}. Possible for numbers: up to ${mostPlaces} digits behind the point`,
  )
}

/** A limit of a number. */
interface Bound {
  readonly value: number
  /** Whether the limit itself is beyond. */
  readonly open: boolean
}

/** What a number may not be below and above. */
interface Bounds {
  readonly low: Bound | undefined
  readonly high: Bound | undefined
}

/** The narrower of the limits with and without the limit itself. */
function boundsOf(schema: JsonObject, path: string, refuse: Refuse): Bounds {
  const bound = (keyword: string, open: boolean): Bound[] => {
    const value = schema[keyword]
    if (value === undefined) return []
    if (typeof value !== 'number') {
      throw refuse(path, `has ${JSON.stringify(value)} for '${keyword}', which is no number`)
    }
    return [{ value, open }]
  }
  const lows = [...bound('exclusiveMinimum', true), ...bound('minimum', false)]
  const highs = [...bound('exclusiveMaximum', true), ...bound('maximum', false)]
  return {
    low: lows.toSorted((a, b) => b.value - a.value)[0],
    high: highs.toSorted((a, b) => a.value - b.value)[0],
  }
}

/** A limit, as a decimal number of so many digits behind the point. */
interface DecimalLimit {
  readonly scaled: bigint
  /** Whether the limit itself is beyond. */
  readonly open: boolean
}

/** Where no limit is, numbers with a fraction end here: below, a double tells the sixth digit of the fraction apart. */
const endOfFractions = 1_000_000_000n
const significant = 15

/**
 * The numbers from 0 up between two limits with `places` digits behind the point, as alternatives. With fewer such
 * digits there are those that are not beyond the limits; with more, those that are truly between.
 */
function decimalRange(low: DecimalLimit, high: DecimalLimit, places: number): string[] {
  const alternatives: string[] = []
  for (let fewer = 0; fewer <= places; fewer += 1) {
    const unit = 10n ** BigInt(places - fewer)
    const from = low.scaled / unit + (low.scaled % unit > 0n || low.open ? 1n : 0n)
    const to = high.scaled / unit - (high.scaled % unit === 0n && high.open ? 1n : 0n)
    alternatives.push(...withPlaces(from, to, fewer))
  }
  const top = endOfFractions * 10n ** BigInt(places) - 1n
  const last = high.scaled - 1n < top ? high.scaled - 1n : top
  const further = significant - Math.max(`${last}`.length, places + 1)
  if (further <= 0 || low.scaled > last) return alternatives
  const first = low.open ? low.scaled + 1n : low.scaled
  const point = places === 0 ? ' "."' : ''
  for (const body of withPlaces(first, last, places)) alternatives.push(`${body}${point} [0-9]{1,${further}}`)
  if (low.open) {
    const [just = ''] = withPlaces(low.scaled, low.scaled, places)
    alternatives.push(`${just}${point} [0-9]{0,${further - 1}} [1-9]`)
  }
  return alternatives
}

/** The numbers with exactly so many digits behind the point. */
function withPlaces(from: bigint, to: bigint, places: number): string[] {
  if (from > to) return []
  if (places === 0) return [grouped(naturalRange(from, to))]
  const unit = 10n ** BigInt(places)
  const fraction = (value: bigint) => `${value % unit}`.padStart(places, '0')
  const [first, last] = [from / unit, to / unit]
  if (first === last) return [`${gbnfLiteral(`${first}.`)} ${digitRange(fraction(from), fraction(to))}`]
  const [zeros, nines] = ['0'.repeat(places), '9'.repeat(places)]
  const [isWholeFirst, isWholeLast] = [fraction(from) === zeros, fraction(to) === nines]
  const [start, end] = [isWholeFirst ? first : first + 1n, isWholeLast ? last : last - 1n]
  return [
    ...(isWholeFirst ? [] : [`${gbnfLiteral(`${first}.`)} ${digitRange(fraction(from), nines)}`]),
    ...(start > end ? [] : [`${grouped(naturalRange(start, end))} "." ${digits(places)}`]),
    ...(isWholeLast ? [] : [`${gbnfLiteral(`${last}.`)} ${digitRange(zeros, fraction(to))}`]),
  ]
}

function grouped(alternatives: readonly string[]): string {
  return alternatives.length === 1 ? (alternatives[0] as string) : `(${alternatives.join(' | ')})`
}

/** Any `count` digits. */
export function digits(count: number): string {
  if (count === 0) return ''
  return count === 1 ? '[0-9]' : `[0-9]{${count}}`
}

/** The numbers from `low` to `high`, which have the same number of digits. */
export function digitRange(low: string, high: string): string {
  if (low === high) return gbnfLiteral(low)
  let shared = 0
  while (low[shared] === high[shared]) shared += 1
  const prefix = shared === 0 ? '' : `${gbnfLiteral(low.slice(0, shared))} `
  return `${prefix}${differing(low.slice(shared), high.slice(shared))}`
}

/** Where the first digits differ: the numbers below the next whole ones, those between, and those above. */
function differing(low: string, high: string): string {
  const rest = low.length - 1
  let [first, last] = [Number(low[0]), Number(high[0])]
  const alternatives: string[] = []
  if (/[^0]/.test(low.slice(1))) {
    alternatives.push(`"${first}" ${digitRange(low.slice(1), '9'.repeat(rest))}`)
    first += 1
  }
  const above = /[^9]/.test(high.slice(1)) ? `"${last}" ${digitRange('0'.repeat(rest), high.slice(1))}` : ''
  if (above !== '') last -= 1
  if (first <= last) {
    const digit = first === last ? `"${first}"` : `[${first}-${last}]`
    alternatives.push(rest === 0 ? digit : `${digit} ${digits(rest)}`)
  }
  if (above !== '') alternatives.push(above)
  return alternatives.length === 1 ? (alternatives[0] as string) : `(${alternatives.join(' | ')})`
}

/** The numbers from 0 up, without zeros in front, as alternatives. */
export function naturalRange(low: bigint, high: bigint): string[] {
  const alternatives: string[] = []
  /** The lengths of which all numbers are in the range. */
  const whole: number[] = []
  for (let length = `${low}`.length; length <= `${high}`.length; length += 1) {
    const first = length === 1 ? 0n : 10n ** BigInt(length - 1)
    const last = 10n ** BigInt(length) - 1n
    if (low <= first && high >= last && length > 1) whole.push(length)
    else alternatives.push(digitRange(`${low > first ? low : first}`, `${high < last ? high : last}`))
  }
  const [shortest] = whole
  if (shortest === undefined) return alternatives
  const times = whole.length === 1 ? `{${shortest - 1}}` : `{${shortest - 1},${shortest + whole.length - 2}}`
  return [...alternatives, `[1-9] [0-9]${times}`]
}

/** The whole numbers from `low` to `high`, as alternatives. Zero has no sign. */
export function integerRange(low: bigint, high: bigint): string[] {
  const negative = low < 0n ? naturalRange(high < 0n ? -high : 1n, -low).map((body) => `"-" ${body}`) : []
  return high < 0n ? negative : [...negative, ...naturalRange(low < 0n ? 0n : low, high)]
}
