import type * as Binding from 'node-llama-cpp'
import { LlamaCppError } from '../errors.ts'
import type {
  ContextSpec,
  DraftSpec,
  EmbeddingContext,
  EmbeddingSpec,
  Engine,
  EngineWarning,
  LoadingOptions,
  ModelContext,
  RankingContext,
  Weights,
  WeightsSpec,
} from './engine.ts'
import { backendFor, deviceOf, gpuWarnings, loadBinding, log } from './node-llama-cpp/backend.ts'
import { contextFailure, loadFailure } from './node-llama-cpp/failures.ts'
import { OpenContext } from './node-llama-cpp/open-context.ts'
import { ChatRenderer } from './node-llama-cpp/prompt/chat-renderer.ts'
import { openDrafts } from './node-llama-cpp/sampling/draft.ts'
import { guardSampling } from './node-llama-cpp/sampling/native-sampling.ts'
import { openEmbedding, openRanking } from './node-llama-cpp/texts/open-text-contexts.ts'
import { threadsFor, type WithThreads } from './threads.ts'

/** The engine for text: batches its slots, and is the only place that loads the binding, when a model is loaded. */
export const nodeLlamaCpp: Engine = {
  name: 'node-llama-cpp',
  async load(spec: WeightsSpec, options: LoadingOptions): Promise<Weights> {
    const binding = await loadBinding()
    const llama = await backendFor(binding, spec)
    const mark = log.mark(spec.verbose)
    if (spec.verbose) llama.logLevel = binding.LlamaLogLevel.debug
    try {
      const model = await llama.loadModel({
        modelPath: spec.modelPath,
        gpuLayers: spec.nGpuLayers === -1 ? 'max' : spec.nGpuLayers,
        useMmap: spec.useMmap,
        useMlock: spec.useMlock,
        metadataOverrides: nested(spec.kvOverrides) as NonNullable<
          Binding.LlamaModelOptions['metadataOverrides']
        >,
        ...(options.onProgress ? { onLoadProgress: options.onProgress } : {}),
        ...(options.signal ? { loadSignal: options.signal } : {}),
      })
      const device = deviceOf(llama, model)
      const warnings = await gpuWarnings(binding, spec.nGpuLayers, device)
      return new LoadedWeights({ binding, llama, model, spec, device, warnings })
    } catch (cause) {
      if (options.signal?.aborted) throw options.signal.reason
      throw await loadFailure(cause, spec.modelPath, await log.since(mark), binding)
    }
  },
}

/** `{ 'a.b': 1 }` as `{ a: { b: 1 } }`. */
function nested(flat: Readonly<Record<string, unknown>>): object {
  const root: Record<string, unknown> = Object.create(null)
  for (const [path, value] of Object.entries(flat)) {
    const keys = path.split('.')
    const last = keys.pop() as string
    let place = root
    for (const key of keys) {
      if (typeof place[key] !== 'object') place[key] = Object.create(null)
      place = place[key] as Record<string, unknown>
    }
    place[last] = value
  }
  return root
}

interface Loaded {
  readonly binding: typeof Binding
  readonly llama: Binding.Llama
  readonly model: Binding.LlamaModel
  readonly spec: WeightsSpec
  readonly device: string
  readonly warnings: readonly EngineWarning[]
}

class LoadedWeights implements Weights {
  readonly device: string
  readonly warnings: readonly EngineWarning[]
  readonly #binding: typeof Binding
  readonly #llama: Binding.Llama
  readonly #model: Binding.LlamaModel
  readonly #spec: WeightsSpec
  /**
   * Set when a context could not be made. The binding counts it as one that uses the model, and never uncounts it once
   * it is collected as garbage: whoever then waits for the model to be disposed waits forever. So does an abort in the
   * middle, which is why the binding is not told of one.
   */
  #disposalMayHang = false

  constructor({ binding, llama, model, spec, device, warnings }: Loaded) {
    this.device = device
    this.warnings = warnings
    this.#binding = binding
    this.#llama = llama
    this.#model = model
    this.#spec = spec
  }

  get bytes(): number {
    return this.#model.size
  }

  get trainedContext(): number {
    return this.#model.trainContextSize
  }

  async open(spec: ContextSpec, options: LoadingOptions): Promise<ModelContext> {
    const contextSize = spec.nCtx === 0 ? this.#model.trainContextSize : spec.nCtx
    const batchSize = Math.min(spec.nBatch, contextSize)
    const mark = log.mark(false)
    const threads = this.#threads(spec)
    const renderer = new ChatRenderer(this.#model, spec.chatTemplate, this.#spec.modelPath)
    const drafts =
      spec.draft && (await this.#openDrafts(spec.draft, { ...spec, nThreads: threads }, contextSize, options))
    try {
      const context = await this.#model.createContext({
        contextSize,
        batchSize: batchSize * spec.slots,
        sequences: spec.slots,
        threads,
        flashAttention: spec.flashAttn,
        performanceTracking: spec.noPerf !== true,
        failedCreationRemedy: false,
        ...(spec.swaFull === undefined ? {} : { swaFullCache: spec.swaFull }),
        ...(spec.typeK === undefined ? {} : { experimentalKvCacheKeyType: spec.typeK }),
        ...(spec.typeV === undefined ? {} : { experimentalKvCacheValueType: spec.typeV }),
        ...(spec.lora ? { lora: { adapters: [{ filePath: spec.lora.path, scale: spec.lora.scale }] } } : {}),
      })
      guardSampling(context)
      const opened = new OpenContext(
        { binding: this.#binding, llama: this.#llama, model: this.#model, context, renderer, drafts },
        contextSize,
        batchSize,
      )
      if (!options.signal?.aborted) return opened
      await opened.dispose()
    } catch (cause) {
      this.#disposalMayHang = true
      await drafts?.dispose()
      throw contextFailure(cause, contextSize, spec.slots, await log.since(mark), this.#binding)
    }
    throw options.signal.reason
  }

  #openDrafts(
    draft: DraftSpec,
    spec: WithThreads<ContextSpec>,
    contextSize: number,
    { signal }: LoadingOptions,
  ) {
    const setting = {
      binding: this.#binding,
      llama: this.#llama,
      model: this.#model,
      contextSize,
      nGpuLayers: this.#spec.nGpuLayers,
      signal,
    }
    return openDrafts(draft, spec, setting)
  }

  openEmbedding(spec: EmbeddingSpec, options: LoadingOptions): Promise<EmbeddingContext> {
    return this.#openForTexts(spec, options, openEmbedding)
  }

  openRanking(spec: EmbeddingSpec, options: LoadingOptions): Promise<RankingContext> {
    return this.#openForTexts(spec, options, openRanking)
  }

  async #openForTexts<Context extends EmbeddingContext | RankingContext>(
    spec: EmbeddingSpec,
    { signal }: LoadingOptions,
    open: (model: Binding.LlamaModel, spec: WithThreads<EmbeddingSpec>) => Promise<Context>,
  ): Promise<Context> {
    const mark = log.mark(false)
    try {
      const opened = await open(this.#model, { ...spec, nThreads: this.#threads(spec) })
      if (!signal?.aborted) return opened
      await opened.dispose()
    } catch (cause) {
      if (LlamaCppError.isInstance(cause)) throw cause
      this.#disposalMayHang = true
      const contextSize = spec.nCtx || this.#model.trainContextSize
      throw contextFailure(cause, contextSize, spec.slots, await log.since(mark), this.#binding)
    }
    throw signal.reason
  }

  /** How many threads a context gets. Those of all contexts share a limit: a number that was asked for is not cut down to it. */
  #threads({ nThreads }: Pick<EmbeddingSpec, 'nThreads'>): number {
    const { size, gpuLayers, fileInsights } = this.#model
    const allOnGpu = this.device !== 'cpu' && gpuLayers >= fileInsights.totalLayers
    const threads = nThreads ?? threadsFor(size, this.#llama.cpuMathCores, allOnGpu)
    this.#llama.maxThreads = Math.max(this.#llama.maxThreads, threads)
    return threads
  }

  async dispose(): Promise<void> {
    const disposing = this.#model.dispose()
    if (!this.#disposalMayHang) await disposing
  }
}
