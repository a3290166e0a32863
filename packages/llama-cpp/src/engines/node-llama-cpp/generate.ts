import type * as Binding from 'node-llama-cpp'
import { LlamaCppError } from '../../errors.ts'
import { unlessAborted } from '../../shared-task.ts'
import type { ChatRequest, Generation, RequestOptions } from '../engine.ts'
import { prefill } from './prefill.ts'
import type { Prompt } from './prompt.ts'
import type { PromptPace } from './prompt-pace.ts'
import { ReplyText } from './reply-text.ts'
import { evaluateOptions } from './sampling.ts'

export interface GenerationSetting {
  readonly binding: typeof Binding
  readonly model: Binding.LlamaModel
  readonly sequence: Binding.LlamaContextSequence
  readonly contextSize: number
  readonly batchSize: number
  readonly pace: PromptPace
  readonly grammar: Binding.LlamaGrammar | undefined
}

/** How many tokens of a reply fit behind a prompt; without an end where the context shifts. */
export function roomFor(promptTokens: number, contextSize: number, shifts: boolean): number {
  if (shifts) return Number.POSITIVE_INFINITY
  if (promptTokens < contextSize) return contextSize - promptTokens
  throw new LlamaCppError(
    'CONTEXT_OVERFLOW',
    `The prompt has ${promptTokens} tokens, but the context holds ${contextSize} and needs room for the reply. Shorten the prompt, raise nCtx, or set generationKwargs.contextShift.`,
    { actual: promptTokens, expected: contextSize },
  )
}

/** Evaluates a prompt on a slot and samples the reply, token by token. */
export async function generate(
  setting: GenerationSetting,
  prompt: Prompt,
  request: Omit<ChatRequest, 'messages'>,
  { signal, onText, onPromptProgress }: RequestOptions,
): Promise<Omit<Generation, 'queueMs'>> {
  const { sequence, contextSize, model, pace } = setting
  const promptTokens = prompt.tokens.length
  const room = roomFor(promptTokens, contextSize, request.contextShift)
  const limit = Math.min(request.maxTokens ?? Number.POSITIVE_INFINITY, room)
  const contextShift = shiftOptions(request.contextShift, sequence.contextSize)
  const reply = new ReplyText(model, prompt, request.stop)
  const show = (text: string) => (text === '' || !onText ? undefined : heard(onText(text), signal))

  const options = {
    ...evaluateOptions(
      request.sampling,
      () => reply.recent(request.sampling.penaltyWindow),
      setting.binding,
      model,
    ),
    ...(contextShift ? { contextShift } : {}),
    ...grammarState(setting),
  }

  const start = performance.now()
  const { cached, rest } = await prefill(sequence, prompt.tokens, {
    largestSlice: setting.batchSize,
    pace,
    signal,
    onProgress: onPromptProgress && ((done, total) => heard(onPromptProgress(done, total), signal)),
    contextShift,
  })
  const restStart = performance.now()
  let promptEnd = 0
  let finishReason: Generation['finishReason'] = 'stop'
  for await (const { token } of sequence.evaluateWithMetadata(rest, {}, options)) {
    if (promptEnd === 0) {
      promptEnd = performance.now()
      pace.took(rest.length, promptEnd - restStart)
    }
    if (signal?.aborted) {
      if (reply.count === 0) throw signal.reason
      finishReason = 'aborted'
      break
    }
    const shown = show(reply.push(token))
    if (shown !== undefined) await shown
    if (reply.ended) break
    if (reply.count >= limit) {
      finishReason = 'length'
      break
    }
  }
  if (promptEnd === 0) promptEnd = performance.now()
  await show(reply.end())
  return {
    text: reply.text,
    finishReason,
    promptTokens,
    cachedTokens: cached,
    completionTokens: reply.count,
    promptMs: promptEnd - start,
    predictedMs: performance.now() - promptEnd,
  }
}

/** Waits for a listener, but not beyond an abort: a listener that waits for that abort must not hold it up. */
function heard(listening: void | Promise<void>, signal: AbortSignal | undefined): undefined | Promise<void> {
  if (listening === undefined) return undefined
  if (!signal) return listening
  return unlessAborted(listening, [signal]).catch((error) => {
    if (!signal.aborted) throw error
  })
}

function grammarState({ binding, model, grammar }: GenerationSetting): {
  readonly grammarEvaluationState?: Binding.LlamaGrammarEvaluationState
} {
  if (!grammar) return {}
  return { grammarEvaluationState: new binding.LlamaGrammarEvaluationState({ model, grammar }) }
}

function shiftOptions(shifts: boolean, contextSize: number): Binding.ContextShiftOptions | undefined {
  return shifts ? { size: Math.max(1, Math.floor(contextSize / 10)), strategy: 'eraseBeginning' } : undefined
}
