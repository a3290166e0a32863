import { OptionError } from '../errors.ts'
import { describeValue } from '../text/show.ts'

/** What happens when a component fails. */
export interface RetryPolicy {
  /** How often the component is called in all, the first time included. */
  readonly attempts: number
  /**
   * The wait before the second attempt, in milliseconds; it doubles with each further one.
   *
   * @defaultValue 0
   */
  readonly backoffMs?: number
  /** Only errors whose `code` or `name` is one of these are tried again. Absent: all but aborts. */
  readonly on?: readonly string[]
}

/** How the runner treats one component, beyond running it. */
export interface ComponentPolicy {
  readonly retry?: RetryPolicy
  /**
   * The longest one visit may take in milliseconds, all attempts and waits together. Then its signal aborts, and the
   * run fails with `RUN_TIMEOUT` once the component has settled, whatever it then gives.
   */
  readonly timeoutMs?: number
}

/** The longest delay that a timer takes: 2^31 - 1 milliseconds, almost 25 days. */
export const LONGEST_TIMEOUT = 2_147_483_647

/** @throws OptionError `PIPELINE_INVALID_OPTION` */
export function checkPolicy(component: string, policy: ComponentPolicy): void {
  if (policy.timeoutMs !== undefined) checkTimeout(`The timeoutMs of '${component}'`, policy.timeoutMs)
  if (policy.retry === undefined) return
  checkWhole(`retry.attempts of '${component}'`, policy.retry.attempts, 1)
  if (policy.retry.backoffMs !== undefined)
    checkWhole(`retry.backoffMs of '${component}'`, policy.retry.backoffMs, 0)
}

/** @throws OptionError `PIPELINE_INVALID_OPTION` */
export function checkWhole(what: string, value: number, least: number): void {
  if (Number.isSafeInteger(value) && value >= least) return
  throw new OptionError(
    'PIPELINE_INVALID_OPTION',
    `${what} must be a whole number from ${least} up, not ${shown(value)}.`,
  )
}

/** @throws OptionError `PIPELINE_INVALID_OPTION` */
export function checkTimeout(what: string, value: number): void {
  if (typeof value === 'number' && value > 0 && value <= LONGEST_TIMEOUT) return
  throw new OptionError(
    'PIPELINE_INVALID_OPTION',
    `${what} must be a number of milliseconds above 0 and at most ${LONGEST_TIMEOUT}, not ${shown(value)}.`,
  )
}

function shown(value: unknown): string {
  return typeof value === 'number' ? String(value) : describeValue(value)
}
