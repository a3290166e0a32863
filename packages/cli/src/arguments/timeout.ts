import { CliError } from '../errors.ts'

/** The longest delay that a timer takes, in seconds: almost 25 days. */
const LONGEST = 2_147_483

/**
 * Milliseconds from the seconds of `--timeout`.
 *
 * @throws CliError `USAGE_INVALID`
 */
export function parseTimeout(written: string): number {
  const seconds = /^[0-9]*\.?[0-9]+$/.test(written) ? Number(written) : Number.NaN
  if (seconds > 0 && seconds <= LONGEST) return seconds * 1000
  throw new CliError(
    'USAGE_INVALID',
    `--timeout takes a number of seconds above 0 and at most ${LONGEST}, not '${written}'.`,
  )
}
