import type * as Binding from 'node-llama-cpp'
import { LlamaCppError } from '../../errors.ts'
import { SlotPool } from '../../waiting/slots.ts'
import type { LoadingOptions, ModelContext } from '../engine.ts'
import type {
  ChatRequest,
  CompletionRequest,
  Generation,
  GenerationRequest,
  RequestOptions,
} from '../request.ts'
import { RequestsUnderway, requestClosed } from '../requests-underway.ts'
import { complete } from './complete.ts'
import { engineFailure } from './failures.ts'
import { type GenerationSetting, generate, roomFor } from './generate.ts'
import { checkpointOptions, reusable, sharedPrefix } from './kept-prefix.ts'
import type { ChatRenderer } from './prompt/chat-renderer.ts'
import { completionPrompt } from './prompt/completion-prompt.ts'
import type { Prompt } from './prompt/prompt.ts'
import { PromptPace } from './prompt-pace.ts'
import { ReplyGrammar } from './reply/reply-grammar.ts'
import { callMarkToken, type ReplyRequest } from './reply/reply-reading.ts'
import { TokenTexts } from './reply/token-text.ts'
import type { DraftSource } from './sampling/draft.ts'
import { loadSlots, saveSlots } from './slot-state.ts'
import { type TokenizeOptions, tokenize } from './tokenizing.ts'

export interface Natives {
  readonly binding: typeof Binding
  readonly llama: Binding.Llama
  readonly model: Binding.LlamaModel
  readonly context: Binding.LlamaContext
  readonly renderer: ChatRenderer
  readonly drafts?: DraftSource | undefined
}

/** The slots of one component. */
export class OpenContext implements ModelContext {
  readonly contextSize: number
  readonly #natives: Natives
  readonly #batchSize: number
  /** Whether the beginning of what a slot holds can be taken out without reading the rest again. */
  readonly #shifts: boolean
  readonly #pace = new PromptPace()
  readonly #texts: TokenTexts
  readonly #slots: SlotPool<Binding.LlamaContextSequence>
  readonly #underway = new RequestsUnderway(engineFailure)

  constructor(natives: Natives, contextSize: number, batchSize: number) {
    this.contextSize = contextSize
    this.#natives = natives
    this.#batchSize = batchSize
    const { context, model } = natives
    this.#texts = new TokenTexts(model)
    const slots = Array.from({ length: context.totalSequences }, () =>
      context.getSequence({ checkpoints: checkpointOptions }),
    )
    this.#shifts = slots.every((slot) => !slot.needsCheckpoints)
    this.#slots = new SlotPool(slots)
  }

  chat(request: ChatRequest, options: RequestOptions): Promise<Generation> {
    return this.#underway.run(options, async (linked) => {
      const prompt = await this.#natives.renderer.render(request, this.#tokenizing(request, linked))
      return this.#answer(prompt, request, options, linked, (setting) =>
        generate(setting, prompt, request, linked),
      )
    })
  }

  complete(request: CompletionRequest, options: RequestOptions): Promise<Generation> {
    return this.#underway.run(options, async (linked) => {
      const prompt = await completionPrompt(request, this.#natives.model, this.#tokenizing(request, linked))
      return this.#answer(prompt, request, options, linked, (setting) =>
        complete(setting, prompt, request, linked),
      )
    })
  }

  #tokenizing({ contextShift }: GenerationRequest, { signal }: RequestOptions): TokenizeOptions {
    return { signal, ...(contextShift ? {} : { most: this.contextSize }) }
  }

  async #answer(
    prompt: Prompt,
    request: ReplyRequest,
    { signal: ofCaller }: RequestOptions,
    options: RequestOptions,
    work: (setting: GenerationSetting) => Promise<Omit<Generation, 'queueMs'>>,
  ): Promise<Generation> {
    const { binding, llama, model, drafts } = this.#natives
    const { contextSize } = this
    if (request.contextShift && !this.#shifts) throw noShift()
    roomFor(prompt.tokens.length, contextSize, request.contextShift)
    const format = prompt.format
    const grammar = await ReplyGrammar.make(
      { llama, model, binding },
      {
        constraint: request.constraint,
        tools: request.tools ?? [],
        toolChoice: request.toolChoice ?? 'none',
        format: format?.calls,
        lead: format?.answer.leads[0] ?? '',
        mark: callMarkToken(format?.calls, model),
      },
    )
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
        // Closing waits for a whole batch, where nobody else can abort.
        pace: ofCaller && this.#pace,
        texts: this.#texts,
        grammar,
        drafts: drafts?.of(sequence),
      }
      const generation = await work(setting)
      if (generation.finishReason === 'aborted') this.#underway.throwIfClosed()
      return { ...generation, queueMs }
    } finally {
      this.#slots.release(sequence)
    }
  }

  async countTokens(request: Pick<ChatRequest, 'messages' | 'tools' | 'templateKwargs'>): Promise<number> {
    return (await this.#natives.renderer.render(request)).tokens.length
  }

  async tokenize(text: string): Promise<readonly number[]> {
    return tokenize(this.#natives.model, text, false, undefined, {})
  }

  saveState(folder: string, options: LoadingOptions): Promise<number> {
    return this.#withFreeSlots((slots) => saveSlots(slots, folder, this.#natives, options))
  }

  loadState(folder: string, options: LoadingOptions): Promise<number> {
    return this.#withFreeSlots((slots) => loadSlots(slots, folder, this.#natives, options))
  }

  async #withFreeSlots(
    work: (slots: readonly Binding.LlamaContextSequence[]) => Promise<number>,
  ): Promise<number> {
    this.#underway.throwIfClosed()
    const slots = this.#slots.takeFree()
    const working = work(slots).finally(() => {
      for (const slot of slots) this.#slots.release(slot)
    })
    return this.#underway.follow(working)
  }

  async dispose(): Promise<void> {
    const closed = requestClosed()
    const ended = this.#underway.close(closed)
    this.#slots.close(closed)
    await ended
    await this.#natives.context.dispose()
    await this.#natives.drafts?.dispose()
  }
}

function noShift(): LlamaCppError {
  return new LlamaCppError(
    'OPTION_UNSUPPORTED',
    "Option 'generationKwargs.contextShift': the model has sliding windows or recurrent states, and would have to read its whole context again at each shift. With sliding windows set modelKwargs.swaFull; otherwise raise nCtx.",
    { option: 'generationKwargs.contextShift', engine: 'node-llama-cpp' },
  )
}

/**
 * What a slot is worth to a prompt: the tokens it saves, less those it would forget for it. So two conversations with
 * one system prompt do not take turns on one slot while another is empty.
 */
function worth(slot: Binding.LlamaContextSequence, prompt: readonly Binding.Token[]): number {
  const saved = reusable(slot, sharedPrefix(slot, prompt))
  return saved - (slot.nextTokenIndex - saved)
}
