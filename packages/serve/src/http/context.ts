import type { Context, Hono } from 'hono'
import type { Admission } from '../admission/admission.ts'
import type { Bodies, Body } from '../admission/bodies.ts'
import type { Catalog } from '../catalog/catalog.ts'
import type { Runs } from '../runs/runs.ts'

/** What hono knows of a request besides. */
export interface Env {
  Variables: { requestId: string; body?: Body }
}

export type App = Hono<Env>
export type RequestContext = Context<Env>

/** What every way in is made of. */
export interface Service {
  readonly catalog: Catalog
  readonly admission: Admission
  readonly bodies: Bodies
  readonly runs: Runs
  readonly limits: Limits
  /** Aborts when all runs have ended and the server closes: streams that would go on for ever end then. */
  readonly ending: AbortSignal
  /** Whether models are loaded that should be before requests come. */
  readonly isLoading: () => boolean
  /** Takes one line of what may matter to whoever runs the server. Nothing of a request's content. */
  readonly log: (line: string) => void
}

export interface Limits {
  /** Of the body of a request. */
  readonly maxBodyBytes: number
  /** Of the messages of a conversation. */
  readonly maxMessages: number
  /** After how long a silent stream gets a comment. */
  readonly pingMs: number
}
