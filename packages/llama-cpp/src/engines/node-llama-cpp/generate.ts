import type * as Binding from 'node-llama-cpp'
import { unlessAborted } from '../../waiting/shared-task.ts'
import { promptOverflow } from '../overlong.ts'
import type { Generation, ReplyDelta, RequestOptions } from '../request.ts'
import { type PrefillOptions, prefill } from './prefill.ts'
import type { Prompt } from './prompt/prompt.ts'
import type { PromptPace } from './prompt-pace.ts'
import type { ReplyGrammar } from './reply/reply-grammar.ts'
import { type ReplyRequest, readReply } from './reply/reply-reading.ts'
import type { TokenTexts } from './reply/token-text.ts'
import type { Drafts } from './sampling/drafted-tokens.ts'
import { sampledTokens } from './sampling/sampled-tokens.ts'
import { evaluateOptions } from './sampling/sampling.ts'

export interface GenerationSetting {
  readonly binding: typeof Binding
  readonly model: Binding.LlamaModel
  readonly sequence: Binding.LlamaContextSequence
  readonly contextSize: number
  readonly batchSize: number
  /** Undefined where nobody can abort. */
  readonly pace: PromptPace | undefined
  readonly texts: TokenTexts
  readonly grammar: ReplyGrammar
  readonly drafts?: Drafts | undefined
}

/** How many tokens of a reply fit behind a prompt; without an end where the context shifts. */
export function roomFor(promptTokens: number, contextSize: number, shifts: boolean): number {
  if (shifts) return Number.POSITIVE_INFINITY
  if (promptTokens < contextSize) return contextSize - promptTokens
  throw promptOverflow(promptTokens, contextSize)
}

/** Evaluates a prompt on a slot and samples the reply, token by token. */
export async function generate(
  setting: GenerationSetting,
  prompt: Prompt,
  request: ReplyRequest,
  { signal, onDelta, onPromptProgress }: RequestOptions,
): Promise<Omit<Generation, 'queueMs'>> {
  const { sequence, contextSize, model, pace, grammar } = setting
  const promptTokens = prompt.tokens.length
  const room = roomFor(promptTokens, contextSize, request.contextShift)
  const limit = Math.min(request.maxTokens ?? Number.POSITIVE_INFINITY, room)
  const contextShift = shiftOptions(request.contextShift, sequence.contextSize)
  const { reply, steering } = readReply(model, setting.texts, grammar, prompt, request)
  const show = async (deltas: readonly ReplyDelta[]) => {
    if (onDelta) for (const delta of deltas) await heard(onDelta(delta), signal)
  }
  const options = {
    ...evaluateOptions(
      request.sampling,
      () => reply.recent(request.sampling.penaltyWindow),
      setting.binding,
      model,
    ),
    ...(contextShift ? { contextShift } : {}),
    ...(reply.takesEnds ? { yieldEogToken: true } : {}),
    ...(grammar.any ? { grammarEvaluationState: () => grammar.state } : {}),
  }

  const start = performance.now()
  let given = steering.start().slice(0, limit)
  const slices = { largestSlice: setting.batchSize, pace, signal, contextShift }
  const { cached, rest } = await prefill(sequence, [...prompt.tokens, ...given], {
    ...slices,
    onProgress: onPromptProgress && ((done, total) => heard(onPromptProgress(done, total), signal)),
  })
  const restStart = performance.now()
  let promptEnd = 0
  let finishReason: Generation['finishReason'] | undefined
  for (let tokens = rest; tokens.length > 0 && finishReason === undefined; ) {
    for (const token of given) await show(reply.push(token))
    given = []
    if (reply.ended || reply.count >= limit) {
      finishReason = reply.ended ? 'stop' : 'length'
      break
    }
    const setup = { model, logprobs: request.logprobs, drafts: setting.drafts, signal }
    const sampled = sampledTokens(sequence, tokens, options, setup)
    tokens = []
    for await (const { token, logprob } of sampled) {
      if (promptEnd === 0) {
        promptEnd = performance.now()
        pace?.took(rest.length, promptEnd - restStart)
        signal?.throwIfAborted()
      }
      if (signal?.aborted) finishReason = 'aborted'
      if (finishReason) break
      if (!steering.accepts(token)) {
        tokens = await takeBackLast(sequence, slices)
        if (signal?.aborted) finishReason = 'aborted'
        break
      }
      const deltas = reply.push(token, logprob)
      if (deltas.length > 0) await show(deltas)
      if (reply.ended) finishReason = 'stop'
      else if (reply.count >= limit) finishReason = 'length'
      else if (!steering.passive) {
        given = (await steering.next()).slice(0, limit - reply.count)
        if (given.length > 0) tokens = [token, ...given]
      }
      if (finishReason || given.length > 0) break
    }
    if (finishReason === undefined && tokens.length === 0) {
      const next = steering.modelEnded()
      given = next === 'again' ? [] : next.slice(0, limit - reply.count)
      tokens = next === 'again' ? await takeBackLast(sequence, slices) : given
      if (signal?.aborted) finishReason = 'aborted'
    }
  }
  if (promptEnd === 0) promptEnd = performance.now()
  await show(reply.end(finishReason === 'length' || finishReason === 'aborted'))
  // A stop text may be met in what was held back.
  if (finishReason === 'length' && reply.ended) finishReason = 'stop'
  return {
    text: reply.text,
    reasoning: reply.reasoning,
    toolCalls: reply.toolCalls,
    logprobs: reply.logprobs,
    finishReason: finishReasonOf(finishReason, reply.toolCalls.length),
    promptTokens,
    // What the slot held beyond the prompt was the forced beginning of another reply.
    cachedTokens: Math.min(cached, promptTokens),
    completionTokens: reply.count,
    promptMs: promptEnd - start,
    predictedMs: performance.now() - promptEnd,
  }
}

/** Takes the last token out of a sequence. Resolves with what is to be evaluated again; with nothing when the signal aborts. */
async function takeBackLast(
  sequence: Binding.LlamaContextSequence,
  slices: PrefillOptions,
): Promise<Binding.Token[]> {
  try {
    return (await prefill(sequence, sequence.contextTokens, slices)).rest
  } catch (error) {
    if (slices.signal?.aborted) return []
    throw error
  }
}

function finishReasonOf(
  reason: Generation['finishReason'] | undefined,
  calls: number,
): Generation['finishReason'] {
  if (reason !== undefined && reason !== 'stop') return reason
  return calls > 0 ? 'toolCalls' : 'stop'
}

/** Waits for a listener, but not beyond an abort: a listener that waits for that abort must not hold it up. */
function heard(listening: void | Promise<void>, signal: AbortSignal | undefined): undefined | Promise<void> {
  if (listening === undefined) return undefined
  if (!signal) return listening
  return unlessAborted(listening, [signal]).catch((error) => {
    if (!signal.aborted) throw error
  })
}

function shiftOptions(shifts: boolean, contextSize: number): Binding.ContextShiftOptions | undefined {
  return shifts ? { size: Math.max(1, Math.floor(contextSize / 10)), strategy: 'eraseBeginning' } : undefined
}
