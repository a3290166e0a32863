import { resolve } from 'node:path'
import type { Registry } from '../component/registry.ts'
import { LoadError } from '../errors.ts'
import type { Pipeline } from '../pipeline/pipeline.ts'
import { IncludedFiles } from './included-files.ts'
import { completeLimits, type LoadLimits, Spent } from './limits.ts'
import { DefinitionLoader } from './load-definition.ts'
import { readDocument } from './read-document.ts'

export interface LoadOptions {
  /** What the file may name. Loading never imports code: a type that isn't here is an error. */
  readonly registry: Registry
  /** What the errors call the file, such as its path. It is not read. */
  readonly file?: string
  /** The folder that relative paths in parameters start from. Absent: the working directory. */
  readonly baseDir?: string
  /**
   * Gives the text of a file that the pipeline includes with `file:`, or its bytes, by its absolute path; throws when
   * it cannot. Called once for each file. Absent: a text that includes files is refused.
   */
  readonly readFile?: (path: string) => string | Uint8Array
  /** Against files that are made to exhaust the process. */
  readonly limits?: LoadLimits
}

/**
 * Makes the pipeline that a YAML text describes. Nothing is read, fetched or imported, and no component loads: a file
 * from a stranger can be loaded to look at it. `${env:NAME}` stays as it is until `warmUp`. Pipelines in other files,
 * which the text includes with `file:`, need the option `readFile`; only `loadPipelineFile` touches the disk itself.
 *
 * @throws LoadError with everything that is wrong with the text, each with its line, column, path and excerpt
 * @example
 * const registry = new Registry([standardComponents, llamaCppComponents])
 * const pipeline = loadPipeline(text, { registry })
 * const result = await pipeline.run({ prompt: { country: 'France' } })
 */
export function loadPipeline(text: string, options: LoadOptions): Pipeline {
  if (typeof text !== 'string') {
    throw new LoadError(
      'LOAD_SHAPE',
      `loadPipeline takes the text of a file, not a value of type '${typeof text}'.`,
    )
  }
  const { registry, file, baseDir, readFile } = options
  const limits = completeLimits(options.limits)
  const spent = new Spent()
  const read = readDocument(text, limits, file, { spent })
  spent.bytes = Buffer.byteLength(text)
  const files = new IncludedFiles(readFile, limits, spent, read.problems)
  const pipeline = new DefinitionLoader({ registry, limits, spent, files }).load(read, {
    baseDir,
    file,
    files: file === undefined ? [] : [resolve(file)],
    levels: 0,
  })
  read.problems.throwIfAnywhere()
  // Nothing is missing without a problem.
  return pipeline as Pipeline
}
