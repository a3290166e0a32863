import { dirname, relative } from 'node:path'
import { LoadError } from '../errors.ts'
import { describeValue } from '../text/show.ts'
import { type DefinitionPlace, placeInFile } from './definition-place.ts'
import type { DocumentPath } from './document-path.ts'
import { decodeUtf8, readFailure } from './file-text.ts'
import type { LoadLimits, Spent } from './limits.ts'
import type { ProblemList } from './problem-list.ts'
import { type PipelineDefinition, type PipelineDocument, readDocument } from './read-document.ts'
import type { Report } from './report.ts'

/** Gives the content of a file by its absolute path, or throws. */
export type FileReader = (path: string) => string | Uint8Array

export interface IncludedFile {
  readonly definition: PipelineDefinition
  readonly place: DefinitionPlace
}

/** Where a file is named: what errors about reading it point at. */
interface Reference {
  readonly report: Report
  readonly path: DocumentPath
}

/** The files that a pipeline file includes: each is read, parsed and told of once, however often it is included. */
export class IncludedFiles {
  readonly #read: FileReader | undefined
  readonly #limits: Required<LoadLimits>
  readonly #spent: Spent
  readonly #problems: ProblemList
  /** By absolute path; undefined for what could not be read or parsed. */
  readonly #documents = new Map<string, PipelineDocument | undefined>()

  /** @param problems of the file that everything begins with */
  constructor(
    read: FileReader | undefined,
    limits: Required<LoadLimits>,
    spent: Spent,
    problems: ProblemList,
  ) {
    this.#read = read
    this.#limits = limits
    this.#spent = spent
    this.#problems = problems
  }

  /**
   * The pipeline of the file called `written` in one at `around`. Undefined when there is none, or a bad one, which is
   * then reported.
   *
   * @throws LoadError `LOAD_LIMIT`
   */
  open(written: string, around: DefinitionPlace, from: Reference): IncludedFile | undefined {
    const why = whyNoFileName(written)
    if (why !== undefined) return refuse(from, 'LOAD_PARAMETERS', `'${written}' ${why}`)
    if (this.#read === undefined) {
      const message = `loadPipeline has only this text and does not read '${written}'. Load the file with loadPipelineFile, or give loadPipeline the option 'readFile'.`
      return refuse(from, 'LOAD_NOT_FOUND', message)
    }
    const place = placeInFile(around, written)
    const path = place.files.at(-1) as string
    if (around.files.includes(path)) {
      return refuse(from, 'LOAD_CYCLE', `The file includes itself: ${chainOf(place.files)}.`)
    }
    if (!this.#documents.has(path)) this.#documents.set(path, this.#parse(this.#read, path, place.file, from))
    const definition = this.#documents.get(path)
    // What is wrong with it was told when it was first included.
    return definition === undefined || definition.report.has([]) ? undefined : { definition, place }
  }

  #parse(
    read: FileReader,
    path: string,
    file: string | undefined,
    from: Reference,
  ): PipelineDocument | undefined {
    let content: string | Uint8Array
    try {
      content = read(path)
    } catch (cause) {
      const message = `The file '${file}' cannot be read: ${readFailure(cause)}.`
      return refuse(from, 'LOAD_NOT_FOUND', message, cause)
    }
    if (typeof content !== 'string' && !ArrayBuffer.isView(content)) {
      const message = `readFile gave ${describeValue(content)} for '${file}'. It returns the text or the bytes of the file.`
      return refuse(from, 'LOAD_NOT_FOUND', message)
    }
    this.#spend(Buffer.byteLength(content), from)
    const text = typeof content === 'string' ? content : decodeUtf8(content)
    if (text === undefined) {
      return refuse(from, 'LOAD_SYNTAX', `The file '${file}' is not UTF-8 text. Save it in that encoding.`)
    }
    try {
      return readDocument(text, this.#limits, file, { spent: this.#spent, problems: this.#problems })
    } catch (error) {
      // What is wrong with it is among the problems, which are told at the end.
      if (LoadError.isInstance(error)) return undefined
      throw error
    }
  }

  #spend(bytes: number, { report, path }: Reference): void {
    this.#spent.bytes += bytes
    if (this.#spent.bytes <= this.#limits.maxBytes) return
    const message = `With this file there are more than the ${this.#limits.maxBytes} bytes of 'maxBytes'.`
    report.fail('LOAD_LIMIT', message, path)
  }
}

function whyNoFileName(written: string): string | undefined {
  if (/^[A-Za-z][A-Za-z0-9+.-]+:\/\//.test(written))
    return 'is a URL, and nothing is fetched. Name a file on this machine.'
  if (/\.ya?ml$/.test(written)) return undefined
  return 'is not the name of a pipeline file. Those end in .yaml or .yml.'
}

/** As seen from the folder of the first, as far as they are below it. */
function chainOf(paths: readonly string[]): string {
  const folder = dirname(paths[0] as string)
  const names = paths.map((path) => {
    const short = relative(folder, path)
    return short.startsWith('..') ? path : short
  })
  return names.join(' → ')
}

function refuse(
  { report, path }: Reference,
  code: Parameters<Report['atValue']>[0],
  message: string,
  cause?: unknown,
): undefined {
  report.atValue(code, message, path, cause)
  return undefined
}
