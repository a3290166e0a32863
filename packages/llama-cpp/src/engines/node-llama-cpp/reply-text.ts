import type * as Binding from 'node-llama-cpp'
import { StopText } from '../../stop-text.ts'
import type { Prompt } from './prompt.ts'
import { TokenText } from './token-text.ts'

/** The tokens of a reply so far, and its text: without the stop texts and the end marks of the template. */
export class ReplyText {
  text = ''
  count = 0
  /** Whether a stop text or an end mark has been met. */
  ended = false
  readonly #tokens: Binding.Token[] = []
  readonly #stopSequences: Prompt['stopSequences']
  readonly #words: TokenText
  readonly #stops: StopText

  constructor(model: Binding.LlamaModel, prompt: Prompt, stop: readonly string[]) {
    this.#stopSequences = prompt.stopSequences
    this.#words = new TokenText(model, prompt.tokens)
    this.#stops = new StopText([...prompt.stopTexts, ...stop])
  }

  /** Takes a token; gives the text that is certain now. */
  push(token: Binding.Token): string {
    this.#tokens.push(token)
    this.count++
    if (this.#stopSequences.some((sequence) => this.#endsWith(sequence))) {
      this.ended = true
      return ''
    }
    return this.#show(this.#words.push(token))
  }

  /** What was held back, when no more comes. */
  end(): string {
    if (this.#stops.found) return ''
    const left = this.#show(this.#words.end())
    const held = this.#stops.end()
    this.text += held
    return left + held
  }

  recent(count: number): Binding.Token[] {
    return count === 0 ? [] : this.#tokens.slice(-count)
  }

  #show(piece: string): string {
    if (piece === '') return ''
    const shown = this.#stops.push(piece)
    this.text += shown
    this.ended = this.#stops.found
    return shown
  }

  #endsWith(sequence: readonly Binding.Token[]): boolean {
    const offset = this.#tokens.length - sequence.length
    return offset >= 0 && sequence.every((token, index) => this.#tokens[offset + index] === token)
  }
}
