import type * as Binding from 'node-llama-cpp'
import type { ReplyParts } from '../../../chat/reply-parts.ts'
import { ReplyDeltas } from '../../reply-deltas.ts'
import type { ReplyDelta, TokenLogprob } from '../../request.ts'
import type { Prompt } from '../prompt/prompt.ts'
import type { TokenText } from './token-text.ts'

export interface ReplyTextOptions {
  readonly prompt: Pick<Prompt, 'stopSequences' | 'stopTexts' | 'endsThoughts'> & {
    /** Given where the tokens that end a text for llama.cpp come here, too: which of them end the reply. */
    readonly isEnd?: (token: Binding.Token) => boolean
  }
  readonly words: TokenText
  readonly stop: readonly string[]
  /** Undefined where the reply is nothing but text. */
  readonly parts?: ReplyParts | undefined
  readonly withLogprobs?: boolean
}

/** The tokens of a reply so far, and what they say. */
export class ReplyText extends ReplyDeltas {
  count = 0
  readonly #tokens: Binding.Token[] = []
  readonly #stopSequences: Prompt['stopSequences']
  readonly #isEnd: ReplyTextOptions['prompt']['isEnd']
  readonly #words: TokenText

  constructor({ prompt, words, stop, parts, withLogprobs }: ReplyTextOptions) {
    const { stopTexts, endsThoughts = false } = prompt
    super({ parts, turnStops: stopTexts, endsThoughts, stops: stop, withLogprobs })
    this.#stopSequences = prompt.stopSequences
    this.#isEnd = prompt.isEnd
    this.#words = words
  }

  /** Takes a token; gives what is certain now. */
  push(token: Binding.Token, logprob?: TokenLogprob): readonly ReplyDelta[] {
    this.#tokens.push(token)
    this.count++
    const isStop = this.#isEnd?.(token) || this.#stopSequences.some((end) => this.#endsWith(end))
    if (!this.isInThought && isStop) {
      this.ended = true
      return []
    }
    return this.pushText(this.#words.push(token), logprob)
  }

  /** Whether it takes the tokens that end a text for llama.cpp, too. */
  get takesEnds(): boolean {
    return this.#isEnd !== undefined
  }

  /** What was held back, when no more comes. @param isCut - Whether the reply was cut off, by a limit or an abort. */
  end(isCut = false): readonly ReplyDelta[] {
    const left = this.#words.end()
    // Half a character is none: what was to follow would have made it whole.
    const rest = isCut ? left.replace(/\uFFFD+$/, '') : left
    return [...(rest === '' ? [] : this.pushText(rest)), ...this.endText(isCut)]
  }

  recent(count: number): Binding.Token[] {
    return count === 0 ? [] : this.#tokens.slice(-count)
  }

  #endsWith(sequence: readonly Binding.Token[]): boolean {
    const offset = this.#tokens.length - sequence.length
    return offset >= 0 && sequence.every((token, index) => this.#tokens[offset + index] === token)
  }
}
