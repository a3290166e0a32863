/** Stands for a piece of media in a prompt. The second is an older name, which llama.cpp still reads. */
export const MEDIA_MARKER = '<__media__>'
const MARKERS = [MEDIA_MARKER, '<__image__>']

/** Zero width: the text looks the same. */
const BREAK = '\u200B'

/**
 * Keeps what people wrote from being read as control tokens. The binding takes prompts as text alone, and reads control
 * tokens wherever they stand in it; so a mark such as `<|im_end|>` gets a character of no width behind its first one,
 * with which it is letters. Marks for media, of which there must be as many as there are media, are broken up too.
 */
export class PlainText {
  readonly #marks: RegExp

  constructor(controlTokens: readonly string[]) {
    const marks = [...MARKERS, ...controlTokens]
      .filter((mark) => [...mark].length > 1)
      .toSorted((one, other) => other.length - one.length)
    this.#marks = new RegExp(
      marks.map((mark) => mark.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&')).join('|'),
      'gu',
    )
  }

  /** The text with every mark in it broken up. */
  of(text: string): string {
    return text.replace(this.#marks, (mark) => this.pieces(mark).join(BREAK))
  }

  /** A text in pieces of which none holds a whole mark. */
  pieces(text: string): string[] {
    const pieces: string[] = []
    let start = 0
    for (const { index, 0: mark } of text.matchAll(this.#marks)) {
      const end = index + ([...mark][0] as string).length
      pieces.push(text.slice(start, end))
      start = end
    }
    return [...pieces, text.slice(start)]
  }
}
