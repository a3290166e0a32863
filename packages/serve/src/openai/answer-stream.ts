import type { RunEvent, StreamingChunk } from '@millrace/core'
import { type Answer, type CallJson, isJsonBegun, type LogprobJson, logprobsJson } from './answer-parts.ts'
import type { TextModel } from './served-models.ts'

/** One piece of an answer, as the `delta` of a choice. */
export interface Piece {
  readonly delta: Readonly<Record<string, unknown>>
  readonly logprobs?: readonly LogprobJson[]
}

interface OpenCall {
  readonly index: number
  id: string | undefined
  name: string
  written: string
  isSent: boolean
}

/**
 * The events of a run as pieces of one answer. What a model says on its way to the answer, as an agent's does before it
 * calls a tool, is streamed, too, with an empty line behind it: nobody knows before the end what comes.
 */
export class AnswerStream {
  readonly #model: TextModel
  readonly #maxCalls: number
  readonly #hasLogprobs: boolean
  readonly #calls = new Map<number, OpenCall>()
  /** The text of the visit that goes on, or went on last. */
  #text = ''
  #hasText = false
  #reasoning = ''
  #visit = ''

  constructor(model: TextModel, { maxCalls, hasLogprobs }: { maxCalls: number; hasLogprobs: boolean }) {
    this.#model = model
    this.#maxCalls = maxCalls
    this.#hasLogprobs = hasLogprobs
  }

  /** The pieces that an event adds: none, for most. */
  onEvent(event: RunEvent): Piece[] {
    if (event.type !== 'chunk' || !this.#model.streams.has(event.component)) return []
    const { chunk } = event
    const visit = `${event.component} ${event.visit}`
    // One visit begins anew where it is tried again, or another generator takes over.
    const isAnew = chunk.start && chunk.index === 0 && this.#text !== ''
    if (visit !== this.#visit || isAnew || chunk.toolCallResult !== undefined) this.#begin(visit)
    if (chunk.toolCallResult !== undefined) return []
    if (chunk.reasoning !== undefined) {
      this.#reasoning += chunk.reasoning
      return [{ delta: { reasoning_content: chunk.reasoning } }]
    }
    if (chunk.content !== '') return this.#sayNext(chunk.content, chunk.meta)
    return this.#model.isDirect ? (chunk.toolCalls ?? []).flatMap((call) => this.#call(call)) : []
  }

  /** What the answer has and was not streamed. */
  end({ text, reasoning, calls, meta }: Answer): Piece[] {
    const pieces: Piece[] = []
    if (reasoning !== '' && this.#reasoning === '') pieces.push({ delta: { reasoning_content: reasoning } })
    if (!this.#text.endsWith(text)) {
      if (this.#text !== '') this.#begin('')
      pieces.push(...this.#sayNext(text, meta))
    }
    for (const [index, call] of calls.entries()) pieces.push(...this.#rest(index, call))
    return pieces
  }

  #begin(visit: string): void {
    this.#visit = visit
    this.#text = ''
    this.#reasoning = ''
  }

  #sayNext(text: string, meta: Answer['meta'] | undefined): Piece[] {
    const isNext = this.#hasText && this.#text === ''
    this.#text += text
    this.#hasText = true
    const logprobs = this.#hasLogprobs ? logprobsJson(meta?.['logprobs']) : []
    return [
      { delta: { content: isNext ? `\n\n${text}` : text }, ...(logprobs.length > 0 ? { logprobs } : {}) },
    ]
  }

  /** The id, the type and the name go in the first piece alone: some clients would join those of several. */
  #call({
    index,
    id,
    name = '',
    arguments: written = '',
  }: NonNullable<StreamingChunk['toolCalls']>[number]): Piece[] {
    if (index >= this.#maxCalls) return []
    const call = this.#calls.get(index) ?? { index, id: undefined, name: '', written: '', isSent: false }
    this.#calls.set(index, call)
    call.id ??= id
    call.name += name
    call.written += written
    if (call.isSent) return written === '' ? [] : [callPiece(index, { function: { arguments: written } })]
    return call.name === '' || !isJsonBegun(call.written) ? [] : this.#open(call)
  }

  #open(call: OpenCall): Piece[] {
    call.isSent = true
    const { index, id, name, written } = call
    const first = { id: id ?? `call_${index}`, type: 'function', function: { name, arguments: '' } }
    const rest = written === '' ? [] : [callPiece(index, { function: { arguments: written } })]
    return [callPiece(index, first), ...rest]
  }

  #rest(index: number, { id, function: { name, arguments: written } }: CallJson): Piece[] {
    if (this.#calls.get(index)?.isSent) return []
    return this.#open({ index, id, name, written, isSent: false })
  }
}

function callPiece(index: number, call: object): Piece {
  return { delta: { tool_calls: [{ index, ...call }] } }
}
