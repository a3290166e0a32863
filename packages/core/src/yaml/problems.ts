import { LoadError, type LoadProblem } from '../errors.ts'
import type { ValueProblem } from '../schema/validate.ts'
import { excerptOf, type Position } from '../text/excerpt.ts'
import { shorten } from '../text/shorten.ts'
import { formatPath, printable } from '../text/show.ts'

/** Keys and indexes from the top of the document down to a place. */
export type DocumentPath = readonly (string | number)[]

type Code = LoadProblem['code']

interface ProblemPlace {
  /** Where in the text; absent for the text as a whole, and for what does not come from it. */
  readonly offset?: number | undefined
  readonly path?: DocumentPath | undefined
  readonly cause?: unknown
}

/** How many problems the message of the error spells out. `problems` has them all. */
const MOST_PRINTED = 50

/** Names in a hostile file may be as long as the file. */
const LONGEST_MESSAGE = 3000
const LONGEST_PATH = 300

interface FoundProblem {
  readonly problem: LoadProblem
  readonly position: Position | undefined
}

/** Everything that is wrong with a file and with those that it includes, collected to be thrown as one error. */
export class Problems {
  readonly #files: FileProblems[] = []
  readonly most: number
  #count = 0

  constructor(most: number) {
    this.most = most
  }

  /** The problems of one file. The error is that of the first; those of the others say which file they are in. */
  ofFile(text: string, name: string | undefined): FileProblems {
    const problems = new FileProblems(this, text, name)
    this.#files.push(problems)
    return problems
  }

  isFirst(file: FileProblems): boolean {
    return this.#files[0] === file
  }

  get count(): number {
    return this.#count
  }

  /** @throws LoadError when there are as many already as anyone reads */
  countOne(): void {
    if (this.#count >= this.most) throw this.error()
    this.#count += 1
  }

  /** @throws LoadError with all problems, when there are any */
  throwIfAny(): void {
    if (this.count > 0) throw this.error()
  }

  error(): LoadError {
    const file = this.#files[0]?.name
    const problems = this.#files.flatMap((one, index) =>
      [...one.found]
        .sort((a, b) => compare(a.position, b.position))
        .map(({ problem }) =>
          index === 0 || one.name === undefined ? problem : { ...problem, file: one.name },
        ),
    )
    const { code } = problems[0] as LoadProblem
    const printed = problems.slice(0, MOST_PRINTED).map((problem) => format(problem.file ?? file, problem))
    if (problems.length > MOST_PRINTED) printed.push(`… and ${problems.length - MOST_PRINTED} more.`)
    if (problems.length > 1)
      printed.push(`${problems.length} problems${problems.length >= this.most ? ' or more' : ''}`)
    const first = problems.find((problem) => problem.cause !== undefined)
    return new LoadError(code, printed.join('\n\n'), {
      ...(file === undefined ? {} : { file }),
      ...(first === undefined ? {} : { cause: first.cause }),
      problems,
    })
  }
}

/** What is wrong with one file, by where in its text it is. */
export class FileProblems {
  /** Without the byte order mark, so that it counts for no column. */
  readonly text: string
  readonly name: string | undefined
  readonly found: FoundProblem[] = []
  readonly #all: Problems
  #lineStarts: readonly number[] | undefined

  constructor(all: Problems, text: string, name: string | undefined) {
    this.#all = all
    this.text = text.startsWith('\uFEFF') ? text.slice(1) : text
    this.name = name
  }

  /** @throws LoadError when there are more problems than anyone reads */
  add(code: Code, message: string, { offset, path = [], cause }: ProblemPlace = {}): void {
    this.#all.countOne()
    const position = offset === undefined ? undefined : this.#positionAt(offset)
    const problem = {
      code,
      message: printable(shorten(message, LONGEST_MESSAGE)),
      ...(position === undefined
        ? {}
        : { ...position, excerpt: excerptOf(this.#lineAt(position), position) }),
      ...(path.length === 0 ? {} : { path: formatPath(path) }),
      ...(cause === undefined ? {} : { cause }),
    }
    this.found.push({ problem, position })
  }

  /** Line and column of an offset, and the file where it is not the outermost. */
  placeAt(offset: number): Position & { readonly file?: string } {
    const position = this.#positionAt(offset)
    return this.#all.isFirst(this) || this.name === undefined ? position : { ...position, file: this.name }
  }

  /** The number of the line at an offset, counted from 1. */
  lineOf(offset: number): number {
    return this.#positionAt(offset).line
  }

  /** An offset past the end is the end. */
  #positionAt(offset: number): Position {
    const starts = this.#starts()
    const place = Math.min(offset, this.text.length)
    let line = 1
    // The last line that begins at the place or before it is between `line` and `end`.
    for (let end = starts.length; line < end; ) {
      const middle = Math.ceil((line + end) / 2)
      if ((starts[middle - 1] as number) <= place) line = middle
      else end = middle - 1
    }
    return { line, column: place - (starts[line - 1] as number) + 1 }
  }

  /** Where each line begins. Not by the parser's own count, which misses lines in what it cannot read. */
  #starts(): readonly number[] {
    if (this.#lineStarts !== undefined) return this.#lineStarts
    const starts = [0]
    for (let end = this.text.indexOf('\n'); end >= 0; end = this.text.indexOf('\n', end + 1))
      starts.push(end + 1)
    this.#lineStarts = starts
    return starts
  }

  #lineAt({ line }: Position): string {
    const start = this.#starts()[line - 1] as number
    const end = this.text.indexOf('\n', start)
    const text = this.text.slice(start, end < 0 ? undefined : end)
    return text.endsWith('\r') ? text.slice(0, -1) : text
  }

  /** Ends the load at a limit: to look on is what the limit is against. */
  stop(message: string, place: ProblemPlace = {}): never {
    if (this.#all.count < this.#all.most) this.add('LOAD_LIMIT', message, place)
    throw this.#all.error()
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

/** A place in a document: its offset in the text, and its path with keys and indexes kept apart. */
export interface Place {
  readonly offset: number
  readonly path: DocumentPath
}

/** Finds where in a text a path leads. */
export interface Places {
  /** Where the value at a path is; where there is none, the nearest thing above it. */
  valueAt(path: DocumentPath): Place
  /** Where the key is that a path ends in; for an item of a list, its value. */
  keyAt(path: DocumentPath): Place
}

/** What is known of the paths of one document, by the keys of `keyOf`. */
class KnownProblems {
  /** Paths that have a problem at or below them. */
  readonly above = new Set<string>()
  /** Paths whose value was refused: further problems with it would only follow from that. */
  readonly refused = new Set<string>()
  readonly aboveRefused = new Set<string>()
  /** Path and message of each: a file that is included twice is checked twice. */
  readonly reported = new Set<string>()
}

interface Scope {
  readonly file: FileProblems
  readonly places: Places
  readonly known: KnownProblems
  /** Where in the document the paths begin. */
  readonly top: DocumentPath
  /** The values that do not come from the text: the name of each override by the key of its path. */
  readonly overrides: ReadonlyMap<string, string>
}

/** Reports problems by their path in the document: finds the place in the text, and reports nothing twice. */
export class Report {
  readonly #scope: Scope

  private constructor(scope: Scope) {
    this.#scope = scope
  }

  static of(file: FileProblems, places: Places): Report {
    return new Report({ file, places, known: new KnownProblems(), top: [], overrides: new Map() })
  }

  /** The same report for a part of the document: takes paths that begin there. */
  within(path: DocumentPath): Report {
    return new Report({ ...this.#scope, top: this.#full(path) })
  }

  /** The same report for values that overrides, by their names, put at these paths. */
  withOverrides(overrides: readonly { readonly name: string; readonly path: DocumentPath }[]): Report {
    const known = new Map(this.#scope.overrides)
    for (const { name, path } of overrides) known.set(keyOf(this.#full(path)), name)
    return new Report({ ...this.#scope, overrides: known })
  }

  /** What the paths begin in: the file, or a pipeline in it. */
  get whole(): 'file' | 'pipeline' {
    return this.#scope.top.length === 0 ? 'file' : 'pipeline'
  }

  /** The whole path as messages print it. */
  written(path: DocumentPath): string {
    return formatPath(this.#full(path))
  }

  /** Whether there is a problem with the value at this path, or with anything in it. */
  has(path: DocumentPath): boolean {
    return this.#scope.known.above.has(keyOf(this.#full(path)))
  }

  /** Marks a value as refused, so that nothing else is reported of it, of its parts, or of the value that holds it. */
  refuse(path: DocumentPath): void {
    const { above, refused, aboveRefused } = this.#scope.known
    const full = this.#full(path)
    refused.add(keyOf(full))
    for (const key of prefixes(full)) {
      above.add(key)
      aboveRefused.add(key)
    }
  }

  /** A problem with a value. Nothing when that value, a part of it or what it is a part of was refused. */
  atValue(code: Code, message: string, path: DocumentPath, cause?: unknown): void {
    const full = this.#full(path)
    if (this.#scope.known.aboveRefused.has(keyOf(full)) || this.#isRefused(full)) return
    this.#report(code, message, full, this.#scope.places.valueAt(full), cause)
  }

  /** A problem with a key, or with what hasn't a better place than its key. Nothing when that was refused. */
  atKey(code: Code, message: string, path: DocumentPath, cause?: unknown): void {
    const full = this.#full(path)
    if (!this.#isRefused(full)) this.#report(code, message, full, this.#scope.places.keyAt(full), cause)
  }

  /** What `checkValue` found in the value at `path`. */
  atParts(code: Code, problems: readonly ValueProblem[], path: DocumentPath): void {
    for (const { path: inside, message, unknownKey, missingKey } of problems) {
      const place = [...path, ...inside]
      if (unknownKey !== undefined) this.atKey(code, message, [...place, unknownKey])
      else if (missingKey === undefined) this.atValue(code, message, place)
      else if (!this.#isRefused(this.#full([...place, missingKey]))) {
        const full = this.#full(place)
        this.#report(code, message, full, this.#scope.places.valueAt(full))
      }
    }
  }

  /** A problem that has no place in the text. */
  atNoPlace(code: Code, message: string): void {
    for (const key of prefixes(this.#scope.top)) this.#scope.known.above.add(key)
    this.#scope.file.add(code, message)
  }

  /** Where the value at a path stands, with the file where that is not the outermost; nothing for what an override put there. */
  placeOf(path: DocumentPath): (Position & { readonly file?: string }) | undefined {
    const full = this.#full(path)
    const { file, overrides, places } = this.#scope
    if (prefixes(full).some((key) => overrides.has(key))) return undefined
    return file.placeAt(places.valueAt(full).offset)
  }

  /** Ends the load at a limit. */
  stop(message: string, path: DocumentPath): never {
    this.#scope.file.stop(message, this.#scope.places.keyAt(this.#full(path)))
  }

  #full(path: DocumentPath): DocumentPath {
    return [...this.#scope.top, ...path]
  }

  #isRefused(full: DocumentPath): boolean {
    return prefixes(full).some((key) => this.#scope.known.refused.has(key))
  }

  #report(code: Code, message: string, full: DocumentPath, place: Place, cause?: unknown): void {
    const { file, known, overrides } = this.#scope
    const keys = prefixes(full)
    for (const key of keys) known.above.add(key)
    const override = keys.map((key) => overrides.get(key)).find((name) => name !== undefined)
    const text = override === undefined ? message : `The override '${override}' is refused: ${message}`
    const problem = JSON.stringify([full, text])
    if (known.reported.has(problem)) return
    known.reported.add(problem)
    file.add(code, text, { ...(override === undefined ? place : { path: full }), cause })
  }
}

function keyOf(path: DocumentPath): string {
  return path.map((segment) => `\u0000${segment}`).join('')
}

/** The keys of a path and of all paths above it. */
function prefixes(path: DocumentPath): string[] {
  const keys = ['']
  for (const segment of path) keys.push(`${keys.at(-1)}\u0000${segment}`)
  return keys
}
