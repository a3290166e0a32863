import type * as Binding from 'node-llama-cpp'

/** A character takes four bytes of UTF-8 at most, so more tokens than this never wait for one. */
const MOST_PENDING = 8
/** Detokenizing looks at what came before, for the spaces between words. */
const LOOK_BACK = 4

/** Turns tokens into text as they come; holds back the bytes of a character that is not complete yet. */
export class TokenText {
  readonly #model: Binding.LlamaModel
  #pending: Binding.Token[] = []
  #before: Binding.Token[]

  constructor(model: Binding.LlamaModel, prompt: readonly Binding.Token[]) {
    this.#model = model
    this.#before = prompt.slice(-LOOK_BACK)
  }

  push(token: Binding.Token): string {
    this.#pending.push(token)
    const text = this.#model.detokenize(this.#pending, false, this.#before)
    if (text.endsWith('\uFFFD') && this.#pending.length < MOST_PENDING) return ''
    return this.#flush(text)
  }

  /** What is left at the end, complete or not. */
  end(): string {
    if (this.#pending.length === 0) return ''
    return this.#flush(this.#model.detokenize(this.#pending, false, this.#before))
  }

  #flush(text: string): string {
    this.#before = [...this.#before, ...this.#pending].slice(-LOOK_BACK)
    this.#pending = []
    return text
  }
}
