import { distance } from 'fastest-levenshtein'
import { shorten } from './shorten.ts'

/** The candidate that `name` was probably meant to be, or undefined when none is near. Case does not count. */
export function nearest(name: string, candidates: Iterable<string>): string | undefined {
  const wanted = name.toLowerCase()
  let best: string | undefined
  let bestDistance = (name.length < 4 ? 1 : Math.max(2, Math.floor(name.length / 3))) + 1
  for (const candidate of candidates) {
    // The distance is at least the difference in length. Names in untrusted input may be as long as a file.
    if (Math.abs(name.length - candidate.length) >= bestDistance) continue
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
  const all = [...names].map((name) => `'${name}'`)
  if (all.length === 0) return 'none'
  if (all.length > limit) return `${all.slice(0, limit).join(', ')} and ${all.length - limit} more`
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
