import type { TokenLogprob } from './request.ts'

interface Placed {
  /** Where the text of the token begins. */
  readonly place: number
  readonly logprob: TokenLogprob
}

/** Which tokens a shown text is made of, though it is shown later than they come, and not all of it. */
export class TextLogprobs {
  /** Those of all text that was shown. */
  readonly shown: TokenLogprob[] = []
  /** Characters of the reply that came, that were told apart, that are text, and that were shown. */
  #came = 0
  #apart = 0
  #texts = 0
  #done = 0
  #waiting: Placed[] = []
  #inText: Placed[] = []

  /** A token, and how many characters it added. */
  token(length: number, logprob: TokenLogprob | undefined): void {
    if (logprob) this.#waiting.push({ place: this.#came, logprob })
    this.#came += length
  }

  /** The next characters of the reply are text, or are not. */
  part(length: number, isText: boolean): void {
    const end = this.#apart + length
    const count = countBefore(this.#waiting, end)
    for (const { place, logprob } of this.#waiting.splice(0, count)) {
      // A token that began before the text belongs to its beginning.
      if (isText) this.#inText.push({ place: this.#texts + Math.max(0, place - this.#apart), logprob })
    }
    this.#apart = end
    if (isText) this.#texts += length
  }

  /** So many characters of the text are shown now; gives the tokens that begin in them. */
  show(length: number): TokenLogprob[] {
    this.#done += length
    const count = countBefore(this.#inText, this.#done)
    const shown = this.#inText.splice(0, count).map(({ logprob }) => logprob)
    this.shown.push(...shown)
    return shown
  }
}

function countBefore(placed: readonly Placed[], end: number): number {
  const first = placed.findIndex(({ place }) => place >= end)
  return first < 0 ? placed.length : first
}
