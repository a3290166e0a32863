import { cellWidth, charactersOf } from './width.ts'

const ELLIPSIS = '…'

/** At most `longest` characters of a text that somebody else wrote, then `…` where something was left out. */
export function shorten(text: string, longest = 40): string {
  if (text.length <= longest) return text
  // By characters: half of an emoji prints as an escape sequence.
  const start = Array.from(text.slice(0, 2 * longest))
    .slice(0, longest)
    .join('')
  return start.length === text.length ? text : `${start}${ELLIPSIS}`
}

/**
 * The text, with its middle replaced by `…` where it is wider than `limit`: for names, of which both ends say something.
 *
 * @param widthOf the width of a text, in the unit of `limit`; cells of a terminal when absent
 */
export function shortenMiddle(
  text: string,
  limit: number,
  widthOf: (text: string) => number = cellWidth,
): string {
  const ends = endsOf(text, Math.ceil(limit))
  if (ends === text && widthOf(text) <= limit) return text
  const characters = charactersOf(ends)
  let budget = limit - widthOf(ELLIPSIS)
  let head = 0
  let tail = characters.length
  for (let fromHead = true; head < tail; fromHead = !fromHead) {
    const next = characters[fromHead ? head : tail - 1] as string
    budget -= widthOf(next)
    if (budget < 0) break
    if (fromHead) head++
    else tail--
  }
  return `${characters.slice(0, head).join('')}${ELLIPSIS}${characters.slice(tail).join('')}`
}

/** The text, with its end replaced by `…` where it is wider than `limit`: for sentences. */
export function shortenEnd(
  text: string,
  limit: number,
  widthOf: (text: string) => number = cellWidth,
): string {
  const start = text.slice(0, Math.ceil(limit) * 4)
  if (start === text && widthOf(text) <= limit) return text
  let budget = limit - widthOf(ELLIPSIS)
  let kept = ''
  for (const character of charactersOf(start)) {
    budget -= widthOf(character)
    if (budget < 0) break
    kept += character
  }
  return `${kept.trimEnd()}${ELLIPSIS}`
}

/** The start and the end of a very long text: no more than this is measured. */
function endsOf(text: string, limit: number): string {
  const enough = limit * 4
  return text.length <= 2 * enough ? text : text.slice(0, enough) + text.slice(-enough)
}
