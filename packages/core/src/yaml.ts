// @millrace/core/yaml: pipelines from files and back. A door of its own, because it needs a parser that a program
// without files does not.

export type { LoadLimits } from './yaml/bounds/limits.ts'
export { dumpPipeline } from './yaml/dump.ts'
export {
  type ComponentEntry,
  type PipelineFile,
  type SubPipelineParameters,
  subPipelineShape,
} from './yaml/file-shape.ts'
export { type LoadFileOptions, type LoadOptions, loadPipeline, loadPipelineFile } from './yaml/load.ts'
export type { OverridableComponent, Overrides } from './yaml/overrides.ts'
export { type PipelineFileOptions, pipelineFile } from './yaml/pipeline-file.ts'
export { pipelineSchema } from './yaml/pipeline-schema.ts'
