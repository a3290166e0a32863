import type { RunEvent } from '@millrace/core'
import { MillraceError } from '@millrace/core'
import { messageOf } from '@millrace/core/component'

/** An event of a run as JSON, under the id that the server gave the run: an error is its code and its message. */
export function eventJson(id: string, event: RunEvent): string {
  return JSON.stringify({ ...event, runId: id }, (_, value: unknown) =>
    value instanceof Error ? errorJson(value) : typeof value === 'bigint' ? String(value) : value,
  )
}

function errorJson(error: Error): object {
  return {
    ...(MillraceError.isInstance(error) ? { code: error.code } : {}),
    message: messageOf(error),
  }
}
