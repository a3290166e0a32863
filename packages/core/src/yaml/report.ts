import type { ValueProblem } from '../component/validate.ts'
import type { LoadProblem } from '../errors.ts'
import type { DocumentPath } from './document-path.ts'
import type { ProblemList } from './problem-list.ts'
import type { Place, SourceNodes } from './source-nodes.ts'

type Code = LoadProblem['code']

/** Reports problems by their path in the document; finds the place in the text, and tells nothing twice. */
export class Report {
  readonly #nodes: SourceNodes
  readonly #problems: ProblemList
  /** Paths that have a problem at or below them. */
  readonly #above = new Set<string>()
  /** Paths whose value was refused: what else may be said of it would follow from that. */
  readonly #refused = new Set<string>()
  readonly #aboveRefused = new Set<string>()

  constructor(nodes: SourceNodes, problems: ProblemList) {
    this.#nodes = nodes
    this.#problems = problems
  }

  /** Whether there is a problem with the value at this path, or with anything in it. */
  has(path: DocumentPath): boolean {
    return this.#above.has(keyOf(path))
  }

  /** Says that the value at a path was refused by someone else. */
  refuse(path: DocumentPath): void {
    this.#refused.add(keyOf(path))
    for (const key of prefixes(path)) {
      this.#above.add(key)
      this.#aboveRefused.add(key)
    }
  }

  /** A problem with a value. Nothing when that value, a part of it or what it is a part of was refused. */
  atValue(code: Code, message: string, path: DocumentPath, cause?: unknown): void {
    if (this.#aboveRefused.has(keyOf(path)) || this.#isRefused(path)) return
    this.#tell(code, message, this.#nodes.valueAt(path), path, cause)
  }

  /** A problem with a key, or with what hasn't a better place than its key. Nothing when that was refused. */
  atKey(code: Code, message: string, path: DocumentPath, cause?: unknown): void {
    if (!this.#isRefused(path)) this.#tell(code, message, this.#nodes.keyAt(path), path, cause)
  }

  /** What `checkValue` found in the value at `path`. */
  atParts(code: Code, problems: readonly ValueProblem[], path: DocumentPath): void {
    for (const { path: inside, message, unknownKey, missingKey } of problems) {
      const place = [...path, ...inside]
      if (unknownKey !== undefined) this.atKey(code, message, [...place, unknownKey])
      else if (missingKey === undefined) this.atValue(code, message, place)
      else if (!this.#isRefused([...place, missingKey]))
        this.#tell(code, message, this.#nodes.valueAt(place), place)
    }
  }

  #isRefused(path: DocumentPath): boolean {
    return prefixes(path).some((key) => this.#refused.has(key))
  }

  #tell(code: Code, message: string, place: Place, path: DocumentPath, cause?: unknown): void {
    for (const key of prefixes(path)) this.#above.add(key)
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
