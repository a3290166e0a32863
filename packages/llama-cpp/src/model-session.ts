import { basename } from 'node:path'
import { resolveEnvironment, type WarmUpContext } from '@millrace/core'
import { checkModelHeader } from './check-model.ts'
import type { ContextSpec, Engine, ModelContext, WeightsSpec } from './engines/engine.ts'
import { nodeLlamaCpp } from './engines/node-llama-cpp.ts'
import { LlamaCppError } from './errors.ts'
import { checkGgufHeader } from './gguf/gguf-header.ts'
import { resolveModelFile } from './model-file/model-uri.ts'
import { type Lease, leaseWeights } from './models.ts'
import { cacheTypes, type LoadOptions, numaStrategies } from './options.ts'
import { SharedTask } from './shared-task.ts'
import { threadsFor } from './threads.ts'

export interface SessionParameters {
  readonly model: string
  readonly nCtx?: number
  readonly nBatch?: number
  readonly modelKwargs?: LoadOptions
  readonly slots?: number
}

export interface OpenSession {
  readonly context: ModelContext
  readonly modelPath: string
  readonly lease: Lease
}

/** The model of one component: found, loaded and opened at the first need, freed by `close`, opened again after. */
export class ModelSession {
  readonly #engine: Engine
  readonly #parameters: SessionParameters
  #opening: SharedTask<OpenSession> | undefined
  /** What the pipeline said at `warmUp`; a run that opens the model by itself goes by it. */
  #places: Pick<WarmUpContext, 'baseDir' | 'resolveFrom'> = {}

  constructor(parameters: SessionParameters, engine: Engine) {
    this.#engine = engine
    this.#parameters = parameters
  }

  /** Concurrent calls share one opening, and each can leave it through its own signal. */
  open({ baseDir, resolveFrom, signal, onProgress }: WarmUpContext): Promise<OpenSession> {
    this.#places = {
      ...this.#places,
      ...(baseDir === undefined ? {} : { baseDir }),
      ...(resolveFrom ? { resolveFrom } : {}),
    }
    if (!this.#opening?.usable && !signal?.aborted) {
      this.#opening = new SharedTask(
        (shared) => this.#start({ ...this.#places, signal: shared, ...(onProgress ? { onProgress } : {}) }),
        disposeSession,
      )
    }
    return this.#opening?.join(signal) ?? Promise.reject(signal?.reason)
  }

  /** Ends what waits or runs with the error `CLOSED`. */
  async close(): Promise<void> {
    const opening = this.#opening
    this.#opening = undefined
    const opened = await opening?.stop(
      new LlamaCppError('CLOSED', 'The component was closed while its model was being loaded.'),
    )
    if (opened) await disposeSession(opened)
  }

  async #start(context: WarmUpContext & { readonly signal: AbortSignal }): Promise<OpenSession> {
    const { signal, onProgress } = context
    const load = resolveEnvironment(this.#parameters.modelKwargs ?? {})
    const modelPath = await this.#find(load.modelPath ?? resolveEnvironment(this.#parameters.model), context)
    await checkModelHeader(modelPath)
    const loraPath = load.loraPath === undefined ? undefined : await this.#find(load.loraPath, context)
    if (loraPath !== undefined) await checkGgufHeader(loraPath)
    signal.throwIfAborted()
    const subject = basename(modelPath)
    // A small model is loaded before the engine has anything to tell.
    onProgress?.({ stage: 'loading', subject, fraction: 0 })
    const lease = await leaseWeights(this.#engine, weightsSpec(modelPath, load), {
      signal,
      onProgress: (fraction) => onProgress?.({ stage: 'loading', subject, fraction }),
    })
    try {
      const spec = contextSpec(this.#parameters, load, loraPath, lease.weights.bytes)
      return { lease, context: await lease.weights.open(spec, { signal }), modelPath }
    } catch (error) {
      await lease.release()
      throw error
    }
  }

  #find(model: string, { baseDir, resolveFrom, signal, onProgress }: WarmUpContext): Promise<string> {
    return resolveModelFile(model, {
      baseDir,
      resolveFrom,
      signal,
      onProgress: ({ downloadedBytes, totalBytes }) =>
        onProgress?.({
          stage: 'downloading',
          subject: model,
          doneBytes: downloadedBytes,
          ...(totalBytes === undefined ? {} : { totalBytes, fraction: downloadedBytes / totalBytes }),
        }),
    })
  }
}

async function disposeSession({ context, lease }: OpenSession): Promise<void> {
  await context.dispose()
  await lease.release()
}

/** The engine that a component asks for. */
export function chooseEngine(wanted: 'auto' | 'node-llama-cpp' | 'llama.node' = 'auto'): Engine {
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
    useMmap: load.useMmap ?? load.loraPath === undefined,
    useMlock: load.useMlock ?? false,
    kvOverrides: load.kvOverrides ?? {},
    numa: numaStrategy(load.numa),
    verbose: load.verbose ?? false,
  }
}

function numaStrategy(given: LoadOptions['numa'] = false): WeightsSpec['numa'] {
  return typeof given === 'string' ? given : (numaStrategies[Number(given)] ?? false)
}

function contextSpec(
  parameters: SessionParameters,
  load: LoadOptions,
  loraPath: string | undefined,
  modelBytes: number,
): ContextSpec {
  return {
    nCtx: load.nCtx ?? parameters.nCtx ?? 0,
    nBatch: load.nBatch ?? parameters.nBatch ?? 512,
    slots: parameters.slots ?? 1,
    nThreads: load.nThreads ?? threadsFor(modelBytes),
    flashAttn: load.flashAttn ?? false,
    swaFull: load.swaFull,
    noPerf: load.noPerf,
    typeK: cacheTypeName(load.typeK),
    typeV: cacheTypeName(load.typeV),
    lora: loraPath === undefined ? undefined : { path: loraPath, scale: load.loraScale ?? 1 },
  }
}

function cacheTypeName(given: LoadOptions['typeK']): ContextSpec['typeK'] {
  const names = Object.keys(cacheTypes) as (keyof typeof cacheTypes)[]
  return typeof given === 'number' ? names.find((name) => cacheTypes[name] === given) : given
}
