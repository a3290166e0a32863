import { type ReplyPart, rawLength } from '../chat/reply-part.ts'
import type { ReplyParts } from '../chat/reply-parts.ts'
import type { ReplyDelta, TokenLogprob } from './request.ts'
import { StopText } from './stop-text.ts'
import { TextLogprobs } from './text-logprobs.ts'

export interface ReplyDeltasOptions {
  /** Undefined where the reply is nothing but text. */
  readonly parts?: ReplyParts | undefined
  /** The texts with which the template ends an answer: they may stand anywhere. */
  readonly turnStops: readonly string[]
  /** Whether these end a thought, too, and so do not stop one. */
  readonly endsThoughts: boolean
  /** The stop texts of the request, which end a text. */
  readonly stops: readonly string[]
  readonly withLogprobs?: boolean | undefined
}

const NOTHING: readonly ReplyDelta[] = []

/** Makes deltas of the texts of tokens: thoughts and calls apart from the text, without stop texts and marks. */
export class ReplyDeltas {
  text = ''
  reasoning = ''
  readonly toolCalls: { readonly id: string; readonly name: string; arguments: string }[] = []
  /** Whether a stop text or an end mark has been met. */
  ended = false
  readonly #parts: ReplyParts | undefined
  readonly #turnStops: StopText | undefined
  readonly #endsThoughts: boolean
  readonly #stops: StopText
  readonly #logprobs: TextLogprobs | undefined

  constructor({ parts, turnStops, endsThoughts, stops, withLogprobs }: ReplyDeltasOptions) {
    this.#parts = parts
    this.#endsThoughts = endsThoughts
    this.#turnStops = parts && new StopText(turnStops)
    this.#stops = new StopText(parts ? stops : [...turnStops, ...stops])
    this.#logprobs = withLogprobs ? new TextLogprobs() : undefined
  }

  get thinking(): boolean {
    return this.#parts?.thinking === true
  }

  /** Whether what ends an answer would end a thought now. */
  get isInThought(): boolean {
    return this.#endsThoughts && this.thinking
  }

  get logprobs(): readonly TokenLogprob[] | undefined {
    return this.#logprobs?.shown
  }

  /** Takes the text of a token; gives what is certain now. */
  pushText(piece: string, logprob?: TokenLogprob): readonly ReplyDelta[] {
    this.#logprobs?.token(piece.length, logprob)
    if (piece === '') return NOTHING
    if (!this.#parts || !this.#turnStops) {
      this.#logprobs?.part(piece.length, true)
      const shown = this.#stops.push(piece)
      this.ended = this.#stops.found
      return this.#shown(shown)
    }
    const certain = this.isInThought ? piece : this.#turnStops.push(piece)
    const deltas = this.#showParts(this.#parts.push(certain))
    this.ended = this.#turnStops.found || this.#stops.found || this.#parts.ended
    return deltas
  }

  /** What was held back, when no more comes. @param isCut - Whether the reply was cut off, by a limit or an abort. */
  endText(isCut: boolean): readonly ReplyDelta[] {
    if (this.#stops.found) return NOTHING
    const deltas: ReplyDelta[] = []
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

  #called({ raw: _, ...delta }: Extract<ReplyPart, { kind: 'toolCall' }>): ReplyDelta {
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
}
