import type { Components } from '../component/component.ts'
import type { Resource } from '../component/holding/resource.ts'
import type { PipelineNames } from '../graph/names.ts'
import type { ComponentPolicy } from '../graph/policy.ts'
import type { JsonValue } from '../json.ts'

/** `inputs` and `outputs` are names that the pipeline gives itself: see `run` and `result.named`. */
export interface PipelineOptions<C extends Components = Components, Named extends string = string>
  extends PipelineNames {
  /** Names that the pipeline gives to inputs: `{ question: ['prompt.question'] }`. */
  readonly inputs?: { readonly [N in Named]: readonly string[] }
  /**
   * How often one component may run within one run: what stops an endless loop.
   *
   * @defaultValue 100
   */
  readonly maxRunsPerComponent?: number
  /** Data about the pipeline, such as its author. `dumpPipeline` writes it. */
  readonly metadata?: Readonly<Record<string, JsonValue>>
  /** Retries and time limits by component. */
  readonly policies?: { readonly [N in keyof C]?: ComponentPolicy }
  /**
   * Names of objects that components share, for the file that `dumpPipeline` writes and for messages. In code nothing else
   * needs them: components share what they hold.
   */
  readonly resources?: Readonly<Record<string, Resource>>
  /** The folder that relative paths in component parameters start from. Absent: the working directory. */
  readonly baseDir?: string
}
