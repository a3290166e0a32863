import { MillraceError, type RunEvent } from '@millrace/core'
import { messageOf } from '@millrace/core/component'
import type { RunRecord } from './run-record.ts'

/** An event of a run as JSON, under the id that the server gave the run: an error is its code and its message. */
export function eventJson(id: string, event: RunEvent): string {
  const own = { ...event, runId: id }
  // Of these there are many, and none holds an error.
  return event.type === 'chunk' ? JSON.stringify(own) : JSON.stringify(own, plain)
}

/** A run as JSON. Without its events it is what a list shows, and has no inputs and outputs either. */
export function runJson(run: RunRecord, { withEvents = false } = {}): string {
  const { inputs, outputs, events, ...rest } = run
  if (!withEvents) return JSON.stringify(rest, plain)
  const own = events.map((event) => ({ ...event, runId: run.id }))
  return JSON.stringify({ ...rest, inputs, outputs, events: own }, plain)
}

function plain(_: string, value: unknown): unknown {
  if (value instanceof Error) {
    return { ...(MillraceError.isInstance(value) ? { code: value.code } : {}), message: messageOf(value) }
  }
  return typeof value === 'bigint' ? String(value) : value
}
