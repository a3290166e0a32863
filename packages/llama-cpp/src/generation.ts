import { randomInt } from 'node:crypto'
import type { ValueOf } from '@millrace/core'
import type { ChatRequest, Constraint, Sampling } from './engines/engine.ts'
import { type GenerationOptions, type generationOptions, type LoadOptions, RANDOM_SEED } from './options.ts'

/** llama-cpp-python's defaults for chats. Always passed on: those of the bindings differ. */
const defaults = {
  temperature: 0.2,
  topK: 40,
  topP: 0.95,
  minP: 0.05,
  repeatPenalty: 1,
  frequencyPenalty: 0,
  presencePenalty: 0,
} as const satisfies Partial<ValueOf<typeof generationOptions>>

/** Seeds for the requests that bring none: random, or derived one after the other from the seed of the model. */
export class Seeds {
  #state: number | undefined

  constructor(seed: number | undefined) {
    this.#state = seed === RANDOM_SEED ? undefined : seed
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
export function mergeOptions(
  atConstruction: GenerationOptions = {},
  atRun: GenerationOptions = {},
): GenerationOptions {
  const given = Object.entries(atRun).filter(([, value]) => value !== undefined)
  return { ...atConstruction, ...Object.fromEntries(given) }
}

/** What a request asks of the engine besides its messages. */
export function generationRequest(
  given: GenerationOptions,
  load: LoadOptions,
  seeds: Seeds,
): Omit<ChatRequest, 'messages'> {
  const sampling: Sampling = {
    temperature: given.temperature ?? defaults.temperature,
    topK: given.topK ?? defaults.topK,
    topP: given.topP ?? defaults.topP,
    minP: given.minP ?? defaults.minP,
    repeatPenalty: given.repeatPenalty ?? defaults.repeatPenalty,
    frequencyPenalty: given.frequencyPenalty ?? defaults.frequencyPenalty,
    presencePenalty: given.presencePenalty ?? defaults.presencePenalty,
    seed: given.seed ?? seeds.next(),
    penaltyWindow: load.lastNTokensSize ?? 64,
    logitBias: given.logitBias ?? {},
  }
  const maxTokens = given.maxTokens ?? 0
  return {
    sampling,
    maxTokens: maxTokens < 1 ? undefined : maxTokens,
    stop: [given.stop ?? []].flat(),
    constraint: constraintOf(given),
    contextShift: given.contextShift ?? false,
  }
}

function constraintOf({ grammar, responseFormat }: GenerationOptions): Constraint | undefined {
  if (typeof grammar === 'string') return { kind: 'grammar', gbnf: grammar }
  if (responseFormat?.type === 'jsonObject') return { kind: 'json', schema: responseFormat.schema }
  return undefined
}
