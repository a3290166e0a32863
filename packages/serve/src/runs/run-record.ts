import type { Question, RunEvent } from '@millrace/core'

/** The way in which a run was asked for. */
export type Via = 'rest' | 'openai' | 'mcp' | 'page'

export type RunState = 'waiting' | 'running' | 'completed' | 'failed' | 'aborted' | 'paused'

/** A run as the server remembers it. Times are in milliseconds since the Unix epoch. */
export interface RunRecord {
  readonly id: string
  readonly pipeline: string
  readonly via: Via
  readonly state: RunState
  /** How many were before it when it came; 0 for one that did not wait. */
  readonly position: number
  readonly createdAt: number
  readonly startedAt?: number
  readonly endedAt?: number
  /** What it gave, by the names of the pipeline or by component; of a paused one what it gave so far. */
  readonly inputs: Readonly<Record<string, unknown>>
  readonly outputs?: Readonly<Record<string, unknown>>
  /** Of a paused one. */
  readonly questions?: readonly Question[]
  readonly error?: unknown
  /** What happened, without chunks, the first 2,000. */
  readonly events: readonly RunEvent[]
}

/** What changes while a run goes on. */
export interface OpenRecord extends RunRecord {
  state: RunState
  startedAt?: number
  endedAt?: number
  outputs?: Readonly<Record<string, unknown>>
  questions?: readonly Question[]
  error?: unknown
  readonly events: RunEvent[]
}

const MOST_EVENTS = 2000

export function keepEvent(record: OpenRecord, event: RunEvent): void {
  if (event.type !== 'chunk' && record.events.length < MOST_EVENTS) record.events.push(event)
}
