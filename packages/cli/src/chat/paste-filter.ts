const START = '\u001B[200~'
const END = '\u001B[201~'

/** A longer one is not shown in the line. */
const LONGEST_SHOWN = 500

/**
 * Takes pasted text out of what a terminal sends: the lines of a paste are one message. What has several lines, or is long,
 * stands in the line that is edited as `[paste 1: 12 lines]`, and `expand` puts it back.
 */
export class PasteFilter {
  readonly #pastes = new Map<string, string>()
  /** The beginning of a mark of which the rest has not come yet. */
  #rest = ''
  /** What came of a paste that has not ended. */
  #paste: string | undefined

  /** What is typed, with signs in the place of pastes. */
  feed(text: string): string {
    let left = this.#rest + text
    let typed = ''
    this.#rest = ''
    while (left !== '') {
      const mark = this.#paste === undefined ? START : END
      const at = left.indexOf(mark)
      const held = at < 0 ? heldLength(left, mark) : 0
      const before = left.slice(0, at < 0 ? left.length - held : at)
      if (this.#paste === undefined) typed += before
      else this.#paste += before
      if (at < 0) {
        this.#rest = left.slice(left.length - held)
        return typed
      }
      if (this.#paste === undefined) this.#paste = ''
      else {
        typed += this.#sign(this.#paste)
        this.#paste = undefined
      }
      left = left.slice(at + mark.length)
    }
    return typed
  }

  /** A line with the pasted texts in it. */
  expand(line: string): string {
    return line.replace(/\[paste \d+: [^\]]*\]/g, (sign) => this.#pastes.get(sign) ?? sign)
  }

  #sign(pasted: string): string {
    const text = pasted.replace(/\r\n?/g, '\n').replace(/\n+$/, '')
    const lines = text.split('\n').length
    // A control character is a key that the editor of the line would obey.
    if (lines === 1 && text.length <= LONGEST_SHOWN) return text.replace(/\p{Cc}/gu, ' ')
    const size = lines === 1 ? `${text.length} characters` : `${lines} lines`
    const sign = `[paste ${this.#pastes.size + 1}: ${size}]`
    this.#pastes.set(sign, text)
    return sign
  }
}

/** How much of the end of a text may be the beginning of the mark. */
function heldLength(text: string, mark: string): number {
  for (let length = Math.min(mark.length - 1, text.length); length > 0; length -= 1) {
    if (mark.startsWith(text.slice(-length))) return length
  }
  return 0
}
