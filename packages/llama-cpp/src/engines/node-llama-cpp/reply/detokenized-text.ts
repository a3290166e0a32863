import type * as Binding from 'node-llama-cpp'

/** A character takes four bytes of UTF-8 at most, so more tokens than this never wait for one. */
const MOST_PENDING = 8
/** Detokenizing looks at what came before, for the spaces between words. */
const LOOK_BACK = 4
const LONGEST_BEFORE = 24

/**
 * Turns tokens of a vocabulary of an unknown kind into text: asks the model what their text is behind those before them,
 * and holds back a character that is not complete yet.
 */
export class DetokenizedText {
  readonly #model: Binding.LlamaModel
  /** The tokens that were shown last, and their text. */
  #before: Binding.Token[]
  #beforeText: string
  #pending: Binding.Token[] = []

  constructor(model: Binding.LlamaModel, prompt: readonly Binding.Token[]) {
    this.#model = model
    this.#before = prompt.slice(-LOOK_BACK)
    this.#beforeText = model.detokenize(this.#before)
  }

  push(token: Binding.Token): string {
    this.#pending.push(token)
    const text = this.#model.detokenize([...this.#before, ...this.#pending])
    return text.endsWith('\uFFFD') && this.#pending.length < MOST_PENDING ? '' : this.#flush(text)
  }

  /** What is left at the end, complete or not. */
  end(): string {
    if (this.#pending.length === 0) return ''
    return this.#flush(this.#model.detokenize([...this.#before, ...this.#pending]))
  }

  #flush(text: string): string {
    // A text that comes out otherwise behind what was shown cannot be told apart from it: then it stands alone.
    const piece = text.startsWith(this.#beforeText)
      ? text.slice(this.#beforeText.length)
      : this.#model.detokenize(this.#pending)
    this.#before.push(...this.#pending)
    this.#beforeText = text
    this.#pending = []
    if (this.#before.length > LONGEST_BEFORE) {
      this.#before = this.#before.slice(-LOOK_BACK)
      this.#beforeText = this.#model.detokenize(this.#before)
    }
    return piece
  }
}
