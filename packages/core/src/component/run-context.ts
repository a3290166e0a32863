import type { StreamingChunk } from '../data/streaming-chunk.ts'

/** What a component gets besides its inputs. */
export interface RunContext {
  /** Aborts when the run does. A component that takes long listens to it, or passes it on. */
  readonly signal: AbortSignal
  /** Passes one streamed piece to whoever listens to the run. Cheap when nobody does. */
  readonly emit: (chunk: StreamingChunk) => void
  readonly component: { readonly name: string; readonly type: string }
  /** 1 on the first visit of this component in this run. */
  readonly visit: number
  readonly runId: string
}

const never = new AbortController().signal

/** The context of a component that is used alone, outside any pipeline. */
export function aloneContext(component: { readonly type: string }): RunContext {
  return {
    signal: never,
    emit: () => {},
    component: { name: component.type, type: component.type },
    visit: 1,
    runId: 'alone',
  }
}
