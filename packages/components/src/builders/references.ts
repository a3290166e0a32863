import { LinearPattern } from '@millrace/core/component'

/** What a reply refers to. */
export interface References {
  /** Of documents, from 0. */
  readonly indexes: ReadonlySet<number>
  /** What is not the number of a document, as it stands in the reply. */
  readonly unknown: readonly string[]
}

/** The pattern that most people write, and what it becomes where ranges are expanded. */
const PLAIN = '\\[(\\d+)\\]'
const WITH_RANGES = '\\[(\\d+(?:[,-]\\d+)*)\\]'

/**
 * The documents whose numbers, from 1, a pattern finds in a reply.
 *
 * @param expandRanges - whether what it finds may be `2-4` or `1,3`: a range ends with the last document, and one that runs
 * backwards refers to nothing
 */
export async function referencesIn(
  reply: string,
  pattern: LinearPattern,
  documents: number,
  expandRanges: boolean,
  signal?: AbortSignal,
): Promise<References> {
  const expression = expandRanges && pattern.source === PLAIN ? new LinearPattern(WITH_RANGES) : pattern
  const found: string[] = []
  for await (const { text, group = text } of expression.matches(reply, signal)) found.push(group)
  const indexes = new Set<number>()
  const unknown: string[] = []
  for (const part of found.flatMap((text) => (expandRanges ? text.split(',') : [text]))) {
    if (part.trim() === '') continue
    const [first = '', last = first] = expandRanges ? part.trim().split('-', 2) : [part]
    const [from, to] = [numberOf(first), Math.min(numberOf(last), Math.max(documents, numberOf(first)))]
    if (!(from >= 1 && from <= documents) || Number.isNaN(to)) unknown.push(part)
    for (let number = from; number <= to && number >= 1 && number <= documents; number++)
      indexes.add(number - 1)
  }
  return { indexes, unknown }
}

function numberOf(text: string): number {
  return /^\s*\d+\s*$/.test(text) ? Number(text) : Number.NaN
}
