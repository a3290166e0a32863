import { LoadError, type LoadProblem } from '../errors.ts'
import { type DocumentPath, formatPath } from './document-path.ts'
import { type Position, printable, type SourceText } from './source-text.ts'

export interface ProblemPlace {
  /** Where in the text; absent for the text as a whole. */
  readonly offset?: number | undefined
  readonly path?: DocumentPath | undefined
  readonly cause?: unknown
}

/** How many problems the message of the error spells out. `problems` has them all. */
const SHOWN = 50

/** After so many the rest is not looked at: nobody reads them, and each costs time. */
const MOST = 1000

/** Names in a hostile file may be as long as the file. */
const LONGEST_MESSAGE = 8000
const LONGEST_PATH = 300

/** Collects what is wrong with one file, so that it can be told all at once. */
export class ProblemList {
  readonly source: SourceText
  readonly #file: string | undefined
  readonly #found: { readonly problem: LoadProblem; readonly position: Position | undefined }[] = []

  constructor(source: SourceText, file: string | undefined) {
    this.source = source
    this.#file = file
  }

  get isEmpty(): boolean {
    return this.#found.length === 0
  }

  /** @throws LoadError when there are more problems than anyone reads */
  add(code: LoadProblem['code'], message: string, place: ProblemPlace = {}): void {
    if (this.#found.length === MOST) throw this.#error()
    const position = place.offset === undefined ? undefined : this.source.positionAt(place.offset)
    const problem = {
      code,
      message: printable(shorten(message, LONGEST_MESSAGE)),
      ...(position === undefined ? {} : { ...position, excerpt: this.source.excerpt(position) }),
      ...(place.path === undefined || place.path.length === 0 ? {} : { path: formatPath(place.path) }),
      ...('cause' in place ? { cause: place.cause } : {}),
    }
    this.#found.push({ problem, position })
  }

  /** Throws what was found, if anything was. */
  throwIfAny(): void {
    if (!this.isEmpty) throw this.#error()
  }

  /** For a problem that leaves nothing to go on with. */
  fail(code: LoadProblem['code'], message: string, place: ProblemPlace = {}): never {
    this.add(code, message, place)
    throw this.#error()
  }

  #error(): LoadError {
    const problems = this.#found.sort((a, b) => compare(a.position, b.position)).map(({ problem }) => problem)
    const [first] = problems as [LoadProblem]
    const shown = problems.slice(0, SHOWN).map((problem) => format(this.#file, problem))
    if (problems.length > SHOWN) shown.push(`… and ${problems.length - SHOWN} more.`)
    if (problems.length > 1)
      shown.push(`${problems.length} problems${problems.length === MOST ? ' or more' : ''}`)
    const causes = problems.filter((problem) => problem.cause !== undefined)
    return new LoadError(first.code, shown.join('\n\n'), {
      ...(this.#file === undefined ? {} : { file: this.#file }),
      ...(causes[0] === undefined ? {} : { cause: causes[0].cause }),
      problems,
    })
  }
}

function compare(a: Position | undefined, b: Position | undefined): number {
  return (a?.line ?? 0) - (b?.line ?? 0) || (a?.column ?? 0) - (b?.column ?? 0)
}

function format(file: string | undefined, { line, column, path, message, excerpt }: LoadProblem): string {
  const place = line === undefined ? file : `${file === undefined ? 'line ' : `${file}:`}${line}:${column}`
  const head = [place, path === undefined ? undefined : shorten(path, LONGEST_PATH), message]
    .filter((part) => part !== undefined)
    .join(': ')
  return [head.replace(/\n(?=.)/g, '\n  '), ...(excerpt === undefined ? [] : [excerpt])].join('\n')
}

function shorten(text: string, longest: number): string {
  return text.length > longest ? `${text.slice(0, longest)}…` : text
}
