import type { StreamingChunk } from '../data/streaming-chunk.ts'
import { warnProcess } from '../warn-process.ts'
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
  /**
   * Reports something that the run does not stop for: in `warnings` of the result, and as an event. `code` is in capitals,
   * such as `REPLY_CUT`; the message need not name the component. The same message counts once.
   */
  readonly warn: (code: string, message: string) => void
  readonly component: { readonly name: string; readonly type: string }
  /** 1 on the first visit of this component in this run. */
  readonly visit: number
  readonly runId: string
}

const never = new AbortController().signal

/** What components that are used alone have warned of. */
const said = new Set<string>()

/** The context of a component that is used alone, outside any pipeline. It warns the process, once of the same thing. */
export function aloneContext(component: { readonly type: string }): RunContext {
  return {
    signal: never,
    emit: () => {},
    modelCall: () => {},
    toolCall: () => {},
    warn: (code, message) => {
      const warning = `${component.type} ${message}`
      if (said.has(warning)) return
      said.add(warning)
      warnProcess(message, `MILLRACE_${code}`)
    },
    component: { name: component.type, type: component.type },
    visit: 1,
    runId: 'alone',
  }
}
