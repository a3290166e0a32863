import { randomUUID } from 'node:crypto'
import { ChatMessage } from '@millrace/core'
import type { Generation } from './engines/engine.ts'

/** What the meta of every reply says, streamed or not. Times are in milliseconds, `created` in seconds. */
export interface ReplyMeta {
  readonly model: string
  readonly engine: string
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
}

export function replyMeta(generation: Generation, model: string, engine: string): ReplyMeta {
  const { promptTokens, completionTokens, cachedTokens, promptMs, predictedMs, queueMs, finishReason } =
    generation
  return {
    model,
    engine,
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
  }
}

/** The reply as a message. A reply without text has no parts. */
export function replyMessage(text: string, meta: ReplyMeta): ChatMessage {
  return ChatMessage.assistant({ ...(text === '' ? {} : { text }), meta: { ...meta } })
}

function rounded(value: number): number {
  return Math.round(value * 100) / 100
}
