import { createHash } from 'node:crypto'
import type { JsonObject, JsonValue } from '@millrace/core'
import type { Generation, ReplyDelta, TokenLogprob } from '../engines/request.ts'
import { LlamaCppError, type LlamaCppErrorCode } from '../errors.ts'

/** What came of a request. */
export type RecordedAnswer =
  | { readonly result: JsonValue }
  | { readonly error: { readonly code: string; readonly message: string; readonly details: JsonObject } }

/**
 * A generation in a file. Its text, thoughts and calls are those that the pieces add up to, and are only there where
 * an engine says otherwise. Times and what a slot still held are not: they differ at each run.
 */
interface RecordedGeneration extends Partial<Pick<Generation, 'text' | 'reasoning' | 'toolCalls'>> {
  /** A text stands for a piece that is nothing but text. */
  readonly pieces: readonly (string | ReplyDelta)[]
  readonly finishReason: Generation['finishReason']
  readonly promptTokens: number
  readonly completionTokens: number
  readonly logprobs?: readonly TokenLogprob[]
  readonly promptLogprobs?: readonly TokenLogprob[]
}

/** What a request fails with at each run, on any machine. */
const lastingErrors: readonly LlamaCppErrorCode[] = [
  'CONTEXT_OVERFLOW',
  'MODALITY_UNSUPPORTED',
  'MODEL_UNSUPPORTED',
  'OPTION_INVALID',
  'OPTION_UNSUPPORTED',
]

export function recordGeneration(pieces: readonly ReplyDelta[], generation: Generation): RecordedGeneration {
  const sum: Partial<Generation> = addUp(pieces)
  const differs = (name: 'text' | 'reasoning' | 'toolCalls' | 'logprobs') =>
    generation[name] !== undefined && JSON.stringify(generation[name]) !== JSON.stringify(sum[name])
  return {
    pieces: pieces.map((piece) => (piece.kind === 'text' && !piece.logprobs ? piece.text : piece)),
    ...(differs('text') ? { text: generation.text } : {}),
    ...(differs('reasoning') ? { reasoning: generation.reasoning } : {}),
    ...(differs('toolCalls') ? { toolCalls: generation.toolCalls } : {}),
    ...(differs('logprobs') && generation.logprobs ? { logprobs: generation.logprobs } : {}),
    ...(generation.promptLogprobs ? { promptLogprobs: generation.promptLogprobs } : {}),
    finishReason: generation.finishReason,
    promptTokens: generation.promptTokens,
    completionTokens: generation.completionTokens,
  }
}

export function replayGeneration(recorded: JsonValue): {
  readonly pieces: readonly ReplyDelta[]
  readonly generation: Generation
} {
  // The inverse of `recordGeneration`, which JSON has come between.
  const { pieces: written, ...rest } = recorded as unknown as RecordedGeneration
  const pieces = written.map((piece) =>
    typeof piece === 'string' ? ({ kind: 'text', text: piece } as const) : piece,
  )
  const generation = { ...addUp(pieces), ...rest, cachedTokens: 0, queueMs: 0, promptMs: 0, predictedMs: 0 }
  return { pieces, generation }
}

/** What pieces of a reply are together. */
export function addUp(
  pieces: readonly ReplyDelta[],
): Pick<Generation, 'text' | 'reasoning' | 'toolCalls' | 'logprobs'> {
  const calls: { id: string; name: string; arguments: string }[] = []
  const texts = { text: '', reasoning: '' }
  const logprobs: TokenLogprob[] = []
  for (const piece of pieces) {
    if (piece.kind === 'toolCall') {
      calls[piece.index] ??= { id: '', name: '', arguments: '' }
      const call = calls[piece.index] as (typeof calls)[number]
      call.id += piece.id ?? ''
      call.name += piece.name ?? ''
      call.arguments += piece.arguments
    } else {
      texts[piece.kind] += piece.text
      if (piece.kind === 'text') logprobs.push(...(piece.logprobs ?? []))
    }
  }
  return { ...texts, toolCalls: calls, logprobs: logprobs.length > 0 ? logprobs : undefined }
}

/**
 * The id of a call, the same at each recording: the next request repeats it. Nine letters and digits, as the strictest
 * of the templates wants.
 */
export function recordedCallId(hash: string, index: number): string {
  return createHash('sha256').update(`${hash}/${index}`).digest('hex').slice(0, 9)
}

/** Undefined for what may well not happen again. */
export function recordError(error: unknown): RecordedAnswer | undefined {
  if (!LlamaCppError.isInstance(error) || !lastingErrors.includes(error.code)) return undefined
  const { code, message, option, engine, actual, expected } = error
  // Messages that name a file name it by its path on this machine.
  if (error.path !== undefined) return undefined
  const given = Object.entries({ option, engine, actual, expected }).filter(
    ([, value]) => value !== undefined,
  )
  return { error: { code, message, details: Object.fromEntries(given) as JsonObject } }
}

/** @throws LlamaCppError the one that was recorded */
export function replayResult(answer: RecordedAnswer): JsonValue {
  if ('result' in answer) return answer.result
  const { code, message, details } = answer.error
  throw new LlamaCppError(code as LlamaCppErrorCode, message, details)
}
