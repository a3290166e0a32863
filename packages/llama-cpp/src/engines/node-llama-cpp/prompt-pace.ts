/** How long one slice of a prompt takes, in milliseconds: what an abort waits for, where that many tokens keep the speed. */
const SLICE_MS = 300
/** With fewer tokens in one evaluation each costs more, and llama.cpp does not move their work to a GPU. */
const SMALLEST_SLICE = 192
/** Fewer tokens than this say little about many: most of their time is not for them. */
const FEWEST_MEASURED = 32

/** How fast the prompts of a context are evaluated, and so how much of the next one can be done in one go. */
export class PromptPace {
  #msPerToken: number | undefined

  /** How many of the tokens that are left the next slice has. */
  slice(left: number, largest: number): number {
    const wanted = this.#msPerToken === undefined ? SMALLEST_SLICE : Math.floor(SLICE_MS / this.#msPerToken)
    const size = Math.min(largest, Math.max(SMALLEST_SLICE, wanted))
    return left - size < SMALLEST_SLICE ? Math.min(largest, left) : size
  }

  took(tokens: number, milliseconds: number): void {
    if (tokens >= FEWEST_MEASURED) this.#msPerToken = milliseconds / tokens
  }
}
