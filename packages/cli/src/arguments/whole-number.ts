import { CliError } from '../errors.ts'

/**
 * The whole number that an option takes.
 *
 * @throws CliError `USAGE_INVALID`
 */
export function parseWholeNumber(
  option: string,
  written: string,
  [least, most]: readonly [number, number],
): number {
  const number = /^\d{1,9}$/.test(written) ? Number(written) : Number.NaN
  if (number >= least && number <= most) return number
  throw new CliError(
    'USAGE_INVALID',
    `${option} takes a whole number from ${least} to ${most}, not '${written}'.`,
  )
}
