import { digitRange, digits, naturalRange } from './digit-range.ts'
import { gbnfLiteral } from './gbnf-literal.ts'

/** A limit, as a decimal number of so many digits behind the point. */
export interface DecimalLimit {
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
export function decimalRange(low: DecimalLimit, high: DecimalLimit, places: number): string[] {
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
