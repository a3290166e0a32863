import { loadRe2 } from '#ajv'
import { nextTurn } from '../event-loop.ts'
import { messageOf } from '../text/show.ts'
import { linearSyntax, unsupportedPattern } from './pattern-syntax.ts'

type Engine = InstanceType<ReturnType<typeof loadRe2>>

/** Where a pattern matched. */
export interface PatternMatch {
  readonly text: string
  /** What the first group matched. */
  readonly group?: string
}

/** How long a search goes on before the event loop has a turn, in milliseconds. */
const LONGEST_TURN = 10

/**
 * A regular expression from a user or a stranger: of JavaScript with the flag `u`, but matched in time that grows with the
 * length of the text alone. Look-aheads are possible right behind a `^` at the start; back-references are not.
 */
export class LinearPattern {
  readonly source: string
  /** How many groups it has that capture. */
  readonly groups: number
  readonly #engine: Engine
  readonly #lookAheads: readonly { readonly pattern: LinearPattern; readonly isNegative: boolean }[]

  /**
   * @throws SyntaxError when the source is not a regular expression
   * @throws DefinitionError `PATTERN_UNSUPPORTED` when it needs backtracking, or is too large, with the reason
   */
  constructor(source: string, { ignoreCase = false }: { readonly ignoreCase?: boolean } = {}) {
    const { text, groups, lookAheads } = linearSyntax(source)
    this.source = source
    this.groups = groups
    this.#lookAheads = lookAheads.map((ahead) => ({
      pattern: new LinearPattern(ahead.source, { ignoreCase }),
      isNegative: ahead.isNegative,
    }))
    const RE2JS = loadRe2()
    const flags = RE2JS.LOOKBEHINDS | (ignoreCase ? RE2JS.CASE_INSENSITIVE : 0)
    try {
      this.#engine = RE2JS.compile(text, flags)
    } catch (error) {
      throw unsupportedPattern(source, reasonOf(error))
    }
  }

  /** Whether it matches anywhere in the text. */
  test(text: string): boolean {
    return this.#isPossible(text) && this.#engine.test(text)
  }

  first(text: string): PatternMatch | undefined {
    const matcher = this.#engine.matcher(text)
    return this.#isPossible(text) && matcher.find() ? this.#match(matcher) : undefined
  }

  /**
   * All matches, one after the other. A search may read the rest of the text for each, so the event loop has its turns
   * between them, and the signal ends the search.
   */
  async *matches(text: string, signal?: AbortSignal): AsyncGenerator<PatternMatch, void> {
    if (!this.#isPossible(text)) return
    const matcher = this.#engine.matcher(text)
    let start = performance.now()
    while (matcher.find()) {
      yield this.#match(matcher)
      if (performance.now() - start < LONGEST_TURN) continue
      await nextTurn()
      signal?.throwIfAborted()
      start = performance.now()
    }
  }

  /** With which Ajv tells patterns apart. */
  toString(): string {
    return this.source
  }

  #isPossible(text: string): boolean {
    return this.#lookAheads.every(({ pattern, isNegative }) => pattern.test(text) !== isNegative)
  }

  #match(matcher: ReturnType<Engine['matcher']>): PatternMatch {
    const group = this.groups > 0 ? matcher.group(1) : null
    return { text: matcher.group() ?? '', ...(group === null ? {} : { group }) }
  }
}

function reasonOf(error: unknown): string {
  const message = messageOf(error).replace(/^error parsing regexp: /, '')
  if (message.startsWith('invalid repeat count')) return 'it repeats a part more than 1000 times'
  if (message === 'expression too large') return 'its repetitions make it too large'
  return message
}
