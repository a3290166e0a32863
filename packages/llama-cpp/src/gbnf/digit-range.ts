import { gbnfLiteral } from './gbnf-literal.ts'

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
