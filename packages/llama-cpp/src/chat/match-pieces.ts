import type { Piece } from './call-format.ts'

/** What a text that may go on makes of the beginning of a call. */
export type Match =
  | { readonly kind: 'no' }
  /** As far as the text goes; `rests` is what may still come, in each way. */
  | { readonly kind: 'more'; readonly rests: readonly (readonly Piece[])[] }
  /** Up to the end of the pieces, or to the arguments. */
  | { readonly kind: 'yes'; readonly end: number; readonly slots: Readonly<Record<string, string>> }

const NO: Match = { kind: 'no' }
/** An id may be longer than a grammar lets it become, for it may have begun before the grammar did. */
const SLOT = { id: /[^\s"<>[\]{}(),|]{1,128}/y, index: /\d{1,6}/y } as const
const BRACKET = /[{}[\]:,]/

/**
 * Reads pieces off a text, up to the arguments. White space in a mark is markup, which models leave out or write
 * otherwise.
 */
export function matchPieces(pieces: readonly Piece[], text: string, from: number): Match {
  const [piece, ...others] = pieces
  if (!piece || piece.kind === 'arguments') return { kind: 'yes', end: from, slots: {} }
  if (piece.kind === 'text') {
    const end = matchMark(piece.text, text, from)
    if (typeof end === 'number') return matchPieces(others, text, end)
    return end === undefined ? NO : { kind: 'more', rests: [[{ kind: 'text', text: end.rest }, ...others]] }
  }
  if (piece.kind === 'maybe') {
    const given = matchPieces([...piece.pieces, ...others], text, from)
    if (given.kind === 'yes') return given
    const without = matchPieces(others, text, from)
    if (given.kind === 'no') return without
    return without.kind === 'more' ? { kind: 'more', rests: [...given.rests, ...without.rests] } : given
  }
  const pattern = SLOT[piece.kind]
  pattern.lastIndex = from
  const value = pattern.exec(text)?.[0] ?? ''
  const end = from + value.length
  if (end === text.length) return { kind: 'more', rests: [[piece, ...others]] }
  if (value === '') return NO
  const after = matchPieces(others, text, end)
  return after.kind === 'yes' ? { ...after, slots: { ...after.slots, [piece.kind]: value } } : after
}

/**
 * Where a mark ends in a text; what is left of it where the text ends first; undefined where the text differs. With
 * `exact` white space has to be as it stands.
 */
export function matchMark(
  mark: string,
  text: string,
  from: number,
  exact = false,
): number | { readonly rest: string } | undefined {
  let place = from
  for (let index = 0; index < mark.length; index++) {
    const wanted = mark[index] as string
    if (place === text.length) return { rest: mark.slice(index) }
    if (wanted === text[place]) place++
    else if (exact) return undefined
    else if (isSpace(wanted)) continue
    else {
      const loose = isSpace(mark[index - 1]) || BRACKET.test(wanted) || BRACKET.test(mark[index - 1] ?? '')
      const end = loose || index === 0 ? skipSpace(text, place) : place
      if (end === text.length) return { rest: mark.slice(index) }
      if (text[end] !== wanted) return undefined
      place = end + 1
    }
  }
  return place
}

export function skipSpace(text: string, from: number): number {
  let place = from
  while (isSpace(text[place])) place++
  return place
}

export function isSpace(character: string | undefined): boolean {
  return character === ' ' || character === '\n' || character === '\t' || character === '\r'
}

/** How much of the end of a text is the beginning of a mark. */
export function openEnd(text: string, mark: string): number {
  for (let length = Math.min(mark.length - 1, text.length); length > 0; length--) {
    if (text.endsWith(mark.slice(0, length))) return length
  }
  return 0
}
