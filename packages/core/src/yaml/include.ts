import { byteLength, dirname, isAbsolute, join, relative, resolve } from '#platform'
import type { LoadProblem } from '../errors.ts'
import { describeValue, messageOf } from '../text/show.ts'
import type { LoadLimits, Usage } from './bounds/limits.ts'
import type { Problems, Report } from './problems.ts'
import { type PipelineDocument, readText } from './read.ts'

/** What is around a pipeline that a file writes down. */
export interface DefinitionPlace {
  /** The folder that relative paths start from. Absent: the working directory. */
  readonly baseDir: string | undefined
  /** What errors call the file. */
  readonly file: string | undefined
  /** The files around it by their absolute paths, the outermost first and its own last. */
  readonly files: readonly string[]
  /** How many pipelines are around it. */
  readonly levels: number
}

/** Gives the content of a file by its absolute path, or throws. */
export type FileReader = (path: string) => string | Uint8Array

export interface IncludedFile {
  readonly document: PipelineDocument
  readonly place: DefinitionPlace
}

/** The files that a pipeline file includes: each is read and parsed once, however often it is included. */
export class IncludedFiles {
  readonly #read: FileReader | undefined
  readonly #limits: Required<LoadLimits>
  readonly #usage: Usage
  readonly #problems: Problems
  /** By absolute path; undefined for what could not be read or parsed. */
  readonly #documents = new Map<string, PipelineDocument | undefined>()

  constructor(read: FileReader | undefined, limits: Required<LoadLimits>, usage: Usage, problems: Problems) {
    this.#read = read
    this.#limits = limits
    this.#usage = usage
    this.#problems = problems
  }

  /**
   * The pipeline of the file called `written` in one at `around`. Undefined when there is none, or a bad one, which is
   * then reported.
   *
   * @param from takes paths from the parameters that name the file
   * @throws LoadError `LOAD_LIMIT`
   */
  open(written: string, around: DefinitionPlace, from: Report): IncludedFile | undefined {
    const fault = nameFault(written)
    if (fault !== undefined) return refuse(from, 'LOAD_PARAMETERS', `'${written}' ${fault}`)
    if (this.#read === undefined) {
      const message = `loadPipeline has only this text and does not read '${written}'. Load the file with loadPipelineFile, or give loadPipeline the option 'readFile'.`
      return refuse(from, 'LOAD_NOT_FOUND', message)
    }
    const place = placeInFile(around, written)
    const path = place.files.at(-1) as string
    if (around.files.includes(path)) {
      return refuse(from, 'LOAD_CYCLE', `The file includes itself: ${chainOf(place.files)}.`)
    }
    const document = this.#documents.has(path)
      ? this.#again(this.#documents.get(path), from)
      : this.#parse(this.#read, path, place.file, from)
    this.#documents.set(path, document)
    return document && { document, place }
  }

  /** A small file that includes a large one often could stand for more values than there is memory. */
  #again(document: PipelineDocument | undefined, from: Report): PipelineDocument | undefined {
    this.#usage.expansions += document?.size ?? 0
    if (this.#usage.expansions > this.#limits.maxExpansions) {
      const message = `Files that are included several times stand for more than the ${this.#limits.maxExpansions} values of 'maxExpansions'.`
      from.stop(message, ['file'])
    }
    return document
  }

  #parse(
    read: FileReader,
    path: string,
    file: string | undefined,
    from: Report,
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
    this.#usage.bytes += typeof content === 'string' ? byteLength(content) : content.byteLength
    if (this.#usage.bytes > this.#limits.maxBytes) {
      const message = `With this file there are more than the ${this.#limits.maxBytes} bytes of 'maxBytes'.`
      from.stop(message, ['file'])
    }
    const text = typeof content === 'string' ? content : decodeUtf8(content)
    if (text === undefined) {
      return refuse(from, 'LOAD_SYNTAX', `The file '${file}' is not UTF-8 text. Save it in that encoding.`)
    }
    return readText(this.#problems.ofFile(text, file), this.#limits, this.#usage)
  }
}

/** The place of what another file holds, by the path that the including file writes for it. */
function placeInFile(
  { baseDir = '', file, files, levels }: DefinitionPlace,
  written: string,
): DefinitionPlace {
  const path = resolve(baseDir, written)
  // Errors call it by the way from where they call the including file by its path.
  const isRelative = file !== undefined && !isAbsolute(written) && dirname(resolve(file)) === resolve(baseDir)
  return {
    baseDir: dirname(path),
    file: isRelative ? join(dirname(file), written) : path,
    files: [...files, path],
    levels: levels + 1,
  }
}

/** Why a text cannot be the name of a file to include. */
function nameFault(written: string): string | undefined {
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

function refuse(from: Report, code: LoadProblem['code'], message: string, cause?: unknown): undefined {
  from.atValue(code, message, ['file'], cause)
}

/** The text that UTF-8 bytes stand for, its byte order mark included; undefined for other bytes. */
export function decodeUtf8(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    return undefined
  }
}

/** Why a file could not be read, without the path: `ENOENT: no such file or directory`. */
export function readFailure(cause: unknown): string {
  return messageOf(cause).split(', ')[0] as string
}
