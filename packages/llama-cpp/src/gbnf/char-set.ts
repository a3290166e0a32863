import { gbnfCodePoint } from './rule-book.ts'

/** Unicode code points from one to another, both included; in order, and apart from each other. */
export type CharSet = readonly (readonly [from: number, to: number])[]

const LAST = 0x10ffff
const SURROGATES: CharSet = [[0xd800, 0xdfff]]

export const DIGITS: CharSet = [[0x30, 0x39]]
export const WORD: CharSet = union(DIGITS, [[0x41, 0x5a]], [[0x5f, 0x5f]], [[0x61, 0x7a]])
export const SPACE: CharSet = union(
  [[0x09, 0x0d]],
  [[0x20, 0x20]],
  [[0xa0, 0xa0]],
  [[0x1680, 0x1680]],
  [[0x2000, 0x200a]],
  [[0x2028, 0x2029]],
  [[0x202f, 0x202f]],
  [[0x205f, 0x205f]],
  [[0x3000, 0x3000]],
  [[0xfeff, 0xfeff]],
)
/** What the dot of a regular expression stands for. */
export const NO_LINE_BREAK: CharSet = complement(union([[0x0a, 0x0a]], [[0x0d, 0x0d]], [[0x2028, 0x2029]]))

export function union(...sets: readonly CharSet[]): CharSet {
  const merged: [number, number][] = []
  for (const [from, to] of sets.flat().toSorted((a, b) => a[0] - b[0])) {
    const last = merged.at(-1)
    if (last && from <= last[1] + 1) last[1] = Math.max(last[1], to)
    else merged.push([from, to])
  }
  return merged
}

export function complement(set: CharSet): CharSet {
  const others: [number, number][] = []
  let next = 0
  for (const [from, to] of union(set)) {
    if (from > next) others.push([next, from - 1])
    next = to + 1
  }
  if (next <= LAST) others.push([next, LAST])
  return others
}

export function without(set: CharSet, taken: CharSet): CharSet {
  return complement(union(complement(set), taken))
}

const SHORT_ESCAPES: Readonly<Record<number, string>> = {
  8: 'b',
  9: 't',
  10: 'n',
  12: 'f',
  13: 'r',
  34: '\\"',
  92: '\\\\',
}
const ESCAPED: CharSet = [
  [0, 0x1f],
  [0x22, 0x22],
  [0x5c, 0x5c],
]

/** One character of the set as it is written in a JSON string: alternatives of GBNF. Empty for an empty set. */
export function jsonCharacter(set: CharSet): string {
  const plain = without(set, union(ESCAPED, SURROGATES))
  const alternatives = plain.length === 0 ? [] : [charClass(plain)]
  const escaped = without(set, complement(ESCAPED)).flatMap(([from, to]) =>
    Array.from({ length: to - from + 1 }, (_, index) => from + index),
  )
  for (const code of escaped) {
    if (SHORT_ESCAPES[code] !== undefined) alternatives.push(`"\\\\${SHORT_ESCAPES[code]}"`)
  }
  for (const start of [0x00, 0x10]) {
    const digits = escaped.filter((code) => code >= start && code < start + 16).map((code) => code % 16)
    if (digits.length > 0) alternatives.push(`"\\\\u00${start / 16}" ${charClass(hexDigits(digits))}`)
  }
  return alternatives.join(' | ')
}

function hexDigits(values: readonly number[]): CharSet {
  return union(values.map((value) => value + (value < 10 ? 48 : 87)).map((code) => [code, code]))
}

export function charClass(set: CharSet): string {
  const ranges = set.map(([from, to]) =>
    from === to ? gbnfCodePoint(from) : `${gbnfCodePoint(from)}-${gbnfCodePoint(to)}`,
  )
  return `[${ranges.join('')}]`
}
