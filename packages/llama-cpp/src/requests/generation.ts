import { randomInt } from 'node:crypto'
import type { JsonObject, ValueOf } from '@millrace/core'
import { chatFormatStops } from '../chat-formats/chat-format.ts'
import type { ChatRequest, Constraint, GenerationRequest, Sampling } from '../engines/request.ts'
import type { GenerationOptions, generationOptions, samplingFields } from '../options/generation-options.ts'
import { type LoadOptions, RANDOM_SEED } from '../options/options.ts'

/** llama-cpp-python's defaults for chats. Always passed on: those of the bindings differ. */
const defaults = {
  temperature: 0.2,
  topK: 40,
  topP: 0.95,
  minP: 0.05,
  repeatPenalty: 1,
  frequencyPenalty: 0,
  presencePenalty: 0,
  typicalP: 1,
  mirostatMode: 0,
  mirostatTau: 5,
  mirostatEta: 0.1,
} as const satisfies Partial<ValueOf<typeof generationOptions>>

/** Seeds for the requests that bring none: random, or derived one after the other from the seed of the model. */
export class Seeds {
  #state: number | undefined

  constructor(seed: number | undefined) {
    this.#state = seed === RANDOM_SEED ? undefined : seed
  }

  /** Whether they differ from one process to the next. */
  get random(): boolean {
    return this.#state === undefined
  }

  /** The step and mixing of splitmix32. */
  next(): number {
    if (this.#state === undefined) return randomInt(RANDOM_SEED)
    this.#state = (this.#state + 0x9e3779b9) >>> 0
    let mixed = this.#state
    mixed = Math.imul(mixed ^ (mixed >>> 16), 0x21f0aaad)
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97)
    return (mixed ^ (mixed >>> 15)) >>> 0
  }
}

/** The options of the run over those of the component, key by key. A key without a value changes nothing. */
export function mergeOptions<Options extends object = GenerationOptions>(
  atConstruction?: NoInfer<Options>,
  atRun?: NoInfer<Options>,
): Options {
  const given = Object.entries(atRun ?? {}).filter(([, value]) => value !== undefined)
  return { ...atConstruction, ...Object.fromEntries(given) } as Options
}

/** What chats and completions ask of the engine alike. */
export function sharedRequest(
  given: Pick<GenerationOptions, keyof typeof samplingFields | 'temperature'>,
  load: LoadOptions,
  seeds: Seeds,
): Pick<GenerationRequest, 'sampling' | 'maxTokens' | 'stop' | 'contextShift'> {
  const sampling: Sampling = {
    temperature: given.temperature ?? defaults.temperature,
    topK: given.topK ?? defaults.topK,
    topP: given.topP ?? defaults.topP,
    minP: given.minP ?? defaults.minP,
    repeatPenalty: given.repeatPenalty ?? defaults.repeatPenalty,
    frequencyPenalty: given.frequencyPenalty ?? defaults.frequencyPenalty,
    presencePenalty: given.presencePenalty ?? defaults.presencePenalty,
    typicalP: given.typicalP ?? defaults.typicalP,
    mirostatMode: given.mirostatMode ?? defaults.mirostatMode,
    mirostatTau: given.mirostatTau ?? defaults.mirostatTau,
    mirostatEta: given.mirostatEta ?? defaults.mirostatEta,
    seed: given.seed ?? seeds.next(),
    ...(typeof given.seed !== 'number' && seeds.random ? { seedDrawn: true } : {}),
    penaltyWindow: load.lastNTokensSize ?? 64,
    logitBias: given.logitBias ?? {},
  }
  const maxTokens = given.maxTokens ?? 0
  return {
    sampling,
    maxTokens: maxTokens < 1 ? undefined : maxTokens,
    stop: [given.stop ?? [], formatStops(load.chatFormat)].flat(),
    contextShift: given.contextShift ?? false,
  }
}

/** What a chat asks of the engine besides its messages. */
export function generationRequest(
  given: GenerationOptions,
  load: LoadOptions,
  seeds: Seeds,
): Omit<ChatRequest, 'messages' | 'tools'> {
  return {
    ...sharedRequest(given, load, seeds),
    constraint: constraintOf(given),
    logprobs: given.logprobs ? (given.topLogprobs ?? 0) : undefined,
    toolChoice: given.toolChoice ?? given.functionCall ?? 'auto',
    parallelToolCalls: given.parallelToolCalls,
    reasoning: {
      enabled: given.enableThinking,
      budget: given.reasoningBudget,
      format: given.reasoningFormat ?? 'separate',
    },
    templateKwargs: (given.chatTemplateKwargs ?? {}) as JsonObject,
  }
}

/** What ends an answer in a chat format of another model, where its end mark is text. */
function formatStops(format: string | undefined): readonly string[] {
  return format === undefined ? [] : chatFormatStops(format)
}

function constraintOf({ grammar, responseFormat }: GenerationOptions): Constraint | undefined {
  if (typeof grammar === 'string') return { kind: 'grammar', gbnf: grammar }
  if (responseFormat?.type === 'jsonObject') return { kind: 'json', schema: responseFormat.schema }
  return undefined
}
