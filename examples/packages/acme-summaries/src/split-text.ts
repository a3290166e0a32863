/**
 * Parts of at most `most` characters, which end with a paragraph; with a sentence where a paragraph is longer than that, and
 * anywhere where a sentence is.
 */
export function splitText(text: string, most: number): string[] {
  const parts: string[] = []
  let part = ''
  for (const piece of piecesOf(text, most)) {
    if (part.length + piece.trimEnd().length > most) {
      parts.push(part.trim())
      part = ''
    }
    part += piece
  }
  return [...parts, part.trim()].filter((found) => found !== '')
}

const sentences = new Intl.Segmenter(undefined, { granularity: 'sentence' })

/** None is longer than `most`, but for the white space at its end. */
function* piecesOf(text: string, most: number): Iterable<string> {
  for (const written of text.split(/\n{2,}/)) {
    const paragraph = written.trim()
    if (paragraph.length <= most) yield `${paragraph}\n\n`
    else {
      for (const { segment } of sentences.segment(paragraph)) yield* cut(segment, most)
      yield '\n\n'
    }
  }
}

function* cut(sentence: string, most: number): Iterable<string> {
  let start = 0
  while (sentence.length - start > most) {
    const isHalf = /[\uD800-\uDBFF]/.test(sentence.charAt(start + most - 1))
    const end = start + most - (isHalf ? 1 : 0)
    yield sentence.slice(start, end)
    start = end
  }
  yield sentence.slice(start)
}
