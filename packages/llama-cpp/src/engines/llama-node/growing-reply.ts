import { randomUUID } from 'node:crypto'
import type { GeneratedToolCall, ReplyDelta } from '../request.ts'
import { StopText } from '../stop-text.ts'
import type { NativeReply } from './native.ts'

/**
 * Makes deltas of snapshots: the binding gives, with each token, all that its parser makes of the reply so far. What
 * was passed on is never taken back.
 */
export class GrowingReply {
  readonly #text: GrowingText
  readonly #reasoning: GrowingText
  readonly #calls: GrowingCall[] = []
  readonly #send: (delta: ReplyDelta) => void

  constructor(stop: readonly string[], send: (delta: ReplyDelta) => void) {
    this.#text = new GrowingText(stop)
    this.#reasoning = new GrowingText(stop)
    this.#send = send
  }

  get text(): string {
    return this.#text.shown
  }

  get reasoning(): string {
    return this.#reasoning.shown
  }

  get toolCalls(): readonly GeneratedToolCall[] {
    return this.#calls.map(({ id, name, written }) => ({ id, name, arguments: written }))
  }

  /** A reply without a parser grows by its tokens. */
  push(piece: string): void {
    this.take({ content: this.#text.seen + piece })
  }

  take({ content = '', reasoning_content = '', tool_calls = [] }: NativeReply): void {
    this.#show('reasoning', this.#reasoning.grow(reasoning_content))
    // A thought ends with line breaks, which belong to neither.
    this.#show('text', this.#text.grow(reasoning_content === '' ? content : content.trimStart()))
    for (const [index, { id, function: called }] of tool_calls.entries()) {
      if (called.name === '') continue
      const known = this.#calls[index]
      if (known) this.#more(index, known, called.arguments)
      else this.#begin(index, id, called.name, called.arguments)
    }
  }

  /** Passes on what was held back, when no more comes. */
  end(): void {
    this.#show('reasoning', this.#reasoning.end())
    this.#show('text', this.#text.end())
  }

  #begin(index: number, id: string | undefined, name: string, written: string): void {
    const call: GrowingCall = { id: id || `call_${randomUUID()}`, name, written }
    this.#calls[index] = call
    this.#send({ kind: 'toolCall', index, id: call.id, name, arguments: written })
  }

  #more(index: number, call: GrowingCall, written: string): void {
    if (!written.startsWith(call.written) || written.length === call.written.length) return
    const piece = written.slice(call.written.length)
    call.written = written
    this.#send({ kind: 'toolCall', index, arguments: piece })
  }

  #show(kind: 'text' | 'reasoning', text: string): void {
    if (text !== '') this.#send({ kind, text })
  }
}

interface GrowingCall {
  readonly id: string
  readonly name: string
  written: string
}

/** A text of which ever longer beginnings come. */
class GrowingText {
  shown = ''
  seen = ''
  readonly #stops: StopText

  constructor(stop: readonly string[]) {
    this.#stops = new StopText(stop)
  }

  /** What is new and certain. A snapshot that is none of a longer text says nothing. */
  grow(whole: string): string {
    if (!whole.startsWith(this.seen)) return ''
    const piece = this.#stops.push(whole.slice(this.seen.length))
    this.seen = whole
    this.shown += piece
    return piece
  }

  end(): string {
    const rest = this.#stops.end()
    this.shown += rest
    return rest
  }
}
