/** How long one slice of a prompt should take, in milliseconds: what an abort has to wait for. */
const SLICE_MS = 50
const FIRST_SLICE = 32
const SMALLEST_SLICE = 16
/** Fewer tokens than this say little about many: most of their time is not for them. */
const FEWEST_MEASURED = 8

/** How fast the prompts of a context are evaluated, and so how much of the next one can be done in one go. */
export class PromptPace {
  #msPerToken: number | undefined

  /** How many tokens the next slice may have. */
  slice(largest: number): number {
    const wanted = this.#msPerToken === undefined ? FIRST_SLICE : Math.floor(SLICE_MS / this.#msPerToken)
    return Math.min(largest, Math.max(SMALLEST_SLICE, wanted))
  }

  took(tokens: number, milliseconds: number): void {
    if (tokens >= FEWEST_MEASURED) this.#msPerToken = milliseconds / tokens
  }
}
