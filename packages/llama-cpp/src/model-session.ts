import { basename } from 'node:path'
import { resolveEnvironment, type WarmUpContext } from '@millrace/core'
import { checkLoadOptions } from './check-options.ts'
import type { ContextSpec, Engine, ModelContext, WeightsSpec } from './engines/engine.ts'
import { nodeLlamaCpp } from './engines/node-llama-cpp.ts'
import { LlamaCppError } from './errors.ts'
import { checkGgufHeader } from './gguf-header.ts'
import { resolveModelFile } from './model-uri.ts'
import { type Lease, leaseWeights } from './models.ts'
import type { LoadOptions } from './options.ts'
import { SharedTask } from './shared-task.ts'
import { threadsFor } from './threads.ts'

export interface SessionParameters {
  readonly model: string
  readonly nCtx?: number
  readonly nBatch?: number
  readonly modelKwargs?: LoadOptions
  readonly engine?: 'auto' | 'node-llama-cpp' | 'llama.node'
  readonly slots?: number
}

export interface OpenSession {
  readonly context: ModelContext
  readonly modelPath: string
  readonly lease: Lease
}

/** The model of one component: found, loaded and opened at the first need, freed by `close`, opened again after. */
export class ModelSession {
  readonly engine: Engine
  readonly #parameters: SessionParameters
  #opening: SharedTask<OpenSession> | undefined
  #open: OpenSession | undefined
  /** What the pipeline said at `warmUp`; a run that opens the model by itself goes by it. */
  #places: Pick<WarmUpContext, 'baseDir' | 'resolveFrom'> = {}

  /** @throws LlamaCppError `OPTION_…`, `ENGINE_UNAVAILABLE` */
  constructor(parameters: SessionParameters) {
    this.engine = chooseEngine(parameters.engine ?? 'auto')
    checkLoadOptions(parameters.modelKwargs, this.engine.name)
    this.#parameters = parameters
  }

  /** Concurrent calls share one opening, and each can leave it through its own signal. */
  async open(context: WarmUpContext): Promise<OpenSession> {
    if (this.#open) return this.#open
    const { baseDir, resolveFrom, signal, onProgress } = context
    this.#places = {
      ...this.#places,
      ...(baseDir === undefined ? {} : { baseDir }),
      ...(resolveFrom ? { resolveFrom } : {}),
    }
    if (this.#opening === undefined || this.#opening.abandoned) {
      this.#opening = new SharedTask((shared) =>
        this.#start({ ...this.#places, signal: shared, ...(onProgress ? { onProgress } : {}) }),
      )
    }
    const opening = this.#opening
    try {
      const opened = await opening.join(signal)
      if (this.#opening === opening) this.#open = opened
      return opened
    } catch (error) {
      if (this.#opening === opening && !signal?.aborted) this.#opening = undefined
      throw error
    }
  }

  async close(): Promise<void> {
    const opening = this.#opening
    this.#opening = undefined
    this.#open = undefined
    const opened = await opening?.cancel()
    if (!opened) return
    await opened.context.dispose()
    await opened.lease.release()
  }

  async #start(context: WarmUpContext): Promise<OpenSession> {
    const { signal, onProgress } = context
    const load = resolveEnvironment(this.#parameters.modelKwargs ?? {})
    const model = load.modelPath ?? resolveEnvironment(this.#parameters.model)
    const modelPath = await resolveModelFile(model, {
      baseDir: context.baseDir,
      resolveFrom: context.resolveFrom,
      signal,
      onProgress: ({ downloadedBytes, totalBytes }) =>
        onProgress?.({
          stage: 'downloading',
          subject: model,
          doneBytes: downloadedBytes,
          ...(totalBytes === undefined ? {} : { totalBytes, fraction: downloadedBytes / totalBytes }),
        }),
    })
    await checkGgufHeader(modelPath)
    signal?.throwIfAborted()
    const subject = basename(modelPath)
    const lease = await leaseWeights(this.engine, weightsSpec(modelPath, load), {
      ...(signal ? { signal } : {}),
      onProgress: (fraction) => onProgress?.({ stage: 'loading', subject, fraction }),
    })
    try {
      const spec = contextSpec(this.#parameters, load, lease.weights.bytes)
      return { lease, context: await lease.weights.open(spec, signal ? { signal } : {}), modelPath }
    } catch (error) {
      await lease.release()
      throw error
    }
  }
}

function chooseEngine(wanted: 'auto' | 'node-llama-cpp' | 'llama.node'): Engine {
  if (wanted !== 'llama.node') return nodeLlamaCpp
  throw new LlamaCppError(
    'ENGINE_UNAVAILABLE',
    "Engine 'llama.node' is not part of this version. Leave 'engine' out, or set it to 'node-llama-cpp'.",
    { engine: 'llama.node', option: 'engine' },
  )
}

function weightsSpec(modelPath: string, load: LoadOptions): WeightsSpec {
  return {
    modelPath,
    nGpuLayers: load.nGpuLayers ?? 0,
    vocabOnly: load.vocabOnly ?? false,
    useMmap: load.useMmap ?? load.loraPath === undefined,
    useMlock: load.useMlock ?? false,
    kvOverrides: load.kvOverrides ?? {},
    numa: load.numa ?? false,
    verbose: load.verbose ?? false,
  }
}

function contextSpec(parameters: SessionParameters, load: LoadOptions, modelBytes: number): ContextSpec {
  return {
    nCtx: load.nCtx ?? parameters.nCtx ?? 0,
    nBatch: load.nBatch ?? parameters.nBatch ?? 512,
    slots: parameters.slots ?? 1,
    nThreads: load.nThreads ?? threadsFor(modelBytes),
    flashAttn: load.flashAttn ?? false,
    swaFull: load.swaFull,
    noPerf: load.noPerf,
    typeK: load.typeK,
    typeV: load.typeV,
    lora: load.loraPath === undefined ? undefined : { path: load.loraPath, scale: load.loraScale ?? 1 },
  }
}
