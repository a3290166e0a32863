import type { Registry } from '../component/registry.ts'
import { LoadError } from '../errors.ts'
import { Pipeline, type PipelineOptions } from '../pipeline/pipeline.ts'
import { buildComponents } from './build-components.ts'
import { checkEnvironment } from './check-environment.ts'
import { checkShape } from './check-shape.ts'
import { connectComponents } from './connect-components.ts'
import { fileComponents } from './file-components.ts'
import type { PipelineFile } from './file-shape.ts'
import { completeLimits, type LoadLimits } from './limits.ts'
import { readDocument } from './read-document.ts'

export interface LoadOptions {
  /** What the file may name. Loading never imports code: a type that isn't here is an error. */
  readonly registry: Registry
  /** What the errors call the file, such as its path. It is not read. */
  readonly file?: string
  /** The folder that relative paths in parameters start from. Absent: the working directory. */
  readonly baseDir?: string
  /** Against files that are made to exhaust the process. */
  readonly limits?: LoadLimits
}

/**
 * Makes the pipeline that a YAML text describes. Nothing is read, fetched or imported, and no component loads: a file
 * from a stranger can be loaded to look at it. `${env:NAME}` stays as it is until `warmUp`.
 *
 * @throws LoadError with everything that is wrong with the text, each with its line, column, path and excerpt
 * @example
 * const registry = new Registry([standardComponents, llamaCppComponents])
 * const pipeline = loadPipeline(text, { registry })
 * const result = await pipeline.run({ prompt: { country: 'France' } })
 */
export function loadPipeline(text: string, { registry, file, baseDir, limits }: LoadOptions): Pipeline {
  if (typeof text !== 'string') {
    throw new LoadError(
      'LOAD_SHAPE',
      `loadPipeline takes the text of a file, not a value of type '${typeof text}'.`,
    )
  }
  const complete = completeLimits(limits)
  const read = readDocument(text, complete, file)
  const { problems, report } = read
  checkShape(read, complete)
  const components = fileComponents(read, registry)
  checkEnvironment(read, components)
  // The options are as the shape says, or the pipeline is thrown away with the error.
  const pipeline = new Pipeline(
    {},
    problems.isEmpty ? optionsOf(read.value as PipelineFile, baseDir) : {},
  ) as Pipeline
  buildComponents(components, pipeline, registry, report)
  connectComponents(read, pipeline)
  problems.throwIfAny()
  return pipeline
}

function optionsOf(
  { metadata, maxRunsPerComponent, inputs, outputs }: PipelineFile,
  baseDir?: string,
): PipelineOptions {
  return {
    ...(metadata === undefined ? {} : { metadata }),
    ...(maxRunsPerComponent === undefined ? {} : { maxRunsPerComponent }),
    ...(inputs === undefined ? {} : { inputs }),
    ...(outputs === undefined ? {} : { outputs }),
    ...(baseDir === undefined ? {} : { baseDir }),
  }
}
