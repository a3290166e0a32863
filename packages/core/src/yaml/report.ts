import type { LoadProblem } from '../errors.ts'
import type { ValueProblem } from '../schema/validate.ts'
import { type DocumentPath, formatPath } from './document-path.ts'
import type { ProblemList } from './problem-list.ts'
import type { Place, SourceNodes } from './source-nodes.ts'

type Code = LoadProblem['code']

/** What is known of the paths of one document, by the keys of `keyOf`. */
class Known {
  /** Paths that have a problem at or below them. */
  readonly above = new Set<string>()
  /** Paths whose value was refused: what else may be said of it would follow from that. */
  readonly refused = new Set<string>()
  readonly aboveRefused = new Set<string>()
}

/** Reports problems by their path in the document; finds the place in the text, and tells nothing twice. */
export class Report {
  readonly #nodes: SourceNodes
  readonly #problems: ProblemList
  readonly #known: Known
  /** Where in the document the paths begin. */
  readonly #top: DocumentPath

  constructor(nodes: SourceNodes, problems: ProblemList, known: Known = new Known(), top: DocumentPath = []) {
    this.#nodes = nodes
    this.#problems = problems
    this.#known = known
    this.#top = top
  }

  /** The same report for a part of the document: takes paths that begin there. */
  within(path: DocumentPath): Report {
    return new Report(this.#nodes, this.#problems, this.#known, [...this.#top, ...path])
  }

  /** What the paths begin in: the file, or a pipeline inside of it. */
  get whole(): 'file' | 'pipeline' {
    return this.#top.length === 0 ? 'file' : 'pipeline'
  }

  /** The whole path as messages print it. */
  written(path: DocumentPath): string {
    return formatPath([...this.#top, ...path])
  }

  /** Whether there is a problem with the value at this path, or with anything in it. */
  has(path: DocumentPath): boolean {
    return this.#known.above.has(keyOf([...this.#top, ...path]))
  }

  /** Says that the value at a path was refused by someone else. */
  refuse(path: DocumentPath): void {
    const full = [...this.#top, ...path]
    this.#known.refused.add(keyOf(full))
    for (const key of prefixes(full)) {
      this.#known.above.add(key)
      this.#known.aboveRefused.add(key)
    }
  }

  /** A problem with a value. Nothing when that value, a part of it or what it is a part of was refused. */
  atValue(code: Code, message: string, path: DocumentPath, cause?: unknown): void {
    const full = [...this.#top, ...path]
    if (this.#known.aboveRefused.has(keyOf(full)) || this.#isRefused(full)) return
    this.#tell(code, message, this.#nodes.valueAt(full), full, cause)
  }

  /** A problem with a key, or with what hasn't a better place than its key. Nothing when that was refused. */
  atKey(code: Code, message: string, path: DocumentPath, cause?: unknown): void {
    const full = [...this.#top, ...path]
    if (!this.#isRefused(full)) this.#tell(code, message, this.#nodes.keyAt(full), full, cause)
  }

  /** What `checkValue` found in the value at `path`. */
  atParts(code: Code, problems: readonly ValueProblem[], path: DocumentPath): void {
    for (const { path: inside, message, unknownKey, missingKey } of problems) {
      const place = [...path, ...inside]
      if (unknownKey !== undefined) this.atKey(code, message, [...place, unknownKey])
      else if (missingKey === undefined) this.atValue(code, message, place)
      else this.#missing(code, message, [...this.#top, ...place], missingKey)
    }
  }

  /** For a problem that leaves nothing to go on with. */
  fail(code: Code, message: string, path: DocumentPath): never {
    return this.#problems.fail(code, message, this.#nodes.keyAt([...this.#top, ...path]))
  }

  #missing(code: Code, message: string, full: DocumentPath, key: string): void {
    if (!this.#isRefused([...full, key])) this.#tell(code, message, this.#nodes.valueAt(full), full)
  }

  #isRefused(full: DocumentPath): boolean {
    return prefixes(full).some((key) => this.#known.refused.has(key))
  }

  #tell(code: Code, message: string, place: Place, full: DocumentPath, cause?: unknown): void {
    for (const key of prefixes(full)) this.#known.above.add(key)
    this.#problems.add(code, message, { ...place, ...(cause === undefined ? {} : { cause }) })
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
