import type { StreamingChunk } from '../data/streaming-chunk.ts'

interface RunMoment {
  readonly runId: string
  /** Milliseconds since the Unix epoch, with fractions. */
  readonly time: number
}

interface VisitMoment extends RunMoment {
  readonly component: string
  readonly componentType: string
  /** 1 for the first visit of this component in this run. */
  readonly visit: number
}

type Values = Readonly<Record<string, unknown>>

/** How a run ended. `paused`: at its breakpoint. */
export type RunStatus = 'completed' | 'failed' | 'aborted' | 'paused'

/** What happens during a run, in the order in which it happens. */
export type RunEvent =
  | (RunMoment & { readonly type: 'runStart' })
  | (VisitMoment & { readonly type: 'componentStart'; readonly inputs: Values })
  | (VisitMoment & { readonly type: 'chunk'; readonly chunk: StreamingChunk })
  | (VisitMoment & { readonly type: 'componentEnd'; readonly outputs: Values; readonly durationMs: number })
  | (VisitMoment & { readonly type: 'componentError'; readonly error: unknown; readonly durationMs: number })
  | (RunMoment & {
      readonly type: 'runEnd'
      readonly status: RunStatus
      /** What the run rejects with, where it does. */
      readonly error?: unknown
      readonly durationMs: number
    })

export type RunListener = (event: RunEvent) => void
