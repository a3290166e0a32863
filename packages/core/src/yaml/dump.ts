import { Document } from 'yaml'
import type { Registry } from '../component/registry.ts'
import type { JsonObject } from '../json.ts'
import type { Pipeline } from '../pipeline/pipeline.ts'
import { asDefinitionError } from './as-definition-error.ts'
import { editText } from './edit-text.ts'
import { withExplicitDefaults } from './explicit-defaults.ts'
import { yamlOptions } from './parse.ts'
import { type PipelineFileOptions, pipelineFile } from './pipeline-file.ts'
import { styledNode } from './styled-node.ts'

export interface DumpOptions extends PipelineFileOptions {
  /**
   * The text of a pipeline file to bring up to date. Its comments, its order and its style stay where the pipeline
   * says the same; when it says the same everywhere, the text comes back as it is. Absent: a text is written anew.
   */
  readonly onto?: string
}

/**
 * Writes the YAML that describes a pipeline: loaded again, it gives a pipeline with the same `pipelineFile`. The same
 * pipeline gives the same text every time.
 *
 * @throws LoadError `DUMP_UNSUPPORTED` naming every parameter that a file cannot express, and for an `onto` that is no
 * pipeline file what `loadPipeline` throws for its syntax
 */
export function dumpPipeline(pipeline: Pipeline, { registry, onto }: DumpOptions = {}): string {
  const file = pipelineFile(pipeline, registry === undefined ? {} : { registry }) as JsonObject
  if (onto === undefined) return write(file)
  const isSame = (written: string, wanted: string) => isSameType(registry, written, wanted)
  return editText(onto, (old) => withExplicitDefaults(file, old, isSame)) ?? write(file)
}

function write(file: JsonObject): string {
  const document = new Document(undefined, yamlOptions)
  // The parameter says that the contents are what they were made from, which was nothing.
  document.contents = styledNode(document, file, []) as never
  return document.toString({ lineWidth: 0 })
}

function isSameType(registry: Registry | undefined, written: string, wanted: string): boolean {
  if (registry === undefined) return written === wanted || written.endsWith(`/${wanted}`)
  try {
    return registry.component(written) === registry.component(wanted)
  } catch (error) {
    // The text has a type that is not registered, so it is another.
    asDefinitionError(error)
    return false
  }
}
