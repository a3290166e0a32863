import type { Registry } from '../component/registry.ts'
import { Pipeline } from '../pipeline/pipeline.ts'
import type { PipelineOptions } from '../pipeline/pipeline-options.ts'
import { buildComponents } from './build-components.ts'
import { checkEnvironment } from './check-environment.ts'
import { checkShape } from './check-shape.ts'
import { connectComponents } from './connect-components.ts'
import type { DefinitionPlace } from './definition-place.ts'
import { fileComponents } from './file-components.ts'
import type { PipelineFile } from './file-shape.ts'
import type { IncludedFiles } from './included-files.ts'
import type { LoadLimits, Spent } from './limits.ts'
import type { PipelineDefinition } from './read-document.ts'
import { makeSubPipeline, type SubPipelineLoader } from './sub-pipeline.ts'

/** What all definitions of one load share. */
export interface LoadMeans {
  readonly registry: Registry
  readonly limits: Required<LoadLimits>
  readonly spent: Spent
  readonly files: IncludedFiles
}

/** Makes pipelines of definitions: that of a file, those inside of it, and those of files that it includes. */
export class DefinitionLoader implements SubPipelineLoader {
  readonly files: IncludedFiles
  readonly #means: LoadMeans

  constructor(means: LoadMeans) {
    this.#means = means
    this.files = means.files
  }

  /**
   * The pipeline, or undefined when something is wrong with it or with one inside of it, which is then reported: it
   * would not have the sockets that the file means it to have.
   *
   * @throws LoadError `LOAD_LIMIT`
   */
  load(definition: PipelineDefinition, place: DefinitionPlace): Pipeline | undefined {
    const { registry, limits, spent } = this.#means
    const { report } = definition
    checkShape(definition, limits, spent)
    const components = fileComponents(definition, registry)
    checkEnvironment(definition, components)
    const pipeline = new Pipeline({}, report.has([]) ? {} : optionsOf(definition, place)) as Pipeline
    buildComponents(components, {
      pipeline,
      registry,
      report,
      subPipeline: (component) => makeSubPipeline(component, place, report, this),
    })
    connectComponents(definition, pipeline)
    return report.has([]) || pipeline.names().length < components.length ? undefined : pipeline
  }
}

/** The options are as the shape says: otherwise there is no pipeline. */
function optionsOf({ value }: PipelineDefinition, { baseDir }: DefinitionPlace): PipelineOptions {
  const { metadata, maxRunsPerComponent, inputs, outputs } = value as PipelineFile
  return {
    ...(metadata === undefined ? {} : { metadata }),
    ...(maxRunsPerComponent === undefined ? {} : { maxRunsPerComponent }),
    ...(inputs === undefined ? {} : { inputs }),
    ...(outputs === undefined ? {} : { outputs }),
    ...(baseDir === undefined ? {} : { baseDir }),
  }
}
