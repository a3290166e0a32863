import type { ChatMessage } from '@millrace/core'
import type * as Binding from 'node-llama-cpp'
import { LlamaCppError } from '../../errors.ts'
import { linkSignals } from '../../linked-signal.ts'
import { SlotPool } from '../../slots.ts'
import type { ChatRequest, Generation, ModelContext, RequestOptions } from '../engine.ts'
import { engineFailure } from './failures.ts'
import { generate, roomFor } from './generate.ts'
import { makeGrammar } from './grammar.ts'
import { sharedPrefix } from './prefill.ts'
import { renderPrompt } from './prompt.ts'
import { PromptPace } from './prompt-pace.ts'

export interface Natives {
  readonly binding: typeof Binding
  readonly llama: Binding.Llama
  readonly model: Binding.LlamaModel
  readonly context: Binding.LlamaContext
  readonly wrapper: Binding.ChatWrapper
}

/** The slots of one component. */
export class OpenContext implements ModelContext {
  readonly contextSize: number
  readonly #natives: Natives
  readonly #batchSize: number
  readonly #pace = new PromptPace()
  readonly #slots: SlotPool<Binding.LlamaContextSequence>
  readonly #requests = new Set<Promise<unknown>>()
  readonly #closing = new AbortController()

  constructor(natives: Natives, contextSize: number, batchSize: number) {
    this.contextSize = contextSize
    this.#natives = natives
    this.#batchSize = batchSize
    const { context } = natives
    this.#slots = new SlotPool(Array.from({ length: context.totalSequences }, () => context.getSequence()))
  }

  async chat(request: ChatRequest, options: RequestOptions): Promise<Generation> {
    this.#closing.signal.throwIfAborted()
    const { signal, release } = linkSignals([
      this.#closing.signal,
      ...(options.signal ? [options.signal] : []),
    ])
    const answering = this.#answer(request, { ...options, signal })
    this.#requests.add(answering)
    try {
      return await answering
    } catch (cause) {
      throw signal.aborted && cause === signal.reason ? cause : engineFailure(cause)
    } finally {
      this.#requests.delete(answering)
      release()
    }
  }

  async #answer(request: ChatRequest, options: RequestOptions): Promise<Generation> {
    const { binding, llama, model, wrapper } = this.#natives
    const { contextSize } = this
    const prompt = renderPrompt(request.messages, model, wrapper)
    roomFor(prompt.tokens.length, contextSize, request.contextShift)
    const grammar = request.constraint ? await makeGrammar(request.constraint, llama) : undefined
    const asked = performance.now()
    const sequence = await this.#slots.acquire(options.signal, (slot) => worth(slot, prompt.tokens))
    const queueMs = performance.now() - asked
    try {
      const setting = {
        binding,
        model,
        sequence,
        contextSize,
        batchSize: this.#batchSize,
        pace: this.#pace,
        grammar,
      }
      const generation = await generate(setting, prompt, request, options)
      if (generation.finishReason === 'aborted') this.#closing.signal.throwIfAborted()
      return { ...generation, queueMs }
    } finally {
      this.#slots.release(sequence)
    }
  }

  countTokens(messages: readonly ChatMessage[]): number {
    return renderPrompt(messages, this.#natives.model, this.#natives.wrapper).tokens.length
  }

  async dispose(): Promise<void> {
    const closed = new LlamaCppError('CLOSED', 'The model was closed before the request was answered.')
    this.#closing.abort(closed)
    this.#slots.close(closed)
    await Promise.allSettled(this.#requests)
    await this.#natives.context.dispose()
  }
}

/**
 * What a slot is worth to a prompt: the tokens it saves, less those it would forget for it. So two conversations with
 * one system prompt do not take turns on one slot while another is empty.
 */
function worth(slot: Binding.LlamaContextSequence, prompt: readonly Binding.Token[]): number {
  const saved = sharedPrefix(slot, prompt)
  return saved - (slot.nextTokenIndex - saved)
}
