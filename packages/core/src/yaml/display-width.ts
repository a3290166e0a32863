const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' })

/** Characters that terminals and monospaced fonts draw two cells wide. */
const WIDE =
  /\p{Emoji_Presentation}|\uFE0F|[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\u3000-\u303F\uFF01-\uFF60\uFFE0-\uFFE6]/u
const INVISIBLE = /^[\p{M}\p{Cf}]+$/u

/** How many cells a text takes in a monospaced font. */
export function displayWidth(text: string): number {
  if (/^[\x20-\x7E]*$/.test(text)) return text.length
  let width = 0
  for (const { segment } of graphemes.segment(text))
    width += INVISIBLE.test(segment) ? 0 : WIDE.test(segment) ? 2 : 1
  return width
}
