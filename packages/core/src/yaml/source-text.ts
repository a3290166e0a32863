import { cellWidth } from '../text/width.ts'

/** A place in a text. Both count from 1; columns count UTF-16 code units, as editors and compilers do. */
export interface Position {
  readonly line: number
  readonly column: number
}

/** A longer line is shown in part: at most so many code units before and after the place. */
const LONG_LINE = 100
const BEFORE = 60
const AFTER = 40

/** The text of a file, with the way from an offset to a line, a column and an excerpt. */
export class SourceText {
  readonly text: string
  readonly #lineStarts: number[] = [0]

  /** A byte order mark is left out, so that it counts for no column. */
  constructor(text: string) {
    this.text = text.startsWith('\uFEFF') ? text.slice(1) : text
    for (let at = this.text.indexOf('\n'); at >= 0; at = this.text.indexOf('\n', at + 1)) {
      this.#lineStarts.push(at + 1)
    }
  }

  /** Logarithmic in the number of lines. An offset past the end is the end. */
  positionAt(offset: number): Position {
    const wanted = Math.min(offset, this.text.length)
    let low = 0
    let high = this.#lineStarts.length - 1
    while (low < high) {
      const middle = Math.ceil((low + high) / 2)
      if ((this.#lineStarts[middle] as number) <= wanted) low = middle
      else high = middle - 1
    }
    return { line: low + 1, column: wanted - (this.#lineStarts[low] as number) + 1 }
  }

  /**
   * The line behind its number, and a caret under the column. Of a long line only the part around the column.
   * Tabs stay tabs in both lines, so that the caret is right whatever their width.
   */
  excerpt({ line, column }: Position): string {
    const start = this.#lineStarts[line - 1] as number
    const nextLine = this.#lineStarts[line] ?? this.text.length + 1
    const end = this.text[nextLine - 2] === '\r' ? nextLine - 2 : nextLine - 1
    const place = Math.min(start + column - 1, end)
    const isLong = end - start > LONG_LINE
    const from = isLong && place - start > BEFORE ? this.#wholeCharacter(place - BEFORE) : start
    const to = isLong && end - place > AFTER ? this.#wholeCharacter(place + AFTER) : end
    const before = `${from > start ? '…' : ''}${printable(this.text.slice(from, place))}`
    const after = `${printable(this.text.slice(place, to))}${to < end ? '…' : ''}`
    const number = String(line)
    const indent = before.split('\t').map((part) => ' '.repeat(cellWidth(part)))
    return `  ${number} | ${before}${after}\n  ${' '.repeat(number.length)} | ${indent.join('\t')}^`
  }

  /** Moves an offset out of the middle of a surrogate pair. */
  #wholeCharacter(offset: number): number {
    const code = this.text.charCodeAt(offset)
    return code >= 0xdc00 && code <= 0xdfff ? offset + 1 : offset
  }
}

/** Control characters, and those that turn the writing direction, would let a file rewrite what a terminal shows. */
export function printable(text: string): string {
  return text.replace(
    /(?![\t\n])[\p{Cc}\u061C\u200E\u200F\u2028\u2029\u202A-\u202E\u2066-\u2069]/gu,
    '\uFFFD',
  )
}
