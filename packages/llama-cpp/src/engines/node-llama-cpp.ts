import type * as Binding from 'node-llama-cpp'
import { LlamaCppError } from '../errors.ts'
import type {
  ContextSpec,
  DraftSpec,
  EmbeddingContext,
  EmbeddingSpec,
  Engine,
  LoadingOptions,
  ModelContext,
  RankingContext,
  Weights,
  WeightsSpec,
} from './engine.ts'
import { contextFailure, loadFailure, unavailable } from './node-llama-cpp/failures.ts'
import { NativeLog } from './node-llama-cpp/native-log.ts'
import { OpenContext } from './node-llama-cpp/open-context.ts'
import { ChatRenderer } from './node-llama-cpp/prompt/chat-renderer.ts'
import { openDrafts } from './node-llama-cpp/sampling/draft.ts'
import { orderLogits } from './node-llama-cpp/sampling/ordered-logits.ts'
import { openEmbedding, openRanking } from './node-llama-cpp/texts/open-text-contexts.ts'
import { usableCores } from './threads.ts'

interface Backend {
  readonly numa: WeightsSpec['numa']
  readonly llama: Promise<Binding.Llama>
}

const log = new NativeLog()
const backends = new Map<'auto' | false, Backend>()

/** The engine for text: batches its slots, and is the only place that loads the binding, when a model is loaded. */
export const nodeLlamaCpp: Engine = {
  name: 'node-llama-cpp',
  async load(spec: WeightsSpec, options: LoadingOptions): Promise<Weights> {
    const binding = await loadBinding()
    const llama = await backend(binding, spec)
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
      return new LoadedWeights(binding, llama, model, spec)
    } catch (cause) {
      if (options.signal?.aborted) throw options.signal.reason
      throw await loadFailure(cause, spec.modelPath, await log.since(mark), binding)
    }
  },
}

async function loadBinding(): Promise<typeof Binding> {
  try {
    return await import('node-llama-cpp')
  } catch (cause) {
    throw unavailable(cause)
  }
}

/**
 * One native backend with a GPU and one without, for the life of the process: it holds no model. Where there is no GPU
 * they are the same, for a second one on the same library would cut the log of the first off and print it to stdout.
 */
async function backend(binding: typeof Binding, { nGpuLayers, numa }: WeightsSpec): Promise<Binding.Llama> {
  const hasGpu =
    nGpuLayers !== 0 && (await binding.getLlamaGpuTypes('supported')).some((type) => type !== false)
  const gpu = hasGpu ? 'auto' : false
  const present = backends.get(gpu)
  if (present) {
    if (numa !== false && numa !== present.numa) throw numaSettled(numa, present.numa)
    return present.llama
  }
  const llama = binding
    .getLlama({
      gpu,
      numa,
      build: 'never',
      skipDownload: true,
      progressLogs: false,
      maxThreads: usableCores(),
      logLevel: binding.LlamaLogLevel.warn,
      logger: (level, message) => log.write(level, message),
    })
    .catch((cause) => {
      backends.delete(gpu)
      throw unavailable(cause)
    })
  backends.set(gpu, { numa, llama })
  return llama
}

function numaSettled(wanted: WeightsSpec['numa'], present: WeightsSpec['numa']): LlamaCppError {
  return new LlamaCppError(
    'OPTION_INVALID',
    `Option 'modelKwargs.numa' cannot be '${wanted}': llama.cpp takes one strategy for a process, and the first model was loaded with ${present === false ? 'none' : `'${present}'`}.`,
    { option: 'modelKwargs.numa' },
  )
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

class LoadedWeights implements Weights {
  readonly #binding: typeof Binding
  readonly #llama: Binding.Llama
  readonly #model: Binding.LlamaModel
  readonly #spec: WeightsSpec
  /**
   * Set when a context could not be made. The binding counts it as one that uses the model, and never uncounts it once
   * it is collected as garbage: whoever then waits for the model to be disposed waits forever. So does an abort in the
   * middle, which is why the binding is not told of one.
   */
  #holdsOn = false

  constructor(binding: typeof Binding, llama: Binding.Llama, model: Binding.LlamaModel, spec: WeightsSpec) {
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
    // The threads of all contexts share this limit; a number that was asked for is not cut down to it.
    this.#llama.maxThreads = Math.max(this.#llama.maxThreads, spec.nThreads)
    const renderer = new ChatRenderer(this.#model, spec.chatTemplate, this.#spec.modelPath)
    const drafts = spec.draft && (await this.#openDrafts(spec.draft, spec, contextSize, options))
    try {
      const context = await this.#model.createContext({
        contextSize,
        batchSize: batchSize * spec.slots,
        sequences: spec.slots,
        threads: spec.nThreads,
        flashAttention: spec.flashAttn,
        performanceTracking: spec.noPerf !== true,
        failedCreationRemedy: false,
        ...(spec.swaFull === undefined ? {} : { swaFullCache: spec.swaFull }),
        ...(spec.typeK === undefined ? {} : { experimentalKvCacheKeyType: spec.typeK }),
        ...(spec.typeV === undefined ? {} : { experimentalKvCacheValueType: spec.typeV }),
        ...(spec.lora ? { lora: { adapters: [{ filePath: spec.lora.path, scale: spec.lora.scale }] } } : {}),
      })
      orderLogits(context)
      const opened = new OpenContext(
        { binding: this.#binding, llama: this.#llama, model: this.#model, context, renderer, drafts },
        contextSize,
        batchSize,
      )
      if (!options.signal?.aborted) return opened
      await opened.dispose()
    } catch (cause) {
      this.#holdsOn = true
      await drafts?.dispose()
      throw contextFailure(cause, contextSize, spec.slots, await log.since(mark), this.#binding)
    }
    throw options.signal.reason
  }

  #openDrafts(draft: DraftSpec, spec: ContextSpec, contextSize: number, { signal }: LoadingOptions) {
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
    open: (model: Binding.LlamaModel, spec: EmbeddingSpec) => Promise<Context>,
  ): Promise<Context> {
    const mark = log.mark(false)
    this.#llama.maxThreads = Math.max(this.#llama.maxThreads, spec.nThreads)
    try {
      const opened = await open(this.#model, spec)
      if (!signal?.aborted) return opened
      await opened.dispose()
    } catch (cause) {
      if (LlamaCppError.isInstance(cause)) throw cause
      this.#holdsOn = true
      const contextSize = spec.nCtx || this.#model.trainContextSize
      throw contextFailure(cause, contextSize, spec.slots, await log.since(mark), this.#binding)
    }
    throw signal.reason
  }

  async dispose(): Promise<void> {
    const disposing = this.#model.dispose()
    if (!this.#holdsOn) await disposing
  }
}
