import type { StreamingChunk } from '../data/streaming-chunk.ts'
import { warnProcess } from '../warn-process.ts'
import type { ModelCall, ToolCallEnd } from './calls.ts'
import { cannotPause, type PauseRequest, type Resumed } from './pause.ts'
import type { Tool } from './tool.ts'
import type { Toolset } from './toolset.ts'

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
   * Pauses the run: `return context.pause({ state, questions })`. What else is running may end, nothing new starts, and
   * the run gives a result with the status `paused`. When that is resumed, `run` is called again with the same inputs,
   * and with `resumed`. What this gives must be returned as it is: anything else fails the visit.
   *
   * @throws RunError `RUN_INVALID_PAUSE` for a state that is not JSON, for questions that are malformed or share an id,
   * and where the component is not in a pipeline
   */
  readonly pause: (request: PauseRequest) => never
  /** State and answers of the pause, in a visit that had paused and was resumed; otherwise undefined. */
  readonly resumed: Resumed | undefined
  /**
   * Reports something that the run does not stop for: in `warnings` of the result, and as an event. `code` is in capitals,
   * such as `REPLY_CUT`; the message need not name the component. The same message counts once.
   */
  readonly warn: (code: string, message: string) => void
  /**
   * The tools and toolsets in the parameters of the components of this pipeline, each once: for a component that runs what
   * another one offers to a model, so that a file names them once. They are ready. Those of pipelines around or inside are
   * not among them. Empty where the component is not in a pipeline.
   */
  readonly pipelineTools: readonly (Tool | Toolset)[]
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
    pause: () => cannotPause(component.type),
    resumed: undefined,
    warn: (code, message) => {
      const warning = `${component.type} ${message}`
      if (said.has(warning)) return
      said.add(warning)
      warnProcess(message, `MILLRACE_${code}`)
    },
    pipelineTools: [],
    component: { name: component.type, type: component.type },
    visit: 1,
    runId: 'alone',
  }
}
