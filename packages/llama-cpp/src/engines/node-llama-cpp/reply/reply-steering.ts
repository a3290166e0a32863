import type * as Binding from 'node-llama-cpp'
import type { CallReader } from '../../../chat/call-reader.ts'
import type { ReplyParts } from '../../../chat/reply-parts.ts'
import type { ThoughtMarks } from '../../../chat/thoughts.ts'
import type { ReplyGrammar } from './reply-grammar.ts'
import type { TokenTexts } from './token-text.ts'

export interface SteeringOptions {
  readonly model: Binding.LlamaModel
  readonly texts: TokenTexts
  readonly grammar: ReplyGrammar
  readonly parts: ReplyParts | undefined
  readonly calls: CallReader | undefined
  readonly thought: ThoughtMarks | undefined
  /** The most tokens of a thought. */
  readonly budget: number | undefined
  /** The text that the answer is made to begin with. */
  readonly forced: string
}

/** Leads the model through its reply: ends thoughts that take too long, begins calls that must come, changes grammars. */
export class ReplySteering {
  readonly #options: SteeringOptions
  #thoughtTokens = 0
  #thinking: boolean
  #calls = 0
  #blanks = 0

  constructor(options: SteeringOptions) {
    this.#options = options
    this.#thinking = options.parts?.thinking === true
  }

  /** Whether the reply is nothing but text, with which there is nothing to do. */
  get passive(): boolean {
    return this.#options.parts === undefined
  }

  /** The tokens that the reply begins with, before the model is asked. */
  start(): Binding.Token[] {
    if (!this.#thinking) return this.#answer()
    return this.#options.budget === 0 ? this.#endThought() : []
  }

  /** After a token was read; gives tokens that come next whatever the model would have said. */
  async next(): Promise<Binding.Token[]> {
    const { parts, calls, grammar, budget } = this.#options
    if (!parts) return []
    if (parts.thinking) {
      this.#thoughtTokens += this.#thinking ? 1 : 0
      this.#thinking = true
      return budget !== undefined && this.#thoughtTokens >= budget ? this.#endThought() : []
    }
    if (this.#thinking) {
      this.#thinking = false
      return this.#answer()
    }
    const begun = parts.calling ? parts.callsBegun : 0
    if (begun !== this.#calls) {
      this.#calls = begun
      if (begun > 0) await grammar.callBegins(calls?.begun)
      else grammar.callEnds()
    }
    return []
  }

  /** Whether a token that was sampled counts. One that was free to begin words, which have a grammar, does not. */
  accepts(token: Binding.Token): boolean {
    const { grammar, texts } = this.#options
    if (!grammar.undecided) return true
    // A line break between a thought and the answer decides nothing.
    if (this.#thoughtTokens > 0 && this.#blanks++ < 2 && texts.isBlank(token)) return true
    return grammar.decide(token) === 'calls'
  }

  /**
   * Where the model ends its turn without the answer that was asked for: the tokens that come next all the same, or
   * `again` where it is to be asked once more.
   */
  modelEnded(): readonly Binding.Token[] | 'again' {
    const { grammar } = this.#options
    if (this.#thinking && grammar.ofAnswer) return this.#endThought()
    if (!grammar.undecided) return []
    grammar.decide(undefined)
    return 'again'
  }

  #endThought(): Binding.Token[] {
    this.#thinking = false
    return [...this.#tokens(this.#options.thought?.close ?? ''), ...this.#answer()]
  }

  #answer(): Binding.Token[] {
    this.#options.grammar.answerBegins()
    return this.#tokens(this.#options.forced)
  }

  #tokens(text: string): Binding.Token[] {
    return text === '' ? [] : this.#options.model.tokenize(text, true, 'trimLeadingSpace')
  }
}
