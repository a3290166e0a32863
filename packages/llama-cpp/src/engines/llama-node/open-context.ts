import { setTimeout } from 'node:timers/promises'
import type { ChosenTemplate } from '../../chat/choose-template.ts'
import { LlamaCppError } from '../../errors.ts'
import { SlotPool } from '../../waiting/slots.ts'
import type { ModelContext } from '../engine.ts'
import type {
  ChatRequest,
  CompletionRequest,
  Generation,
  GenerationRequest,
  RequestOptions,
} from '../request.ts'
import { RequestsUnderway, requestClosed, requestFailure } from '../requests-underway.ts'
import { onlyTheOther } from './failures.ts'
import type { NativeModel } from './native.ts'
import type { PlainText } from './plain-text.ts'
import { type Prepared, PromptWriter } from './prompt-writer.ts'
import { runRequest } from './run-request.ts'
import { samplingOptions } from './sampling.ts'

/** How long closing waits for the last step of the queue, so that freeing it does not hold up the process. */
const LAST_STEP_MS = 5000
const POLL_MS = 2

/** How the conversations of a context are written. */
export interface ContextChat {
  readonly template: ChosenTemplate
  /** What the binding puts in front of each prompt. */
  readonly bos: string
}

/** The slots of one component: each opening has a model of its own in the binding. */
export class OpenContext implements ModelContext {
  readonly contextSize: number
  readonly #native: NativeModel
  readonly #plain: PlainText
  readonly #writer: PromptWriter
  readonly #slots: SlotPool<number>
  readonly #underway = new RequestsUnderway((cause) => requestFailure('llama.node', cause))
  #counting: Promise<unknown> = Promise.resolve()

  constructor(native: NativeModel, plain: PlainText, chat: ContextChat, contextSize: number, slots: number) {
    this.contextSize = contextSize
    this.#native = native
    this.#plain = plain
    this.#writer = new PromptWriter(native.ctx, plain, native.getMultimodalSupport(), chat.template, chat.bos)
    this.#slots = new SlotPool(Array.from({ length: slots }, (_, slot) => slot))
  }

  async chat(request: ChatRequest, options: RequestOptions): Promise<Generation> {
    const generation = await this.#underway.run(options, (linked) =>
      this.#answer(request, linked, () => this.#writer.chat(request)),
    )
    const isForced = typeof request.toolChoice === 'object' || request.toolChoice === 'required'
    if (!isForced || generation.finishReason !== 'stop') return generation
    throw new LlamaCppError(
      'ENGINE_FAILED',
      "The model ended its reply without the call that 'generationKwargs.toolChoice' asks for: the format of its tools leaves engine 'llama.node' no way to force one.",
      { engine: 'llama.node' },
    )
  }

  async complete(request: CompletionRequest, options: RequestOptions): Promise<Generation> {
    if (request.suffix !== undefined) throw onlyTheOther('suffix', 'its binding has no infill')
    if (request.promptLogprobs) throw onlyTheOther('generationKwargs.echo', 'with log probabilities')
    return this.#underway.run(options, (linked) =>
      this.#answer(request, linked, () => this.#writer.completion(request)),
    )
  }

  async countTokens(request: Pick<ChatRequest, 'messages' | 'tools' | 'templateKwargs'>): Promise<number> {
    const prepared = this.#writer.chat({
      ...request,
      toolChoice: request.tools.length === 0 ? 'none' : 'auto',
      constraint: undefined,
      reasoning: { enabled: undefined, budget: undefined, format: 'separate' },
    })
    return (await this.#writer.tokens(prepared)).length
  }

  async tokenize(text: string): Promise<readonly number[]> {
    const { tokens: always } = await this.#native.ctx.tokenize('')
    const ids: number[] = []
    for (const piece of this.#plain.pieces(text)) {
      const { tokens } = await this.#native.ctx.tokenize(piece)
      if (piece !== '') ids.push(...tokens.slice(always.length))
    }
    return ids
  }

  async saveState(): Promise<number> {
    throw onlyTheOther('stateFolder', 'its binding writes what a slot holds at the end of a request only')
  }

  async loadState(): Promise<number> {
    throw onlyTheOther(
      'stateFolder',
      'its binding reads what a slot holds at the beginning of a request only',
    )
  }

  async dispose(): Promise<void> {
    const closed = requestClosed()
    const ended = this.#underway.close(closed)
    this.#slots.close(closed)
    await ended
    for (let waited = 0; waited < LAST_STEP_MS && this.#isBusy(); waited += POLL_MS) await setTimeout(POLL_MS)
    await this.#native.release()
  }

  #isBusy(): boolean {
    const { active_slots, queued_requests } = this.#native.ctx.getParallelStatus()
    return active_slots + queued_requests > 0
  }

  async #answer(
    request: GenerationRequest,
    options: RequestOptions,
    prepare: () => Prepared | Promise<Prepared>,
  ): Promise<Generation> {
    refuseForeign(request)
    const sampling = samplingOptions(request.sampling)
    const prepared = await prepare()
    const promptTokens = await this.#countInTurn(prepared)
    const limit = this.#limit(promptTokens, request.maxTokens)
    const asked = performance.now()
    const slot = await this.#slots.acquire(options.signal)
    const queueMs = performance.now() - asked
    try {
      const { turnStops, endsThoughts } = prepared
      const native = {
        ...prepared.options,
        ...sampling,
        prompt: prepared.prompt,
        media_paths: prepared.media,
        n_predict: limit,
        stop: [...request.stop, ...(endsThoughts ? [] : turnStops)],
      }
      const generation = await runRequest(
        this.#native.ctx,
        { ...prepared, options: native, promptTokens, stops: request.stop },
        options,
      )
      if (generation.finishReason === 'aborted') this.#underway.throwIfClosed()
      return { ...generation, queueMs }
    } finally {
      this.#slots.release(slot)
    }
  }

  /** One after the other: the binding counts several at once, and requests shall queue in the order they came in. */
  #countInTurn(prepared: Prepared): Promise<number> {
    const counting = this.#counting.then(async () => (await this.#writer.tokens(prepared)).length)
    this.#counting = counting.catch(() => undefined)
    return counting
  }

  #limit(promptTokens: number, maxTokens: number | undefined): number {
    const { contextSize } = this
    if (promptTokens < contextSize)
      return Math.min(maxTokens ?? Number.POSITIVE_INFINITY, contextSize - promptTokens)
    throw new LlamaCppError(
      'CONTEXT_OVERFLOW',
      `The prompt has ${promptTokens} tokens, but the context holds ${contextSize} and needs room for the reply. Shorten the prompt, or raise nCtx.`,
      { actual: promptTokens, expected: contextSize },
    )
  }
}

function refuseForeign({ contextShift, logprobs }: GenerationRequest): void {
  if (contextShift)
    throw onlyTheOther('generationKwargs.contextShift', 'its queue of slots ends a reply there')
  if (logprobs !== undefined) {
    throw onlyTheOther('generationKwargs.logprobs', 'its binding tells probabilities after truncation only')
  }
}
