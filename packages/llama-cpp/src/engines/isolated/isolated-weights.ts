import type { LlamaCppError } from '../../errors.ts'
import type { EngineName } from '../../options/options.ts'
import { SharedTask, unlessAborted } from '../../waiting/shared-task.ts'
import type {
  ContextSpec,
  EmbeddingContext,
  EmbeddingSpec,
  LoadingOptions,
  ModelContext,
  RankingContext,
  Weights,
  WeightsSpec,
} from '../engine.ts'
import { ContextLink, closed, type ProcessSource } from './context-link.ts'
import type { EngineCalls } from './engine-messages.ts'
import { EngineProcess } from './engine-process.ts'
import {
  IsolatedEmbeddingContext,
  IsolatedModelContext,
  IsolatedRankingContext,
} from './isolated-contexts.ts'

type Loaded = EngineCalls['load']['result'] & { readonly process: EngineProcess }

/** Loads weights in a child process of their own: what crashes with one model costs the others nothing. */
export async function loadIsolated(
  engine: EngineName,
  spec: WeightsSpec,
  options: LoadingOptions,
): Promise<IsolatedWeights> {
  return new IsolatedWeights(engine, spec, await start(engine, spec, options))
}

async function start(
  engine: EngineName,
  spec: WeightsSpec,
  { signal, onProgress }: LoadingOptions,
): Promise<Loaded> {
  signal?.throwIfAborted()
  const process = new EngineProcess(engine, spec.verbose)
  try {
    const loading = process.call('load', [engine, spec], { onProgress })
    return { ...(await unlessAborted(loading, signal ? [signal] : [])), process }
  } catch (error) {
    await process.stop(closed())
    throw error
  }
}

class IsolatedWeights implements Weights, ProcessSource {
  readonly bytes: number
  readonly trainedContext: number
  readonly device: Weights['device']
  readonly warnings: Weights['warnings']
  readonly #engine: EngineName
  readonly #spec: WeightsSpec
  readonly #closing = new AbortController()
  #process: EngineProcess
  #restart: SharedTask<EngineProcess> | undefined

  constructor(engine: EngineName, spec: WeightsSpec, loaded: Loaded) {
    this.#engine = engine
    this.#spec = spec
    this.bytes = loaded.bytes
    this.trainedContext = loaded.trainedContext
    this.device = loaded.device
    this.warnings = loaded.warnings
    this.#process = loaded.process
  }

  get closing(): AbortSignal {
    return this.#closing.signal
  }

  /**
   * One start for all that wait for it. When it fails, they fail with its error, and only a later request tries again:
   * a model that crashes while it is loaded costs each request one attempt.
   */
  async process(signal: AbortSignal): Promise<EngineProcess> {
    if (this.#process.running) return this.#process
    if (!this.#restart?.usable) {
      this.#restart = new SharedTask(
        async (stop) => {
          const { process } = await start(this.#engine, this.#spec, { signal: stop })
          return process
        },
        (late) => late.stop(closed()),
      )
    }
    const restart = this.#restart
    const process = await restart.join(signal)
    if (this.#restart === restart) {
      this.#process = process
      this.#restart = undefined
    }
    return process
  }

  async open(spec: ContextSpec, { signal }: LoadingOptions): Promise<ModelContext> {
    const link = new ContextLink(this, 'open', [spec])
    return new IsolatedModelContext(link, await link.open(signal))
  }

  async openEmbedding(spec: EmbeddingSpec, { signal }: LoadingOptions): Promise<EmbeddingContext> {
    const link = new ContextLink(this, 'openEmbedding', [spec])
    return new IsolatedEmbeddingContext(link, await link.open(signal))
  }

  async openRanking(spec: EmbeddingSpec, { signal }: LoadingOptions): Promise<RankingContext> {
    const link = new ContextLink(this, 'openRanking', [spec])
    return new IsolatedRankingContext(link, await link.open(signal))
  }

  async dispose(): Promise<void> {
    const reason: LlamaCppError = closed()
    this.#closing.abort(reason)
    const restarted = await this.#restart?.stop(reason)
    await Promise.all([this.#process.stop(reason), restarted?.stop(reason)])
  }
}
