import { Fault } from './jinja-error.ts'

/**
 * Python's numbers on JavaScript's. A JavaScript number that is a safe integer is an `int`, any other one is a `float`;
 * a `float` that has an integral value is a `Float`, and an `int` beyond the safe ones is a `bigint`.
 */

/** A floating point number with an integral value, such as `2.0`. */
export class Float {
  readonly value: number

  constructor(value: number) {
    this.value = value
  }
}

export function toFloat(value: number): number | Float {
  return Number.isSafeInteger(value) ? new Float(value) : value
}

export function toInteger(value: bigint): number | bigint {
  return value >= Number.MIN_SAFE_INTEGER && value <= Number.MAX_SAFE_INTEGER ? Number(value) : value
}

export function isFloat(value: unknown): value is number | Float {
  return typeof value === 'number' ? !Number.isSafeInteger(value) : value instanceof Float
}

/** Booleans are integers in Python. */
export function isInteger(value: unknown): value is number | bigint | boolean {
  return (
    (typeof value === 'number' && Number.isSafeInteger(value)) ||
    typeof value === 'boolean' ||
    typeof value === 'bigint'
  )
}

export function isNumber(value: unknown): value is number | bigint | boolean | Float {
  return (
    typeof value === 'number' ||
    typeof value === 'boolean' ||
    typeof value === 'bigint' ||
    value instanceof Float
  )
}

/** The value as a JavaScript number, which may round. @throws Fault `TYPE` for an integer beyond all floats */
export function asNumber(value: number | bigint | boolean | Float): number {
  if (typeof value === 'number') return value
  if (value instanceof Float) return value.value
  const number = Number(value)
  if (!Number.isFinite(number)) throw new Fault('TYPE', 'An integer is too large to become a float.')
  return number
}

/** `repr` of a float: the shortest digits that read back as it. */
export function floatText(value: number): string {
  if (Number.isNaN(value)) return 'nan'
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf'
  if (value === 0) return Object.is(value, -0) ? '-0.0' : '0.0'
  const [mantissa = '', exponentText = '0'] = Math.abs(value).toExponential().split('e')
  const exponent = Number(exponentText)
  const sign = value < 0 ? '-' : ''
  if (exponent < -4 || exponent >= 16) return `${sign}${mantissa}e${exponentSign(exponent)}`
  const digits = mantissa.replace('.', '')
  if (exponent < 0) return `${sign}0.${'0'.repeat(-exponent - 1)}${digits}`
  const whole = digits.slice(0, exponent + 1).padEnd(exponent + 1, '0')
  return `${sign}${whole}.${digits.slice(exponent + 1) || '0'}`
}

/** At least two digits, as C writes exponents. */
export function exponentSign(exponent: number): string {
  return `${exponent < 0 ? '-' : '+'}${String(Math.abs(exponent)).padStart(2, '0')}`
}

/** Digits behind the point at which a tie is looked for: more than the distance of any two doubles needs. */
const TIE_DIGITS = 40

/** A float with `places` digits behind the point, halves to even. @param places - 0 to 60 */
export function fixedText(value: number, places: number): string {
  if (Math.abs(value) >= 1e21) return `${BigInt(value)}${places > 0 ? `.${'0'.repeat(places)}` : ''}`
  const rounded = value.toFixed(places)
  const exact = value.toFixed(places + TIE_DIGITS)
  const rest = exact.slice(exact.length - TIE_DIGITS)
  if (!/^50*$/.test(rest)) return rounded
  // A tie: JavaScript rounds it away from zero, Python to the even digit.
  const down = exact.slice(0, exact.length - TIE_DIGITS).replace(/\.$/, '')
  return Number(down.at(-1)) % 2 === 0 ? down : rounded
}

/** Python's `round(value, places)` of a float. */
export function roundFloat(value: number, places: number): number {
  if (!Number.isFinite(value) || value === 0 || places > 60) return value
  if (places >= 0) return Math.abs(value) >= 1e21 ? value : Number(fixedText(value, places))
  if (places < -308) return value < 0 ? -0 : 0
  const scale = 10 ** -places
  return Number(fixedText(value / scale, 0)) * scale
}
