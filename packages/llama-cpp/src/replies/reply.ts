import { randomUUID } from 'node:crypto'
import { ChatMessage, type JsonObject, ToolCall } from '@millrace/core'
import { isJsonObject } from '@millrace/core/component'
import type { EngineWarning } from '../engines/engine.ts'
import type { Generation, TokenLogprob } from '../engines/request.ts'

/**
 * What the meta of every reply says, streamed or not. Times are in milliseconds, `created` in seconds since 1970. A reply
 * with calls that cannot be read has `malformedToolCalls` beside it.
 */
export interface ReplyMeta {
  readonly model: string
  readonly engine: string
  /** What evaluated the model: `cpu`, or what drives the GPU. Replayed answers have none. */
  readonly device?: string
  /** What should be known of this model as it is loaded; absent where there is nothing to say. */
  readonly warnings?: JsonObject[]
  readonly index: number
  readonly finishReason: Generation['finishReason']
  readonly usage: {
    readonly promptTokens: number
    readonly completionTokens: number
    readonly totalTokens: number
    /** Tokens of the prompt that were still in the slot and were not evaluated again. */
    readonly cachedTokens: number
  }
  readonly timings: {
    readonly promptMs: number
    readonly predictedMs: number
    readonly queueMs: number
    readonly tokensPerSecond: number
  }
  readonly responseId: string
  readonly created: number
  /** Of the tokens of the text, where they were asked for. */
  readonly logprobs?: JsonObject[]
}

/**
 * The meta of a reply that a generator of this package gave, with its types. Undefined for any other message, and for none.
 */
export function replyMeta(reply: ChatMessage | undefined): ReplyMeta | undefined {
  const { engine, finishReason, usage, timings } = reply?.meta ?? {}
  const isOurs =
    typeof engine === 'string' &&
    typeof finishReason === 'string' &&
    isJsonObject(usage) &&
    typeof usage['promptTokens'] === 'number' &&
    isJsonObject(timings)
  return isOurs ? (reply?.meta as unknown as ReplyMeta) : undefined
}

/** What answered a request. */
export interface Answering {
  readonly model: string
  readonly engine: string
  readonly device: string | undefined
  readonly warnings: readonly EngineWarning[]
}

/** What the meta of everything that a model gives says of it. */
export function answeredBy({
  model,
  engine,
  device,
  warnings,
}: Answering): Pick<ReplyMeta, 'model' | 'engine' | 'device' | 'warnings'> {
  return {
    model,
    engine,
    ...(device === undefined ? {} : { device }),
    ...(warnings.length > 0 ? { warnings: warnings.map((warning) => ({ ...warning })) } : {}),
  }
}

export function makeReplyMeta(generation: Generation, by: Answering): ReplyMeta {
  const {
    promptTokens,
    completionTokens,
    cachedTokens,
    promptMs,
    predictedMs,
    queueMs,
    finishReason,
    logprobs,
  } = generation
  return {
    ...answeredBy(by),
    index: 0,
    finishReason,
    usage: { promptTokens, completionTokens, totalTokens: promptTokens + completionTokens, cachedTokens },
    timings: {
      promptMs: rounded(promptMs),
      predictedMs: rounded(predictedMs),
      queueMs: rounded(queueMs),
      // The first token belongs to the prompt: it takes no evaluation of its own.
      tokensPerSecond:
        predictedMs > 0 ? rounded((Math.max(0, completionTokens - 1) / predictedMs) * 1000) : 0,
    },
    responseId: `chatcmpl-${randomUUID()}`,
    created: Math.floor(Date.now() / 1000),
    ...(logprobs ? { logprobs: logprobs.map(logprobJson) } : {}),
  }
}

/**
 * The reply as a message. A reply without text, thought and calls has no parts. A call whose arguments are not the
 * JSON text of an object is no call: it is kept, as it was written, in `meta.malformedToolCalls`.
 */
export function replyMessage({ text, reasoning, toolCalls }: Generation, meta: ReplyMeta): ChatMessage {
  const calls: ToolCall[] = []
  const malformed: JsonObject[] = []
  for (const [index, { id, name, arguments: written }] of toolCalls.entries()) {
    const read = ToolCall.readArguments(written)
    if (read) calls.push({ type: 'toolCall', id, name, arguments: read })
    else malformed.push({ index, id, name, arguments: written })
  }
  return ChatMessage.assistant({
    ...(text === '' ? {} : { text }),
    ...(reasoning === '' ? {} : { reasoning }),
    toolCalls: calls,
    meta: { ...meta, ...(malformed.length > 0 ? { malformedToolCalls: malformed } : {}) },
  })
}

function rounded(value: number): number {
  return Math.round(value * 100) / 100
}

export function logprobJson({ token, bytes, logprob, topLogprobs }: TokenLogprob): JsonObject {
  return {
    token,
    bytes: [...bytes],
    logprob,
    topLogprobs: topLogprobs.map((likely) => ({ ...likely, bytes: [...likely.bytes] })),
  }
}
