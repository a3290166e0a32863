import type { Tool } from './tool.ts'
import type { Toolset } from './toolset.ts'

/** Something that will go wrong, found before it does. */
export interface Finding {
  /** An `error` is wrong whatever the inputs are; a `warning` is for some. */
  readonly level: 'error' | 'warning'
  /**
   * Of the graph: `NEVER_RUNS`, a component that nothing can start or feed, `LOOP_WITHOUT_EXIT`, and `MISSING_INPUT`, an
   * input of a pipeline within the pipeline that nothing leads to. `INPUT_TAKEN`: an input
   * that the pipeline names has a sender. `UNKNOWN_FAILURE`: a code in a `retry.on` is nearly a known one.
   * `UNUSED_RESOURCE`: no component names it.
   * `CHECK_FAILED`: the check of a component threw. Components add other codes.
   */
  readonly code:
    | 'NEVER_RUNS'
    | 'LOOP_WITHOUT_EXIT'
    | 'MISSING_INPUT'
    | 'INPUT_TAKEN'
    | 'UNKNOWN_FAILURE'
    | 'UNUSED_RESOURCE'
    | 'CHECK_FAILED'
    | 'MISSING_FILE'
    | 'UNSUPPORTED_OPTION'
    | (string & Record<never, never>)
  readonly message: string
  readonly component?: string
  /** The name of a resource of the pipeline. */
  readonly resource?: string
  readonly socket?: string
  /** The path of a parameter inside the `initParameters` of the component or resource. */
  readonly option?: string
  /** Of a pipeline from a file: where in it, counted from 1, and which file where that is one that it includes. */
  readonly line?: number
  readonly column?: number
  readonly file?: string
}

/** What a check may need to know. */
export interface CheckContext {
  /** Where relative paths in the parameters start: the folder of the pipeline file, or undefined. */
  readonly baseDir?: string
  /** Folders, or URLs of files, whose installed packages parameters may name, after those seen from `baseDir`. */
  readonly resolveFrom?: readonly string[]
  /** As in the context of a run. Absent where a component is checked alone. */
  readonly pipelineTools?: readonly (Tool | Toolset)[]
}
