import type * as Binding from 'node-llama-cpp'
import { type ReplyPart, rawLength } from '../../../chat/reply-part.ts'
import type { ReplyParts } from '../../../chat/reply-parts.ts'
import type { ReplyDelta, TokenLogprob } from '../../request.ts'
import { StopText } from '../../stop-text.ts'
import type { Prompt } from '../prompt/prompt.ts'
import { TextLogprobs } from './text-logprobs.ts'
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

const NOTHING: readonly ReplyDelta[] = []

/** The tokens of a reply so far, and what they say: without stop texts and the marks of the template. */
export class ReplyText {
  text = ''
  reasoning = ''
  readonly toolCalls: { readonly id: string; readonly name: string; arguments: string }[] = []
  count = 0
  /** Whether a stop text or an end mark has been met. */
  ended = false
  readonly #tokens: Binding.Token[] = []
  readonly #stopSequences: Prompt['stopSequences']
  readonly #isEnd: ReplyTextOptions['prompt']['isEnd']
  readonly #endsThoughts: boolean
  readonly #words: TokenText
  readonly #parts: ReplyParts | undefined
  /** The stop texts of the template may stand anywhere, those of the request in the text. */
  readonly #turnStops: StopText | undefined
  readonly #stops: StopText
  readonly #logprobs: TextLogprobs | undefined

  constructor({ prompt, words, stop, parts, withLogprobs }: ReplyTextOptions) {
    this.#stopSequences = prompt.stopSequences
    this.#isEnd = prompt.isEnd
    this.#endsThoughts = prompt.endsThoughts === true
    this.#words = words
    this.#parts = parts
    this.#turnStops = parts && new StopText(prompt.stopTexts)
    this.#stops = new StopText(parts ? stop : [...prompt.stopTexts, ...stop])
    this.#logprobs = withLogprobs ? new TextLogprobs() : undefined
  }

  /** Takes a token; gives what is certain now. */
  push(token: Binding.Token, logprob?: TokenLogprob): readonly ReplyDelta[] {
    this.#tokens.push(token)
    this.count++
    const isStop = this.#isEnd?.(token) || this.#stopSequences.some((end) => this.#endsWith(end))
    if (!this.#isInThought && isStop) {
      this.ended = true
      return NOTHING
    }
    const piece = this.#words.push(token)
    this.#logprobs?.token(piece.length, logprob)
    return this.#read(piece)
  }

  /** Whether it takes the tokens that end a text for llama.cpp, too. */
  get takesEnds(): boolean {
    return this.#isEnd !== undefined
  }

  /** What was held back, when no more comes. @param isCut - Whether the reply was cut off, by a limit or an abort. */
  end(isCut = false): readonly ReplyDelta[] {
    if (this.#stops.found) return NOTHING
    const deltas = [...(this.#turnStops?.found ? NOTHING : this.#read(this.#words.end()))]
    const mayCall = this.#parts?.mayCall === true
    if (this.#parts) {
      const rest = this.#turnStops?.end() ?? ''
      deltas.push(...this.#showParts([...this.#parts.push(rest), ...this.#parts.end(isCut)]))
    }
    // The beginning of a call that was cut off is shown as it was written, but no stop text ends a call.
    this.ended ||= this.#stops.found && !mayCall
    deltas.push(...this.#shown(this.#stops.end()))
    return deltas
  }

  get logprobs(): readonly TokenLogprob[] | undefined {
    return this.#logprobs?.shown
  }

  recent(count: number): Binding.Token[] {
    return count === 0 ? [] : this.#tokens.slice(-count)
  }

  #read(piece: string): readonly ReplyDelta[] {
    if (piece === '') return NOTHING
    if (!this.#parts || !this.#turnStops) {
      this.#logprobs?.part(piece.length, true)
      const shown = this.#stops.push(piece)
      this.ended = this.#stops.found
      return this.#shown(shown)
    }
    const certain = this.#isInThought ? piece : this.#turnStops.push(piece)
    const deltas = this.#showParts(this.#parts.push(certain))
    this.ended = this.#turnStops.found || this.#stops.found || this.#parts.ended
    return deltas
  }

  #showParts(parts: readonly ReplyPart[]): readonly ReplyDelta[] {
    const deltas: ReplyDelta[] = []
    for (const part of parts) {
      if (this.#stops.found) break
      this.#logprobs?.part(rawLength(part), part.kind === 'text')
      if (part.kind === 'text') deltas.push(...this.#shown(this.#stops.push(part.text)))
      if (part.kind === 'text' || part.kind === 'syntax') continue
      // Where a call or a thought begins, no stop text can come of what was held back.
      deltas.push(...this.#shown(this.#stops.end()))
      deltas.push(part.kind === 'toolCall' ? this.#called(part) : this.#thought(part.text))
    }
    return deltas
  }

  #thought(text: string): ReplyDelta {
    this.reasoning += text
    return { kind: 'reasoning', text }
  }

  #called({ raw, ...delta }: Extract<ReplyPart, { kind: 'toolCall' }>): ReplyDelta {
    const { index, id, name } = delta
    if (id !== undefined && name !== undefined) this.toolCalls[index] = { id, name, arguments: '' }
    const call = this.toolCalls[index]
    if (call) call.arguments += delta.arguments
    return delta
  }

  #shown(text: string): readonly ReplyDelta[] {
    if (text === '') return NOTHING
    this.text += text
    if (!this.#logprobs) return [{ kind: 'text', text }]
    return [{ kind: 'text', text, logprobs: this.#logprobs.show(text.length) }]
  }

  /** Whether what ends an answer would end a thought now. */
  get #isInThought(): boolean {
    return this.#endsThoughts && this.#parts?.thinking === true
  }

  #endsWith(sequence: readonly Binding.Token[]): boolean {
    const offset = this.#tokens.length - sequence.length
    return offset >= 0 && sequence.every((token, index) => this.#tokens[offset + index] === token)
  }
}
