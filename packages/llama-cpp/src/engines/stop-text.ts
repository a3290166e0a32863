import { openEnd } from '../chat/match-pieces.ts'

/**
 * Cuts a growing text at the one of several stop texts that is complete first. Whatever could still become the beginning of a stop text is
 * held back, so that nothing has to be taken back from a stream.
 */
export class StopText {
  readonly #stops: readonly string[]
  #held = ''
  #found = false

  /** Empty stop texts are ignored: they would end every reply before its first character. */
  constructor(stops: readonly string[]) {
    this.#stops = stops.filter((stop) => stop !== '')
  }

  /** Whether a stop text has been met. */
  get found(): boolean {
    return this.#found
  }

  /** Takes the next piece; gives what may be shown now. */
  push(piece: string): string {
    if (this.#found) return ''
    if (this.#stops.length === 0) return piece
    const text = this.#held + piece
    const end = this.#firstStop(text)
    if (end !== undefined) {
      this.#found = true
      this.#held = ''
      return text.slice(0, end)
    }
    const safe = text.length - this.#longestBeginning(text)
    this.#held = text.slice(safe)
    return text.slice(0, safe)
  }

  /** What was held back, when no more comes. */
  end(): string {
    const rest = this.#held
    this.#held = ''
    return rest
  }

  /** Where the one begins that is complete first: whatever pieces a text comes in, nothing is written behind that. */
  #firstStop(text: string): number | undefined {
    const found = this.#stops
      .map((stop) => ({ start: text.indexOf(stop), length: stop.length }))
      .filter(({ start }) => start >= 0)
      .toSorted((a, b) => a.start + a.length - (b.start + b.length) || a.start - b.start)
    return found[0]?.start
  }

  /** The length of the longest end of the text that is the beginning of a stop text. */
  #longestBeginning(text: string): number {
    return Math.max(0, ...this.#stops.map((stop) => openEnd(text, stop)))
  }
}
