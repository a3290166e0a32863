import { distance } from 'fastest-levenshtein'
import { shorten } from './shorten.ts'

/** Longer names are nobody's slip, and comparing them takes long. */
const LONGEST_NAME = 64

/** The most characters of one name in a list. */
const LONGEST_LISTED = 100

/** How many more names may be compared; each comparison of two long names takes a microsecond. */
let comparisons = Number.POSITIVE_INFINITY

/** Runs `work`, in which at most so many names are compared; then there are no more suggestions. */
export function withComparisons<T>(most: number, work: () => T): T {
  const around = comparisons
  comparisons = Math.min(most, around)
  try {
    return work()
  } finally {
    comparisons = around
  }
}

/** The candidate that `name` was probably meant to be, or undefined when none is near. Case does not count. */
export function nearest(name: string, candidates: Iterable<string>): string | undefined {
  if (name.length > LONGEST_NAME) return undefined
  const wanted = name.toLowerCase()
  let best: string | undefined
  let bestDistance = (name.length < 4 ? 1 : Math.max(2, Math.floor(name.length / 3))) + 1
  for (const candidate of candidates) {
    if (comparisons <= 0) return undefined
    comparisons -= 1
    // The distance is at least the difference in length.
    if (candidate.length > LONGEST_NAME || Math.abs(name.length - candidate.length) >= bestDistance) continue
    const apart = distance(wanted, candidate.toLowerCase())
    // Names that have no character in common are not near, however short they are.
    if (apart < bestDistance && apart < Math.max(name.length, candidate.length)) {
      best = candidate
      bestDistance = apart
    }
  }
  return best
}

/** ` Did you mean 'x'?`, or the empty string; made to be appended to a sentence. */
export function didYouMean(name: string, candidates: Iterable<string>): string {
  const near = nearest(name, candidates)
  return near === undefined ? '' : ` Did you mean '${near}'?`
}

/** `'a', 'b' and 'c'`; at most `limit` names, then how many more there are. */
export function listNames(names: Iterable<string>, limit = 20): string {
  const known = [...names]
  const all = known.slice(0, limit).map((name) => `'${shorten(name, LONGEST_LISTED)}'`)
  if (all.length === 0) return 'none'
  if (known.length > limit) return `${all.join(', ')} and ${known.length - limit} more`
  return all.length === 1 ? (all[0] as string) : `${all.slice(0, -1).join(', ')} and ${all.at(-1)}`
}

/**
 * `There is no component 'promt'. Components: 'llm' and 'prompt'. Did you mean 'prompt'?`
 *
 * @param what a singular noun with a regular plural
 */
export function unknownName(what: string, name: string, known: Iterable<string>, limit?: number): string {
  const names = [...known]
  const plural = `${what.charAt(0).toUpperCase()}${what.slice(1)}s`
  return `There is no ${what} '${shorten(name)}'. ${plural}: ${listNames(names, limit)}.${didYouMean(name, names)}`
}

/** `'contnet' is unknown. Possible: 'id' and 'content'. Did you mean 'content'?`; `free` are the keys not used yet. */
export function unknownKey(name: string, known: readonly string[], free: readonly string[] = known): string {
  return `'${shorten(name)}' is unknown. Possible: ${listNames(known, 60)}.${didYouMean(name, free)}`
}
