import { PipelineComponent, type PipelineMapping } from '../pipeline/as-component.ts'
import type { Pipeline } from '../pipeline/pipeline.ts'
import type { SubPipelineParameters } from './file-shape.ts'

/** A pipeline that came from a file of its own. A dump names that file again, as it was written. */
export class IncludedPipeline extends PipelineComponent {
  readonly initParameters: SubPipelineParameters

  /** @throws DefinitionError as `asComponent` does */
  constructor(pipeline: Pipeline, file: string, mapping: PipelineMapping) {
    super(pipeline, mapping)
    this.initParameters = { file, ...mapping }
  }
}
