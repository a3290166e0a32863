import { ChatMessage, type JsonObject, type StreamingChunk, ToolCall } from '@millrace/core'
import { objectOf } from '../server/server.ts'
import { CallCollector, type CallDelta } from './call-pieces.ts'

export type FinishReason = NonNullable<StreamingChunk['finishReason']>

/** What one chunk, or one whole message, added to a reply. */
export type Piece =
  | { readonly kind: 'reasoning' | 'text'; readonly text: string; readonly logprobs?: JsonObject[] }
  | { readonly kind: 'toolCall'; readonly call: CallDelta }

/** One of the replies of an answer, as far as it has come. */
export class Choice {
  readonly #calls = new CallCollector()
  readonly #logprobs: JsonObject[] = []
  #text = ''
  #reasoning = ''
  #refusal = ''
  #finish: string | undefined

  /** @param message the `delta` of a chunk, or the `message` of an answer in one piece */
  take(choice: Readonly<Record<string, unknown>>, message: Readonly<Record<string, unknown>>): Piece[] {
    const finish = choice['finish_reason']
    if (typeof finish === 'string' && finish !== '') this.#finish = finish
    const logprobs = logprobsOf(choice['logprobs'])
    this.#logprobs.push(...logprobs)
    const reasoning = textOf(message['reasoning_content']) || textOf(message['reasoning'])
    const refusal = textOf(message['refusal'])
    const text = textOf(message['content']) + refusal
    this.#reasoning += reasoning
    this.#text += text
    this.#refusal += refusal
    const calls = this.#calls.take(message['tool_calls'])
    return [
      ...(reasoning === '' ? [] : [{ kind: 'reasoning', text: reasoning } as const]),
      ...(text === '' && logprobs.length === 0
        ? []
        : [{ kind: 'text', text, ...(logprobs.length > 0 ? { logprobs } : {}) } as const]),
      ...calls.map((call) => ({ kind: 'toolCall', call }) as const),
    ]
  }

  /** What the server gave as the reason of the end; undefined while there is none. */
  get sentFinish(): string | undefined {
    return this.#finish
  }

  get isEmpty(): boolean {
    return this.#text === '' && this.#reasoning === '' && this.#calls.calls.length === 0
  }

  /** Some servers say `stop` where there are calls, or words of their own. */
  get finishReason(): FinishReason {
    switch (this.#finish) {
      case 'length':
      case 'max_tokens':
      case 'model_length':
        return 'length'
      case 'content_filter':
        return 'contentFilter'
      default:
        return this.#calls.calls.length > 0 ? 'toolCalls' : 'stop'
    }
  }

  /**
   * The reply as a message. A call whose arguments are not the JSON text of an object is no call: it is kept, as it was
   * written, in `meta.malformedToolCalls`.
   */
  message(meta: JsonObject): ChatMessage {
    const calls: ToolCall[] = []
    const malformed: JsonObject[] = []
    for (const { index, id, name, arguments: written } of this.#calls.calls) {
      const read = name === '' ? undefined : ToolCall.readArguments(written)
      if (read) calls.push({ type: 'toolCall', id, name, arguments: read })
      else malformed.push({ index, id, name, arguments: written })
    }
    return ChatMessage.assistant({
      ...(this.#text === '' ? {} : { text: this.#text }),
      ...(this.#reasoning === '' ? {} : { reasoning: this.#reasoning }),
      toolCalls: calls,
      meta: {
        ...meta,
        ...(this.#refusal === '' ? {} : { refusal: this.#refusal }),
        ...(this.#logprobs.length > 0 ? { logprobs: this.#logprobs } : {}),
        ...(malformed.length > 0 ? { malformedToolCalls: malformed } : {}),
      },
    })
  }
}

/** Content is a text, or, of some servers, a list of parts. */
function textOf(value: unknown): string {
  if (typeof value === 'string') return value
  if (!Array.isArray(value)) return ''
  return value
    .map((part) => objectOf(part)['text'])
    .filter((text) => typeof text === 'string')
    .join('')
}

function logprobsOf(value: unknown): JsonObject[] {
  const { content } = objectOf(value)
  if (!Array.isArray(content)) return []
  return content.map((entry) => {
    const { top_logprobs: top } = objectOf(entry)
    return { ...tokenOf(entry), topLogprobs: Array.isArray(top) ? top.map(tokenOf) : [] }
  })
}

function tokenOf(entry: unknown): JsonObject {
  const { token, bytes, logprob } = objectOf(entry)
  return {
    token: String(token ?? ''),
    bytes: Array.isArray(bytes) ? bytes.map(Number) : [],
    logprob: Number(logprob),
  }
}
