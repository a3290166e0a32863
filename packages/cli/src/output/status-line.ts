import type { Output } from '../terminal.ts'
import { printable } from './printable.ts'

/** A line of a terminal that can redraw, which comes and goes. The cursor must be at the beginning of a line. */
export class StatusLine {
  readonly #output: Output
  #drawn = ''

  constructor(output: Output) {
    this.#output = output
  }

  draw(text: string): void {
    const line = printable(text)
    if (line === this.#drawn) return
    this.#output.write(`\r${line}\u001B[K`)
    this.#drawn = line
  }

  /** Takes it away, before anything else is written. */
  clear(): void {
    if (this.#drawn !== '') this.#output.write('\r\u001B[K')
    this.#drawn = ''
  }
}
