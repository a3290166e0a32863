import { NO_BINARY, unavailable } from './failures.ts'

/**
 * What this engine uses of `@fugood/llama.node`, as it is found at run time: the declared types are wrong in places
 * (`typ_p`, `max_tokens`), and the package offers its sources as types, which no strict compiler takes.
 */
export interface Binding {
  /** Blocks the event loop. A failure is no exception: it ends the process. */
  loadModel(options: NativeLoadOptions): Promise<NativeModel>
  /** What a binary can evaluate on; the ordinary one where none is named. */
  getBackendDevicesInfo(
    variant?: string,
  ): Promise<readonly { readonly backend: string; readonly type: string }[]>
}

export interface NativeModel {
  readonly ctx: NativeContext
  initMultimodal(options: NativeProjector): boolean
  getMultimodalSupport(): { readonly vision: boolean; readonly audio: boolean }
  getLoadedLoraAdapters(): readonly unknown[]
  release(): Promise<void>
}

export interface NativeContext {
  enableParallelMode(options: { readonly n_parallel: number; readonly n_batch: number }): boolean
  /** Ends the process for an image that cannot be decoded, and for a grammar that cannot be read: both are checked before. */
  queueCompletion(
    options: object,
    callback: (error: unknown, result: NativeToken | NativeResult) => void,
  ): { readonly requestId: number }
  /** Nothing is called back any more, not even the end. */
  cancelRequest(requestId: number): void
  getParallelStatus(): { readonly active_slots: number; readonly queued_requests: number }
  /** Control tokens in the text are read as such. A piece of media takes several tokens of the id -1. */
  tokenize(text: string, mediaPaths?: readonly string[]): Promise<{ readonly tokens: Int32Array }>
  detokenize(tokens: readonly number[]): Promise<string>
}

export interface NativeLoadOptions {
  readonly model: string
  readonly [option: string]: unknown
}

export interface NativeProjector {
  readonly path: string
  readonly use_gpu: boolean
}

/** One token. */
export interface NativeToken {
  readonly token: string
}

export interface NativeResult {
  readonly token?: undefined
  readonly text: string
  readonly stopped_eos: boolean
  readonly stopped_limit: boolean
  readonly stopped_word: boolean
  readonly context_full: boolean
  readonly timings: {
    readonly cache_n: number
    readonly prompt_ms: number
    /** Its own tokens alone, where `tokens_predicted` has those of a cancelled request before it, too. */
    readonly predicted_n: number
    readonly predicted_ms: number
  }
}

export const PACKAGE = '@fugood/llama.node'

/** @throws LlamaCppError `ENGINE_UNAVAILABLE` where the package, or its binary for this machine, is not installed */
export async function loadBinding(): Promise<Binding> {
  try {
    const found = (await import(PACKAGE)) as { readonly default?: unknown }
    const binding = (found.default ?? found) as Binding & { isLibVariantAvailable(): Promise<boolean> }
    if (!(await binding.isLibVariantAvailable())) throw new RangeError(NO_BINARY)
    return binding
  } catch (cause) {
    throw unavailable(cause)
  }
}
