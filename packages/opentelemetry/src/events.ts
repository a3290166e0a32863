import type { RunEvent } from '@millrace/core'
import type { HrTime } from '@opentelemetry/api'

/** The run events of one type, or of several. */
export type EventOf<Type extends RunEvent['type']> = Extract<RunEvent, { readonly type: Type }>

/**
 * The time of an event, in milliseconds since the Unix epoch, as seconds and nanoseconds. A plain number would lose
 * nothing, but an SDK may take one for the time since the start of the process.
 */
export function hrTimeOf(milliseconds: number): HrTime {
  const seconds = Math.floor(milliseconds / 1000)
  const nanoseconds = Math.round((milliseconds % 1000) * 1e6)
  return nanoseconds === 1e9 ? [seconds + 1, 0] : [seconds, nanoseconds]
}
