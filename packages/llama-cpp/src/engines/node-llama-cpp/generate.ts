import type * as Binding from 'node-llama-cpp'
import { LlamaCppError } from '../../errors.ts'
import { StopText } from '../../stop-text.ts'
import type { ChatRequest, Generation, RequestOptions } from '../engine.ts'
import { prefill } from './prefill.ts'
import type { Prompt } from './prompt.ts'
import { evaluateOptions } from './sampling.ts'
import { TokenText } from './token-text.ts'

export interface GenerationSetting {
  readonly binding: typeof Binding
  readonly model: Binding.LlamaModel
  readonly sequence: Binding.LlamaContextSequence
  readonly contextSize: number
  readonly batchSize: number
  readonly grammar: Binding.LlamaGrammar | undefined
}

/** Evaluates a prompt on a slot and samples the reply, token by token. */
export async function generate(
  setting: GenerationSetting,
  prompt: Prompt,
  request: Omit<ChatRequest, 'messages'>,
  { signal, onText, onPromptProgress }: RequestOptions,
): Promise<Omit<Generation, 'queueMs'>> {
  const { sequence, contextSize, model } = setting
  const promptTokens = prompt.tokens.length
  const room = request.contextShift ? Number.POSITIVE_INFINITY : contextSize - promptTokens
  if (room < 1) throw overflow(promptTokens, contextSize)
  const limit = Math.min(request.maxTokens ?? Number.POSITIVE_INFINITY, room)
  const contextShift = shiftOptions(request.contextShift, contextSize)

  const start = performance.now()
  const cachedTokens = await prefill(sequence, prompt.tokens, setting.batchSize, {
    signal,
    onProgress: onPromptProgress,
    contextShift,
  })
  let promptEnd = 0
  const { grammar } = setting
  const reply = new Reply(
    model,
    prompt,
    [...request.stop, ...grammarEnds(grammar)],
    grammar?.trimWhitespaceSuffix,
  )
  const options = {
    ...evaluateOptions(
      request.sampling,
      () => reply.recent(request.sampling.penaltyWindow),
      setting.binding,
      model,
    ),
    ...(contextShift ? { contextShift } : {}),
    ...(setting.grammar
      ? {
          grammarEvaluationState: new setting.binding.LlamaGrammarEvaluationState({
            model,
            grammar: setting.grammar,
          }),
        }
      : {}),
  }
  let finishReason: Generation['finishReason'] = 'stop'
  for await (const token of sequence.evaluate([prompt.tokens[promptTokens - 1] as Binding.Token], options)) {
    if (promptEnd === 0) promptEnd = performance.now()
    if (signal?.aborted) {
      finishReason = 'aborted'
      break
    }
    const text = reply.push(token)
    if (text !== '') await onText?.(text)
    if (reply.ended) break
    if (reply.count >= limit) {
      finishReason = 'length'
      break
    }
  }
  if (promptEnd === 0) promptEnd = performance.now()
  const rest = reply.end()
  if (rest !== '') await onText?.(rest)
  return {
    text: reply.text,
    finishReason,
    promptTokens,
    cachedTokens,
    completionTokens: reply.count,
    promptMs: promptEnd - start,
    predictedMs: performance.now() - promptEnd,
  }
}

/** The tokens of a reply so far, and its text: without the stop texts and the end marks of the template. */
class Reply {
  text = ''
  count = 0
  ended = false
  readonly #tokens: Binding.Token[] = []
  readonly #stopSequences: Prompt['stopSequences']
  readonly #words: TokenText
  readonly #stops: StopText
  readonly #trimsEnd: boolean

  /** @param trimsEnd a grammar may allow white space behind the reply without end; what is held back of it is dropped */
  constructor(model: Binding.LlamaModel, prompt: Prompt, stop: readonly string[], trimsEnd = false) {
    this.#trimsEnd = trimsEnd
    this.#stopSequences = prompt.stopSequences
    this.#words = new TokenText(model, prompt.tokens)
    this.#stops = new StopText([...prompt.stopTexts, ...stop])
  }

  /** Takes a token; gives the text that is certain now. */
  push(token: Binding.Token): string {
    this.#tokens.push(token)
    this.count++
    if (this.#stopSequences.some((sequence) => this.#endsWith(sequence))) {
      this.ended = true
      return ''
    }
    return this.#show(this.#words.push(token))
  }

  end(): string {
    if (this.#stops.found) return ''
    const left = this.#show(this.#words.end())
    const held = this.#stops.found ? '' : this.#stops.end()
    const shown = this.#trimsEnd ? held.trimEnd() : held
    this.text += shown
    return left + shown
  }

  recent(count: number): Binding.Token[] {
    return count === 0 ? [] : this.#tokens.slice(-count)
  }

  #show(piece: string): string {
    const shown = this.#stops.push(piece)
    this.text += shown
    this.ended = this.#stops.found
    return shown
  }

  #endsWith(sequence: readonly Binding.Token[]): boolean {
    const offset = this.#tokens.length - sequence.length
    return offset >= 0 && sequence.every((token, index) => this.#tokens[offset + index] === token)
  }
}

/** The texts that end a reply under this grammar, such as the line breaks that could go on behind a JSON value. */
function grammarEnds(grammar: Binding.LlamaGrammar | undefined): string[] {
  return (grammar?.stopGenerationTriggers ?? []).map((trigger) =>
    Array.isArray(trigger) ? trigger.filter((part) => typeof part === 'string').join('') : trigger.toString(),
  )
}

function overflow(promptTokens: number, contextSize: number): LlamaCppError {
  return new LlamaCppError(
    'CONTEXT_OVERFLOW',
    `The prompt has ${promptTokens} tokens, but the context holds ${contextSize} and needs room for the reply. Shorten the prompt, raise nCtx, or set generationKwargs.contextShift.`,
    { actual: promptTokens, expected: contextSize },
  )
}

function shiftOptions(shifts: boolean, contextSize: number): Binding.ContextShiftOptions | undefined {
  return shifts ? { size: Math.max(1, Math.floor(contextSize / 10)), strategy: 'eraseBeginning' } : undefined
}
