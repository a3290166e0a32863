import type { cacheTypes, EngineName, numaStrategies, poolings } from '../options/options.ts'
import type { ChatRequest, CompletionRequest, Generation, RequestOptions } from './request.ts'

/**
 * What every engine does, and nothing of how. An engine loads weights; weights open contexts, each with slots of its
 * own; a context answers requests. Above this line no native binding is known.
 */
export interface Engine {
  readonly name: EngineName
  /** False where the engine answers without the files of models: then they are neither looked for nor looked at. */
  readonly needsFiles?: boolean
  /** False where every component needs a load of its own, whatever the others have loaded. */
  readonly sharesWeights?: boolean
  /** @throws LlamaCppError for a file that cannot be loaded; the reason of the signal when it aborts */
  load(spec: WeightsSpec, options: LoadingOptions): Promise<Weights>
}

/** What decides whether two components can share one load. All of it is data, as in the other specs. */
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
  /** Whether loading could end the process: then an engine that may goes into one of its own. */
  readonly risky?: boolean
}

export interface LoadingOptions {
  readonly signal?: AbortSignal | undefined
  /** From 0 to 1. */
  readonly onProgress?: ((fraction: number) => void) | undefined
  /** The model as the user named it: what recordings know it by. */
  readonly modelName?: string | undefined
}

/** What a user should know of a model that works, but not as it was meant to. */
export interface EngineWarning {
  readonly code: EngineWarningCode
  readonly message: string
}

export type EngineWarningCode = 'GPU_UNAVAILABLE' | 'THREADS_EXCEED_CORES' | 'SLOW_BINARY' | 'MODEL_UNUSUAL'

/** A model in memory, which several contexts share. */
export interface Weights {
  /** What evaluates it: `cpu`, or what its GPU is driven by, as in `cuda`. Undefined where nothing is evaluated. */
  readonly device?: string | undefined
  /** What was found while it was loaded. */
  readonly warnings?: readonly EngineWarning[] | undefined
  /** The size of the file in bytes. */
  readonly bytes: number
  /** The context the model was trained with, in tokens. */
  readonly trainedContext: number
  open(spec: ContextSpec, options: LoadingOptions): Promise<ModelContext>
  openEmbedding(spec: EmbeddingSpec, options: LoadingOptions): Promise<EmbeddingContext>
  /** @throws LlamaCppError `MODEL_UNSUPPORTED` for a model that was not made to rank */
  openRanking(spec: EmbeddingSpec, options: LoadingOptions): Promise<RankingContext>
  dispose(): Promise<void>
}

/** What contexts of all kinds are made with. */
export interface EmbeddingSpec {
  /** Tokens per slot; 0 for what the model was trained with. */
  readonly nCtx: number
  readonly nBatch: number
  /** How many requests are evaluated at once. */
  readonly slots: number
  /** Undefined: by the cores that there are, the size of the model and where its layers are. */
  readonly nThreads: number | undefined
  readonly flashAttn: boolean
  /** How the vectors of the tokens become one; undefined for what the model says. */
  readonly pooling?: (typeof poolings)[number] | undefined
}

export interface ContextSpec extends Omit<EmbeddingSpec, 'pooling'> {
  readonly nUbatch: number | undefined
  readonly swaFull: boolean | undefined
  readonly noPerf: boolean | undefined
  readonly typeK: keyof typeof cacheTypes | undefined
  readonly typeV: keyof typeof cacheTypes | undefined
  readonly ropeFreqBase: number | undefined
  readonly ropeFreqScale: number | undefined
  readonly lora: { readonly path: string; readonly scale: number } | undefined
  /** A Jinja template in place of the model's own. */
  readonly chatTemplate: string | undefined
  readonly draft: DraftSpec | undefined
  readonly projector: ProjectorSpec | undefined
}

/** Where guesses at the next tokens come from, of which several are checked in one evaluation. */
export type DraftSpec =
  | { readonly kind: 'promptLookup'; readonly maxNgramSize: number; readonly numPredTokens: number }
  | { readonly kind: 'model'; readonly path: string; readonly numPredTokens: number }

/** The part of a model that turns images and sound into tokens: an mmproj file. */
export interface ProjectorSpec {
  /** An absolute path. */
  readonly path: string
  readonly useGpu: boolean
}

/** The slots of one generator. More requests than slots queue. */
export interface ModelContext {
  /** Tokens that one slot holds. */
  readonly contextSize: number
  /**
   * Answers the conversation. Resolves with what was generated so far and the reason `aborted` when the signal aborts
   * after the first token; rejects with the signal's reason before that.
   */
  chat(request: ChatRequest, options: RequestOptions): Promise<Generation>
  /**
   * Continues the prompt; with a suffix, fills the gap before it. Aborts as `chat` does.
   *
   * @throws LlamaCppError `MODEL_UNSUPPORTED` for a suffix where the model has no infill tokens
   */
  complete(request: CompletionRequest, options: RequestOptions): Promise<Generation>
  /** How many tokens the prompt of the conversation takes, with the tools and the cue for the answer. */
  countTokens(request: Pick<ChatRequest, 'messages' | 'tools' | 'templateKwargs'>): Promise<number>
  /** The token ids of a text, in which control tokens mean nothing. */
  tokenize(text: string): Promise<readonly number[]>
  /** Writes what the free slots hold into files in a folder, for `loadState`. Resolves with how many slots were written. */
  saveState(folder: string, options: LoadingOptions): Promise<number>
  /** Reads it back into free slots. The files must come from the same model and options: that is the caller's to check. */
  loadState(folder: string, options: LoadingOptions): Promise<number>
  /** Ends what waits or runs with the error `CLOSED`, then frees the memory. */
  dispose(): Promise<void>
}

export interface BatchOptions {
  readonly signal: AbortSignal | undefined
  /** What to do with a text that does not fit the context: cut its end off, or fail with `CONTEXT_OVERFLOW`. */
  readonly truncate: boolean
  /** Called after each text, with how many are done. */
  readonly onDone?: ((done: number, total: number) => void) | undefined
}

export interface EmbeddingContext {
  readonly contextSize: number
  /** The length of each vector. */
  readonly dimensions: number
  /** In the order of the texts; not normalised. The slots work on several at once. */
  embed(texts: readonly string[], options: BatchOptions): Promise<readonly TextEmbedding[]>
  dispose(): Promise<void>
}

export interface TextEmbedding {
  readonly vector: readonly number[]
  readonly tokens: number
  /** Whether the end of the text was cut off. */
  readonly truncated: boolean
}

export interface RankingContext {
  readonly contextSize: number
  /** How well each text answers the query, from 0 to 1, in the order of the texts. */
  rank(query: string, texts: readonly string[], options: BatchOptions): Promise<readonly TextScore[]>
  dispose(): Promise<void>
}

export interface TextScore {
  readonly score: number
  readonly tokens: number
  readonly truncated: boolean
}
