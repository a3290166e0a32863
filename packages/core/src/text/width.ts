/** Made when a text needs it: to make it takes longer than to load most packages. */
let graphemes: Intl.Segmenter | undefined

const ASCII = /^[\x20-\x7E]*$/
/** One cell each, whatever follows: ASCII, Latin letters, arrows and the signs of drawings. */
const NARROW = /^[\x20-\x7E\u00A1-\u00AC\u00AE-\u02FF\u2026\u2190-\u21FF\u2500-\u25FC\u2717]*$/
const INVISIBLE = /^[\p{M}\p{Cf}]+$/u
/** Characters that terminals and monospaced fonts draw two cells wide. */
const WIDE =
  /\p{Emoji_Presentation}|\uFE0F|[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\u3000-\u303F\uFF01-\uFF60\uFFE0-\uFFE6]/u

/** The characters of a text as a person counts them. */
export function charactersOf(text: string): string[] {
  if (ASCII.test(text)) return [...text]
  graphemes ??= new Intl.Segmenter('en', { granularity: 'grapheme' })
  return Array.from(graphemes.segment(text), ({ segment }) => segment)
}

/** How many cells a text takes in a terminal or a monospaced font. */
export function cellWidth(text: string): number {
  if (NARROW.test(text)) return text.length
  let width = 0
  for (const character of charactersOf(text)) {
    width += INVISIBLE.test(character) ? 0 : WIDE.test(character) ? 2 : 1
  }
  return width
}
