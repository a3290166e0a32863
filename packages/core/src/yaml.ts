// @millrace/core/yaml: pipelines from files and back. A door of its own, because it needs a parser that a program
// without files does not.

export { type DumpOptions, dumpPipeline } from './yaml/dump.ts'
export {
  type ComponentEntry,
  type ConnectionEntry,
  type PipelineFile,
  type SubPipelineParameters,
  subPipelineShape,
} from './yaml/file-shape.ts'
export type { LoadLimits } from './yaml/limits.ts'
export { type LoadOptions, loadPipeline } from './yaml/load.ts'
export { loadPipelineFile } from './yaml/load-file.ts'
export { type PipelineFileOptions, pipelineFile } from './yaml/pipeline-file.ts'
export { pipelineSchema } from './yaml/pipeline-schema.ts'
