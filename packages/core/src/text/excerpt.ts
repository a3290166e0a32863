import { printable } from './show.ts'
import { cellWidth } from './width.ts'

/** A longer line is shown in part: at most so many code units before and after the place. */
const LONG_LINE = 100
const BEFORE = 60
const AFTER = 40

/** A place in a text. Both count from 1; columns count UTF-16 code units, as editors and compilers do. */
export interface Position {
  readonly line: number
  readonly column: number
}

/**
 * A line behind its number, and a caret under the column. Of a long line only the part around the column; tabs stay tabs
 * in both lines, so that the caret is right whatever their width.
 *
 * @param text the line alone, without its end
 */
export function excerptOf(text: string, { line, column }: Position): string {
  const place = Math.min(column - 1, text.length)
  const isLong = text.length > LONG_LINE
  const from = isLong && place > BEFORE ? wholeCharacter(text, place - BEFORE) : 0
  const to = isLong && text.length - place > AFTER ? wholeCharacter(text, place + AFTER) : text.length
  const before = `${from > 0 ? '…' : ''}${printable(text.slice(from, place))}`
  const after = `${printable(text.slice(place, to))}${to < text.length ? '…' : ''}`
  const number = String(line)
  const indent = before.split('\t').map((part) => ' '.repeat(cellWidth(part)))
  return `  ${number} | ${before}${after}\n  ${' '.repeat(number.length)} | ${indent.join('\t')}^`
}

/** Moves an offset out of the middle of a surrogate pair. */
function wholeCharacter(text: string, offset: number): number {
  const code = text.charCodeAt(offset)
  return code >= 0xdc00 && code <= 0xdfff ? offset + 1 : offset
}
