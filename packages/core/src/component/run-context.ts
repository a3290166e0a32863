import type { StreamingChunk } from '../data/streaming-chunk.ts'
import type { ModelCall, ToolCallEnd } from './calls.ts'

/** What a component gets besides its inputs. */
export interface RunContext {
  /** Aborts when the run does. A component that takes long listens to it, or passes it on. */
  readonly signal: AbortSignal
  /** Passes one streamed piece to whoever listens to the run. Cheap when nobody does. */
  readonly emit: (chunk: StreamingChunk) => void
  /** Reports a request to a model, once it is over. Sums of usage and traces are made of these. Cheap when nobody listens. */
  readonly modelCall: (call: ModelCall) => void
  /** Reports a call of a tool, once it is over. */
  readonly toolCall: (call: ToolCallEnd) => void
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
    modelCall: () => {},
    toolCall: () => {},
    component: { name: component.type, type: component.type },
    visit: 1,
    runId: 'alone',
  }
}
