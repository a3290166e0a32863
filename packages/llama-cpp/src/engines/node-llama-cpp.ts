import type { ChatMessage } from '@millrace/core'
import type * as Binding from 'node-llama-cpp'
import { LlamaCppError } from '../errors.ts'
import { SlotPool } from '../slots.ts'
import { usableCores } from '../threads.ts'
import type {
  ChatRequest,
  ContextSpec,
  Engine,
  Generation,
  LoadingOptions,
  ModelContext,
  RequestOptions,
  Weights,
  WeightsSpec,
} from './engine.ts'
import { contextFailure, engineFailure, loadFailure, unavailable } from './node-llama-cpp/failures.ts'
import { generate } from './node-llama-cpp/generate.ts'
import { NativeLog } from './node-llama-cpp/native-log.ts'
import { sharedPrefix } from './node-llama-cpp/prefill.ts'
import { type Prompt, renderPrompt } from './node-llama-cpp/prompt.ts'
import { makeGrammar } from './node-llama-cpp/sampling.ts'

const log = new NativeLog()
const backends = new Map<string, Promise<Binding.Llama>>()

/** The engine for text: batches its slots, and is the only place that loads the binding, when a model is loaded. */
export const nodeLlamaCpp: Engine = {
  name: 'node-llama-cpp',
  async load(spec: WeightsSpec, options: LoadingOptions): Promise<Weights> {
    const binding = await loadBinding()
    const llama = await backend(binding, spec)
    const mark = log.mark(spec.verbose)
    try {
      const model = await llama.loadModel({
        modelPath: spec.modelPath,
        gpuLayers: spec.nGpuLayers === -1 ? 'max' : spec.nGpuLayers,
        vocabOnly: spec.vocabOnly,
        useMmap: spec.useMmap,
        useMlock: spec.useMlock,
        metadataOverrides: nested(spec.kvOverrides) as NonNullable<
          Binding.LlamaModelOptions['metadataOverrides']
        >,
        ...(options.onProgress ? { onLoadProgress: options.onProgress } : {}),
        ...(options.signal ? { loadSignal: options.signal } : {}),
      })
      return new LoadedWeights(binding, llama, model)
    } catch (cause) {
      if (options.signal?.aborted) throw options.signal.reason
      throw loadFailure(cause, spec.modelPath, log.since(mark), binding)
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

/** One native backend for each way of using the hardware, for the life of the process: it holds no model. */
function backend(binding: typeof Binding, { nGpuLayers, numa }: WeightsSpec): Promise<Binding.Llama> {
  const gpu = nGpuLayers === 0 ? false : 'auto'
  const key = JSON.stringify([gpu, numa])
  let starting = backends.get(key)
  if (starting === undefined) {
    starting = binding
      .getLlama({
        gpu,
        numa: numa === true ? 'distribute' : numa,
        build: 'never',
        skipDownload: true,
        progressLogs: false,
        maxThreads: usableCores(),
        logLevel: binding.LlamaLogLevel.debug,
        logger: (level, message) => log.write(level, message),
      })
      .catch((cause) => {
        backends.delete(key)
        throw unavailable(cause)
      })
    backends.set(key, starting)
  }
  return starting
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

  constructor(binding: typeof Binding, llama: Binding.Llama, model: Binding.LlamaModel) {
    this.#binding = binding
    this.#llama = llama
    this.#model = model
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
        ...(spec.typeK === undefined ? {} : { experimentalKvCacheKeyType: spec.typeK as 'F16' }),
        ...(spec.typeV === undefined ? {} : { experimentalKvCacheValueType: spec.typeV as 'F16' }),
        ...(spec.lora ? { lora: { adapters: [{ filePath: spec.lora.path, scale: spec.lora.scale }] } } : {}),
        ...(options.signal ? { createSignal: options.signal } : {}),
      })
      const wrapper = this.#binding.resolveChatWrapper(this.#model, { warningLogs: false })
      return new OpenContext(
        { binding: this.#binding, llama: this.#llama, model: this.#model, context, wrapper },
        contextSize,
        batchSize,
      )
    } catch (cause) {
      if (options.signal?.aborted) throw options.signal.reason
      throw contextFailure(cause, contextSize, spec.slots, log.since(mark), this.#binding)
    }
  }

  async dispose(): Promise<void> {
    await this.#model.dispose()
  }
}

interface Natives {
  readonly binding: typeof Binding
  readonly llama: Binding.Llama
  readonly model: Binding.LlamaModel
  readonly context: Binding.LlamaContext
  readonly wrapper: Binding.ChatWrapper
}

class OpenContext implements ModelContext {
  readonly contextSize: number
  readonly #natives: Natives
  readonly #batchSize: number
  readonly #slots: SlotPool<Binding.LlamaContextSequence>
  readonly #requests = new Set<Promise<unknown>>()

  constructor(natives: Natives, contextSize: number, batchSize: number) {
    this.contextSize = contextSize
    this.#natives = natives
    this.#batchSize = batchSize
    const { context } = natives
    this.#slots = new SlotPool(Array.from({ length: context.totalSequences }, () => context.getSequence()))
  }

  chat(request: ChatRequest, options: RequestOptions): Promise<Generation> {
    const answering = this.#chat(request, options)
    this.#requests.add(answering)
    const forget = () => this.#requests.delete(answering)
    answering.then(forget, forget)
    return answering
  }

  async #chat(request: ChatRequest, options: RequestOptions): Promise<Generation> {
    const { binding, llama, model } = this.#natives
    const prompt = this.#render(request.messages)
    const grammar = request.constraint ? await makeGrammar(request.constraint, llama) : undefined
    const asked = performance.now()
    const sequence = await this.#slots.acquire(options.signal, (slot) => sharedPrefix(slot, prompt.tokens))
    const queueMs = performance.now() - asked
    try {
      const setting = {
        binding,
        model,
        sequence,
        contextSize: this.contextSize,
        batchSize: this.#batchSize,
        grammar,
      }
      return { ...(await generate(setting, prompt, request, options)), queueMs }
    } catch (cause) {
      if (options.signal?.aborted && cause === options.signal.reason) throw cause
      throw engineFailure(cause)
    } finally {
      this.#slots.release(sequence)
    }
  }

  countTokens(messages: readonly ChatMessage[]): number {
    return this.#render(messages).tokens.length
  }

  async dispose(): Promise<void> {
    this.#slots.close(
      new LlamaCppError('CLOSED', 'The model was closed while the request waited for a free slot.'),
    )
    await Promise.allSettled(this.#requests)
    await this.#natives.context.dispose()
  }

  #render(messages: readonly ChatMessage[]): Prompt {
    return renderPrompt(messages, this.#natives.model, this.#natives.wrapper)
  }
}
