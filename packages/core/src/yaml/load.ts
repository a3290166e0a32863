import { byteLength, dirname, readStart, readStartSync, resolve } from '#platform'
import type { Registry } from '../component/registry.ts'
import { LoadError, OptionError } from '../errors.ts'
import type { Pipeline } from '../pipeline/pipeline.ts'
import { withComparisons } from '../text/names.ts'
import { completeLimits, type LoadLimits, MOST_COMPARISONS, Usage } from './bounds/limits.ts'
import { checkPermissions, type Permissions } from './bounds/permissions.ts'
import { buildPipeline } from './build.ts'
import { checkDefinition } from './check.ts'
import { type Definition, readDefinition } from './definition.ts'
import { decodeUtf8, IncludedFiles, readFailure } from './include.ts'
import {
  type OverridableComponent,
  type Overrides,
  overridableComponents,
  withOverrides,
} from './overrides.ts'
import { type FileProblems, Problems } from './problems.ts'
import { readText } from './read.ts'

export interface LoadOptions extends Permissions {
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
  /**
   * Parameters that take the place of those in the file, such as `{ 'llm.model': 'other.gguf' }`, in files that it
   * includes too: `{ 'sub.llm.model': … }`. They are checked as if the file had them, before a component is made. A
   * function chooses them by what the file declares; it is not called for a file that is wrong in other ways.
   */
  readonly overrides?: Overrides | ((components: readonly OverridableComponent[]) => Overrides)
  /** Against files that are made to exhaust the process. */
  readonly limits?: LoadLimits
}

/**
 * Makes the pipeline that a YAML text describes. Nothing is read, fetched or imported, and no component loads: an
 * untrusted file can be loaded to look at it. `${env:NAME}` stays as it is until `warmUp`, and is refused unless
 * `environment` has the name. Pipelines in other files,
 * which the text includes with `file:`, need the option `readFile`; only `loadPipelineFile` touches the disk itself.
 *
 * @throws LoadError with everything that is wrong with the text, each with its line, column, path and excerpt
 * @throws OptionError `PIPELINE_INVALID_OPTION` for limits, permissions and names of overrides that are not possible
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
  if (!(Object(options).registry instanceof Object)) {
    throw new OptionError(
      'PIPELINE_INVALID_OPTION',
      'loadPipeline takes the text of a file and { registry }, which says what the file can name: new Registry([standardComponents]).',
    )
  }
  checkPermissions(options)
  return withComparisons(MOST_COMPARISONS, () => load(text, options))
}

function load(text: string, options: LoadOptions): Pipeline {
  const { registry, file, baseDir, readFile } = options
  const limits = completeLimits(options.limits)
  const usage = new Usage()
  usage.bytes = byteLength(text)
  const problems = new Problems(limits.maxProblems)
  const document = readText(problems.ofFile(text, file), limits, usage)
  if (document === undefined) throw problems.error()

  const files = new IncludedFiles(readFile, limits, usage, problems)
  const place = { baseDir, file, files: file === undefined ? [] : [resolve(file)], levels: 0 }
  const context = { registry, limits, usage, files, permissions: options }
  const written = readDefinition(document, place, context)
  const definition = withOverrides(written, chosenOverrides(options, written, problems), registry)
  const pipeline = buildPipeline(checkDefinition(definition, context), { limits, usage })
  problems.throwIfAny()
  // Nothing is missing without a problem.
  return pipeline as Pipeline
}

function chosenOverrides(
  { overrides = {}, registry }: LoadOptions,
  written: Definition,
  problems: Problems,
): Overrides {
  if (typeof overrides !== 'function') return overrides
  return problems.count > 0 ? {} : overrides(overridableComponents(written, registry))
}

export interface LoadFileOptions extends Omit<LoadOptions, 'file' | 'readFile'> {
  /** What the file is to have, such as a text that is not saved yet. The file itself is not read then. */
  readonly text?: string
}

/**
 * Reads a pipeline file and makes its pipeline. Relative paths in parameters start from the folder of the file, unless
 * `baseDir` says another one. Besides it, only the files are read that it includes with `file:`, and those that they
 * include.
 *
 * @throws LoadError `LOAD_NOT_FOUND` when the file can't be read, and what `loadPipeline` throws
 */
export async function loadPipelineFile(
  path: string,
  { text: given, ...options }: LoadFileOptions,
): Promise<Pipeline> {
  const { maxBytes, maxProblems } = completeLimits(options.limits)
  const problems = new Problems(maxProblems)
  const text = given ?? (await readFirst(path, maxBytes, problems.ofFile('', path)))
  problems.throwIfAny()
  return loadPipeline(text, {
    baseDir: dirname(resolve(path)),
    ...options,
    file: path,
    readFile: (included) => readIncluded(included, maxBytes),
  })
}

/** The text of a file. */
async function readFirst(path: string, most: number, problems: FileProblems): Promise<string> {
  let bytes: Uint8Array = new Uint8Array()
  try {
    bytes = await readStart(path, most)
  } catch (cause) {
    problems.add('LOAD_NOT_FOUND', `The file cannot be read: ${readFailure(cause)}.`, { cause })
  }
  if (bytes.length > most) problems.stop(`The file is larger than the ${most} bytes of 'maxBytes'.`)
  const text = decodeUtf8(bytes)
  if (text === undefined) problems.add('LOAD_SYNTAX', 'The file is not UTF-8 text. Save it in that encoding.')
  return text ?? ''
}

/** The bytes of a file that another one names. */
function readIncluded(path: string, most: number): Uint8Array {
  const bytes = readStartSync(path, most)
  if (bytes === undefined) throw new LoadError('LOAD_NOT_FOUND', 'it is not a regular file')
  return bytes
}
