import type { EngineName } from '../../options/options.ts'
import { SharedTask, unlessAborted } from '../../waiting/shared-task.ts'
import type { ContextSpec, EmbeddingSpec, Engine, LoadingOptions, Weights, WeightsSpec } from '../engine.ts'
import { type ContextCall, type LoadedFacts, type OpeningName, weightsOver } from '../engine-calls.ts'
import { loadFailure } from '../llama-node/failures.ts'
import { requestClosed } from '../requests-underway.ts'
import { ContextLink } from './context-link.ts'
import type { OpenedInChild } from './engine-messages.ts'
import { EngineProcess } from './engine-process.ts'

/** `auto`: a process of its own where the engine needs one. */
export type Isolation = 'auto' | 'none' | 'process'

/** One object for each engine: components share a load only through the same one. */
const isolated: Readonly<Record<EngineName, Engine>> = {
  'node-llama-cpp': { name: 'node-llama-cpp', load: (...given) => load('node-llama-cpp', ...given) },
  // Its binding has no weights apart from contexts, and a load blocks the process it is in, or ends it.
  'llama.node': {
    name: 'llama.node',
    sharesWeights: false,
    load: (...given) => load('llama.node', ...given),
  },
}

/**
 * The engine in a child process, one for each load of weights: what crashes with one model costs the others nothing.
 * When such a process crashes, whatever it was working on fails with the error `ENGINE_CRASHED`, and the next request
 * loads the model again.
 */
export function isolatedEngine(name: EngineName): Engine {
  return isolated[name]
}

const carefulEngines = new WeakMap<Engine, Engine>()

/** The engine, but in a process of its own for what is risky to load. One object for each engine, as above. */
export function careful(engine: Engine): Engine {
  const present = carefulEngines.get(engine)
  if (present) return present
  const made: Engine = {
    ...engine,
    load: (spec, options) => (spec.risky ? load(engine.name, spec, options) : engine.load(spec, options)),
  }
  carefulEngines.set(engine, made)
  return made
}

async function load(engine: EngineName, spec: WeightsSpec, options: LoadingOptions): Promise<Weights> {
  const { process, loaded } = await start(engine, spec, options)
  const weights = new WeightsInChild(engine, spec, loaded, process)
  return weightsOver(loaded, weights.opening, () => weights.dispose())
}

async function start(
  engine: EngineName,
  spec: WeightsSpec,
  { signal, onProgress }: LoadingOptions,
): Promise<{ readonly process: EngineProcess; readonly loaded: LoadedFacts }> {
  signal?.throwIfAborted()
  const process = new EngineProcess(engine, spec.verbose)
  try {
    const loading = process.call(
      { name: 'load', parameters: [engine, spec] },
      { signal: undefined, onProgress },
    )
    const loaded = (await unlessAborted(loading, signal ? [signal] : [])) as LoadedFacts
    return { process, loaded }
  } catch (error) {
    await process.stop(requestClosed())
    throw error
  }
}

class WeightsInChild {
  readonly #engine: EngineName
  readonly #spec: WeightsSpec
  readonly #loaded: LoadedFacts
  readonly #links = new Set<ContextLink>()
  #process: EngineProcess
  #restart: SharedTask<EngineProcess> | undefined

  constructor(engine: EngineName, spec: WeightsSpec, loaded: LoadedFacts, process: EngineProcess) {
    this.#engine = engine
    this.#spec = spec
    this.#loaded = loaded
    this.#process = process
  }

  readonly opening = async (
    name: OpeningName,
    spec: ContextSpec | EmbeddingSpec,
    { signal }: LoadingOptions,
  ) => {
    const link = new ContextLink(
      (linked) => this.#running(linked),
      (process, stop) => this.#openIn(process, name, spec, stop),
    )
    this.#links.add(link)
    const call: ContextCall = (asked, parameters, options) => {
      if (asked !== 'dispose') return link.request(asked, parameters, options)
      this.#links.delete(link)
      return link.dispose(requestClosed()) as Promise<never>
    }
    try {
      return { opened: await link.open(signal), call }
    } catch (error) {
      this.#links.delete(link)
      throw error
    }
  }

  async dispose(): Promise<void> {
    const reason = requestClosed()
    const ended = [...this.#links].map((link) => link.close(reason))
    const restarted = await this.#restart?.stop(reason)
    await Promise.all([...ended, this.#process.stop(reason), restarted?.stop(reason)])
  }

  /**
   * One start for all that wait for it. When it fails, they fail with its error, and only a later request tries again:
   * a model that crashes while it is loaded costs each request one attempt.
   */
  async #running(signal: AbortSignal): Promise<EngineProcess> {
    if (this.#process.running) return this.#process
    if (!this.#restart?.usable) {
      this.#restart = new SharedTask(
        async (stop) => (await start(this.#engine, this.#spec, { signal: stop })).process,
        (late) => late.stop(requestClosed()),
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

  async #openIn(
    process: EngineProcess,
    name: OpeningName,
    spec: ContextSpec | EmbeddingSpec,
    signal: AbortSignal,
  ): Promise<OpenedInChild> {
    const opening = process.call({ name, parameters: [spec] }, { signal }) as Promise<OpenedInChild>
    if (this.#engine !== 'llama.node') return opening
    try {
      return await unlessAborted(opening, [signal])
    } catch (error) {
      // The child hears nothing while it loads. There is nothing else in it.
      if (signal.aborted) await process.stop(requestClosed())
      else if (process.crash) throw this.#loadFailure(process.crash, spec)
      throw error
    }
  }

  #loadFailure(crash: NonNullable<EngineProcess['crash']>, { nCtx, slots }: EmbeddingSpec) {
    const contextSize = nCtx || this.#loaded.trainedContext
    return loadFailure(crash, { modelPath: this.#spec.modelPath, contextSize, slots })
  }
}
