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

/** Collects what is wrong with one file and with those that it includes, so that it can be told all at once. */
export class ProblemList {
  readonly source: SourceText
  readonly #file: string | undefined
  readonly #found: { readonly problem: LoadProblem; readonly position: Position | undefined }[] = []
  /** The lists of all files that are told of together, that of the including file first. */
  readonly #all: ProblemList[]

  constructor(source: SourceText, file: string | undefined, including?: ProblemList) {
    this.source = source
    this.#file = file
    this.#all = including === undefined ? [] : including.#all
    this.#all.push(this)
  }

  /** Whether nothing is wrong with this file. */
  get isEmpty(): boolean {
    return this.#found.length === 0
  }

  /** @throws LoadError when there are more problems than anyone reads */
  add(code: LoadProblem['code'], message: string, place: ProblemPlace = {}): void {
    if (this.#all.reduce((sum, list) => sum + list.#found.length, 0) === MOST) throw this.#error()
    const position = place.offset === undefined ? undefined : this.source.positionAt(place.offset)
    const problem = {
      code,
      message: printable(shorten(message, LONGEST_MESSAGE)),
      ...(position === undefined ? {} : { ...position, excerpt: this.source.excerpt(position) }),
      ...(this === this.#all[0] || this.#file === undefined ? {} : { file: this.#file }),
      ...(place.path === undefined || place.path.length === 0 ? {} : { path: formatPath(place.path) }),
      ...('cause' in place ? { cause: place.cause } : {}),
    }
    this.#found.push({ problem, position })
  }

  /** Throws what was found in any of the files, if something was found in this one. */
  throwIfAny(): void {
    if (!this.isEmpty) throw this.#error()
  }

  /** Throws what was found in this file, in those it includes and in those around it, if anything was. */
  throwIfAnywhere(): void {
    if (!this.#all.every(({ isEmpty }) => isEmpty)) throw this.#error()
  }

  /** For a problem that leaves nothing to go on with. */
  fail(code: LoadProblem['code'], message: string, place: ProblemPlace = {}): never {
    this.add(code, message, place)
    throw this.#error()
  }

  #error(): LoadError {
    const [first] = this.#all as [ProblemList]
    const file = first.#file
    const problems = this.#all.flatMap((list) => list.#sorted())
    const { code } = problems[0] as LoadProblem
    const shown = problems.slice(0, SHOWN).map((problem) => format(problem.file ?? file, problem))
    if (problems.length > SHOWN) shown.push(`… and ${problems.length - SHOWN} more.`)
    if (problems.length > 1)
      shown.push(`${problems.length} problems${problems.length === MOST ? ' or more' : ''}`)
    const causes = problems.filter((problem) => problem.cause !== undefined)
    return new LoadError(code, shown.join('\n\n'), {
      ...(file === undefined ? {} : { file }),
      ...(causes[0] === undefined ? {} : { cause: causes[0].cause }),
      problems,
    })
  }

  #sorted(): LoadProblem[] {
    return this.#found.sort((a, b) => compare(a.position, b.position)).map(({ problem }) => problem)
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
