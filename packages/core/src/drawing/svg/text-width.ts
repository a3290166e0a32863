import { cellWidth, charactersOf } from '../../text/width.ts'

/**
 * Widths of the letters in parts of the font size. There is nothing to measure with: these are those of
 * DejaVu Sans, which is wider than the fonts of most systems, so that no text grows out of its place.
 */
const LETTERS: readonly (readonly [letters: string, width: number])[] = [
  ["ijlI.,:;'|! ", 0.32],
  ['frt()[]{}-/"`', 0.42],
  ['mM', 0.98],
  ['wW@%', 0.95],
  ['scvkxyz_J?*^~', 0.58],
]
const WIDTHS = new Map(LETTERS.flatMap(([letters, width]) => [...letters].map((letter) => [letter, width])))
const CAPITAL = 0.74
const OTHER = 0.64
const BOLD = 1.1
const MONOSPACED = 0.605

/** How wide a text is at most in a font of the system, in pixels. */
export function systemWidth(text: string, size: number, bold = false): number {
  let width = 0
  for (const character of charactersOf(text)) width += WIDTHS.get(character) ?? otherWidth(character)
  return width * size * (bold ? BOLD : 1)
}

/** How wide a text is in a monospaced font, in pixels. */
export function monospacedWidth(text: string, size: number): number {
  return cellWidth(text) * MONOSPACED * size
}

function otherWidth(character: string): number {
  if (character >= 'A' && character <= 'Z') return CAPITAL
  return Math.max(OTHER, cellWidth(character) * OTHER)
}
