import type { JsonObject } from '@millrace/core'
import type { Compiling } from './compiling.ts'
import { type DecimalLimit, decimalRange } from './decimal-range.ts'
import { integerRange } from './digit-range.ts'
import { type Bound, boundsOf } from './number-bounds.ts'

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
