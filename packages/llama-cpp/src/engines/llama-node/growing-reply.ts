import type { ReplyPart } from '../../chat/reply-part.ts'
import type { ReplyParts } from '../../chat/reply-parts.ts'
import type { GeneratedToolCall, ReplyDelta } from '../request.ts'
import { StopText } from '../stop-text.ts'

/** Makes deltas of the texts of tokens: thoughts and calls apart from the text, and nothing behind a stop text. */
export class GrowingReply {
  text = ''
  reasoning = ''
  readonly toolCalls: GeneratedToolCall[] = []
  readonly #parts: ReplyParts | undefined
  readonly #stops: StopText
  readonly #send: (delta: ReplyDelta) => void

  /** @param parts undefined where the reply is nothing but text */
  constructor(parts: ReplyParts | undefined, stop: readonly string[], send: (delta: ReplyDelta) => void) {
    this.#parts = parts
    this.#stops = new StopText(stop)
    this.#send = send
  }

  /** Whether a stop text has been met, or the end of the turn. */
  get ended(): boolean {
    return this.#stops.found || this.#parts?.ended === true
  }

  get thinking(): boolean {
    return this.#parts?.thinking === true
  }

  push(piece: string): void {
    if (this.#parts) this.#take(this.#parts.push(piece))
    else this.#show(this.#stops.push(piece))
  }

  /** Passes on what was held back, when no more comes. @param isCut - Whether the reply was cut off. */
  end(isCut: boolean): void {
    if (this.#parts) this.#take(this.#parts.end(isCut))
    this.#show(this.#stops.end())
  }

  #take(parts: readonly ReplyPart[]): void {
    for (const part of parts) {
      if (part.kind === 'text') this.#show(this.#stops.push(part.text))
      if (part.kind === 'text' || part.kind === 'syntax') continue
      this.#show(this.#stops.end())
      if (part.kind === 'toolCall') this.#called(part)
      else {
        this.reasoning += part.text
        this.#send({ kind: 'reasoning', text: part.text })
      }
    }
  }

  #called({ raw: _, ...delta }: Extract<ReplyPart, { readonly kind: 'toolCall' }>): void {
    const { index, id, name } = delta
    const known = this.toolCalls[index] ?? { id: id ?? '', name: name ?? '', arguments: '' }
    this.toolCalls[index] = { ...known, arguments: known.arguments + delta.arguments }
    this.#send(delta)
  }

  #show(text: string): void {
    this.text += text
    if (text !== '') this.#send({ kind: 'text', text })
  }
}
