import type { ChatMessage } from '@millrace/core'
import type { cacheTypes, EngineName, numaStrategies } from '../options.ts'

/**
 * What every engine does, and nothing of how. An engine loads weights; weights open contexts, each with slots of its
 * own; a context answers requests. Above this line no native binding is known.
 */
export interface Engine {
  readonly name: EngineName
  /** @throws LlamaCppError for a file that cannot be loaded; the reason of the signal when it aborts */
  load(spec: WeightsSpec, options: LoadingOptions): Promise<Weights>
}

/** What decides whether two components can share one load. */
export interface WeightsSpec {
  /** An absolute path. */
  readonly modelPath: string
  /** -1 for all. */
  readonly nGpuLayers: number
  readonly useMmap: boolean
  readonly useMlock: boolean
  readonly kvOverrides: Readonly<Record<string, string | number | boolean>>
  readonly numa: (typeof numaStrategies)[number]
  readonly verbose: boolean
}

export interface LoadingOptions {
  readonly signal?: AbortSignal
  /** From 0 to 1. */
  readonly onProgress?: (fraction: number) => void
}

export interface Weights {
  /** The size of the file in bytes. */
  readonly bytes: number
  /** The context the model was trained with, in tokens. */
  readonly trainedContext: number
  open(spec: ContextSpec, options: LoadingOptions): Promise<ModelContext>
  dispose(): Promise<void>
}

export interface ContextSpec {
  /** Tokens per slot; 0 for what the model was trained with. */
  readonly nCtx: number
  readonly nBatch: number
  /** How many requests are evaluated at once. */
  readonly slots: number
  readonly nThreads: number
  readonly flashAttn: boolean
  readonly swaFull: boolean | undefined
  readonly noPerf: boolean | undefined
  readonly typeK: keyof typeof cacheTypes | undefined
  readonly typeV: keyof typeof cacheTypes | undefined
  readonly lora: { readonly path: string; readonly scale: number } | undefined
}

export interface ModelContext {
  /** Tokens that one slot holds. */
  readonly contextSize: number
  /**
   * Answers the conversation. Resolves with what was generated so far and the reason `aborted` when the signal aborts
   * after the first token; rejects with the signal's reason before that.
   */
  chat(request: ChatRequest, options: RequestOptions): Promise<Generation>
  /** How many tokens the conversation takes, with the cue for the answer. */
  countTokens(messages: readonly ChatMessage[]): number
  /** Ends what waits or runs with the error `CLOSED`, then frees the memory. */
  dispose(): Promise<void>
}

export interface ChatRequest {
  readonly messages: readonly ChatMessage[]
  readonly sampling: Sampling
  /** Undefined: as many as fit. */
  readonly maxTokens: number | undefined
  readonly stop: readonly string[]
  readonly constraint: Constraint | undefined
  readonly contextShift: boolean
}

/** Every field always has a value: the defaults of the bindings differ from ours and from each other. */
export interface Sampling {
  /** 0: greedy. Below 0: the plain distribution, without any truncation. */
  readonly temperature: number
  readonly topK: number
  readonly topP: number
  readonly minP: number
  readonly seed: number
  readonly repeatPenalty: number
  readonly frequencyPenalty: number
  readonly presencePenalty: number
  /** How many of the last tokens the penalties look at. */
  readonly penaltyWindow: number
  readonly logitBias: Readonly<Record<string, number>>
}

/** What the reply must obey. */
export type Constraint =
  | { readonly kind: 'grammar'; readonly gbnf: string }
  | { readonly kind: 'json'; readonly schema: Readonly<Record<string, unknown>> | undefined }

export interface RequestOptions {
  readonly signal: AbortSignal | undefined
  /** Called with each new piece of text, never empty. The next token waits for its promise. */
  readonly onText?: (text: string) => void | Promise<void>
  /** Called between the slices of a prompt that takes several, which wait for its promise. */
  readonly onPromptProgress?: (doneTokens: number, totalTokens: number) => void | Promise<void>
}

export interface Generation {
  readonly text: string
  readonly finishReason: 'stop' | 'length' | 'aborted'
  readonly promptTokens: number
  /** Tokens of the prompt that a slot still held from an earlier request. */
  readonly cachedTokens: number
  readonly completionTokens: number
  /** Milliseconds in the queue, with the prompt, and with the reply. */
  readonly queueMs: number
  readonly promptMs: number
  readonly predictedMs: number
}
