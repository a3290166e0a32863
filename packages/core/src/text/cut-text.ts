/** How much of what is kept of a long text is its beginning; the rest is its end, where sums and errors are. */
const HEAD = 0.75

/**
 * A text for a model, with no more than about `most` characters: of a longer one the beginning and the end, with a mark between
 * them that says how much is missing. What an earlier cut left out counts, too.
 */
export function cutText(text: string, most: number): string {
  if (text.length <= most) return text
  const head = wholeEnd(text, Math.floor(most * HEAD))
  const tail = wholeEnd(text, text.length - (most - Math.floor(most * HEAD)))
  const earlier = /\n\[… (\d+) of \d+ characters are left out here\.[^\]]*\]\n/.exec(text.slice(head, tail))
  const more = earlier === null ? 0 : Number(earlier[1]) - earlier[0].length
  const mark = `[… ${tail - head + more} of ${text.length + more} characters are left out here. Ask for less, or for a part.]`
  return `${text.slice(0, head)}\n${mark}\n${text.slice(tail)}`
}

/** The place, or the one before it where that is in the middle of a character. */
function wholeEnd(text: string, place: number): number {
  const unit = text.charCodeAt(place)
  return unit >= 0xdc00 && unit <= 0xdfff ? place - 1 : place
}
