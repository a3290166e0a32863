import { basename } from 'node:path'
import type { SlotUse, WarmUpContext } from '@millrace/core'
import { HiddenValues, messageOf, resolveEnvironment } from '@millrace/core/component'
import { withThreadWarnings } from '../engines/before-load.ts'
import type {
  ContextSpec,
  Engine,
  EngineWarning,
  LoadingOptions,
  ModelContext,
  Weights,
} from '../engines/engine.ts'
import type { Isolation } from '../engines/isolated/isolated-engine.ts'
import { LlamaCppError } from '../errors.ts'
import type { LoadOptions } from '../options/options.ts'
import type { Answering } from '../replies/reply.ts'
import { IdleTimer } from '../waiting/idle-timer.ts'
import { SharedTask } from '../waiting/shared-task.ts'
import { type FileParameters, findModelFiles, type ModelFiles, type ModelUse } from './model-files.ts'
import { riskOf, unusualWarning } from './model-risk.ts'
import { areLoaded, type Lease, leaseWeights } from './models.ts'
import { refuseTooLarge } from './session-memory.ts'
import { keepState, keepsState, type MadeOf, restoreState, statePlace } from './session-state.ts'
import { type ContextParameters, contextSpec, weightsSpec, withPooling } from './specs.ts'
import type { StateFolder } from './state-folder.ts'

export interface SessionParameters extends ContextParameters, FileParameters {
  readonly checkMemory?: boolean
  readonly idleUnloadMs?: number
  readonly stateFolder?: string
  readonly isolation?: Isolation
}

/** What a session opens, for as long as it is open. */
interface Closable {
  dispose(): Promise<void>
}

/** Opens what a component asks its requests of. */
export type Opening<Context extends Closable> = (
  weights: Weights,
  spec: ContextSpec,
  options: LoadingOptions,
) => Promise<Context>

export interface OpenSession<Context extends Closable = ModelContext> {
  readonly context: Context
  readonly modelPath: string
  readonly lease: Lease
  /** What each run is to say about this load. */
  readonly warnings: readonly EngineWarning[]
  readonly made: MadeOf
  /** Where what the slots hold is kept. */
  readonly states: StateFolder | undefined
}

/**
 * The model of one component: found, loaded and opened at the first need, freed by `close` or when nothing was asked of
 * it for `idleUnloadMs`, opened again after.
 */
export class ModelSession<Context extends Closable = ModelContext> {
  readonly #engine: Engine
  readonly #parameters: SessionParameters
  readonly #open: Opening<Context>
  readonly #use: ModelUse
  readonly #idle: IdleTimer
  #opening: SharedTask<OpenSession<Context>> | undefined
  #opened: OpenSession<Context> | undefined
  /** How many requests are answered or wait. */
  #requests = 0
  /** The end of what was opened before. */
  #ending: Promise<unknown> = Promise.resolve()
  /** What the pipeline said at `warmUp`; a run that opens the model by itself goes by it. */
  #places: Pick<WarmUpContext, 'baseDir' | 'resolveFrom'> = {}

  /** @param open by default what chats and completions are asked of; another kind of context needs its own */
  constructor(parameters: SessionParameters, engine: Engine, open?: Opening<Context>) {
    this.#engine = engine
    this.#parameters = parameters
    this.#use = open === undefined ? 'writes' : 'reads'
    // Without `open`, `Context` is its default.
    this.#open = open ?? (openModel as Opening<Closable> as Opening<Context>)
    this.#idle = new IdleTimer(parameters.idleUnloadMs, () => this.#unload())
  }

  /**
   * Concurrent calls share one opening, and each can leave it through its own signal. What is asked of the context
   * belongs in `use`, which keeps it open.
   */
  open(context: WarmUpContext): Promise<OpenSession<Context>> {
    return this.#idle.during(() => this.#join(context))
  }

  /** Opens as `open` does, and is not idle before the work has ended. */
  use<Result>(
    context: WarmUpContext,
    work: (opened: OpenSession<Context>) => Promise<Result>,
  ): Promise<Result> {
    return this.#idle.during(async () => {
      const opened = await this.#join(context)
      this.#requests++
      try {
        return await work(opened)
      } finally {
        this.#requests--
      }
    })
  }

  /** How busy the slots are. */
  get slotUse(): SlotUse | undefined {
    if (this.#opened === undefined) return undefined
    const { modelPath, made } = this.#opened
    const { slots } = made.context
    const busy = Math.min(this.#requests, slots)
    return { model: basename(modelPath), slots, busy, waiting: this.#requests - busy }
  }

  /**
   * Writes what the free slots hold into a folder, from which a component with this model and these options, and the
   * folder as its `stateFolder`, starts. Resolves with how many slots were written.
   */
  saveState(folder: string): Promise<number> {
    return this.use({}, async ({ context, made }) => {
      if (!keepsState(context)) return 0
      return (await statePlace(folder, this.#places.baseDir, made)).save(context)
    })
  }

  /** Ends what waits or runs with the error `CLOSED`. */
  async close(): Promise<void> {
    this.#idle.stop()
    await this.#end()
  }

  #unload(): void {
    this.#end().catch((error) => {
      process.emitWarning(`The model '${this.#parameters.model}' was not freed: ${messageOf(error)}.`, {
        code: 'MILLRACE_UNLOAD_FAILED',
      })
    })
  }

  async #join({ baseDir, resolveFrom, signal, onProgress }: WarmUpContext): Promise<OpenSession<Context>> {
    this.#places = {
      ...this.#places,
      ...(baseDir === undefined ? {} : { baseDir }),
      ...(resolveFrom ? { resolveFrom } : {}),
    }
    if (!this.#opening?.usable && !signal?.aborted) {
      this.#opening = new SharedTask(
        (shared) => this.#begin({ ...this.#places, signal: shared, ...(onProgress ? { onProgress } : {}) }),
        disposeSession,
      )
    }
    if (!this.#opening) throw signal?.reason
    this.#opened = await this.#opening.join(signal)
    return this.#opened
  }

  #end(): Promise<unknown> {
    const opening = this.#opening
    this.#opening = undefined
    this.#opened = undefined
    const closed = new LlamaCppError('CLOSED', 'The component was closed while its model was being loaded.')
    const ending = opening?.stop(closed).then((opened) => opened && endSession(opened))
    this.#ending = Promise.allSettled([this.#ending, ending])
    return ending ?? this.#ending
  }

  /** Starts, and shows nobody what the environment holds. */
  async #begin(context: WarmUpContext & { readonly signal: AbortSignal }): Promise<OpenSession<Context>> {
    const hidden = new HiddenValues(this.#parameters)
    try {
      return await this.#start(context, hidden)
    } catch (error) {
      throw hidden.hideIn(error)
    }
  }

  async #start(
    context: WarmUpContext & { readonly signal: AbortSignal },
    hidden: HiddenValues,
  ): Promise<OpenSession<Context>> {
    const { signal, onProgress } = context
    // What is being freed would count as taken, and its state may not be written yet.
    await this.#ending
    const load = resolveEnvironment(this.#parameters.modelKwargs ?? {})
    const { modelPath, ...files } = await this.#find(load, context)
    signal.throwIfAborted()
    const options = this.#looksAtFiles ? await withPooling(modelPath, load) : load
    const { isolation = 'auto' } = this.#parameters
    const isJudged = this.#looksAtFiles && isolation === 'auto' && this.#engine.name === 'node-llama-cpp'
    const risk = isJudged ? await riskOf({ modelPath, ...files }, options) : undefined
    const weights = weightsSpec(modelPath, options, risk !== undefined)
    if (this.#looksAtFiles && this.#parameters.checkMemory !== false) {
      const planned = contextSpec(this.#parameters, load, files)
      const loaded = areLoaded(this.#engine, weights)
      await refuseTooLarge({ engine: this.#engine.name, weights, context: planned, loaded })
    }
    const subject = hidden.hide(basename(modelPath))
    // A small model is loaded before the engine has anything to tell.
    onProgress?.({ stage: 'loading', subject, fraction: 0 })
    const lease = await leaseWeights(this.#engine, weights, {
      signal,
      onProgress: (fraction) => onProgress?.({ stage: 'loading', subject, fraction }),
    })
    try {
      const spec = contextSpec(this.#parameters, load, files)
      const made = { engine: this.#engine.name, weights, context: spec }
      const opened = await this.#open(lease.weights, spec, { signal, modelName: this.#modelName(load) })
      const warnings = [
        ...(risk === undefined ? [] : [unusualWarning(risk)]),
        ...withThreadWarnings(lease.weights.warnings ?? [], load.nThreads),
      ].map((warning) => ({ ...warning, message: hidden.hide(warning.message) }))
      const states = await this.#restore(opened, made, signal)
      return { lease, context: opened, modelPath, warnings, made, states }
    } catch (error) {
      await lease.release()
      throw error
    }
  }

  get #looksAtFiles(): boolean {
    return this.#engine.needsFiles !== false
  }

  async #find(load: LoadOptions, context: WarmUpContext): Promise<ModelFiles> {
    if (this.#looksAtFiles) return findModelFiles(this.#parameters, context, this.#use)
    const { modelClipPath } = this.#parameters
    const projectorPath = modelClipPath === undefined ? undefined : resolveEnvironment(modelClipPath)
    return { modelPath: this.#modelName(load), loraPath: load.loraPath, projectorPath }
  }

  #modelName(load: LoadOptions): string {
    return load.modelPath ?? resolveEnvironment(this.#parameters.model)
  }

  async #restore(context: Context, made: MadeOf, signal: AbortSignal): Promise<StateFolder | undefined> {
    const { stateFolder } = this.#parameters
    if (stateFolder === undefined || !this.#looksAtFiles || !keepsState(context)) return undefined
    const states = await statePlace(stateFolder, this.#places.baseDir, made)
    await restoreState(states, context, signal)
    return states
  }
}

/** What the meta of a reply says of the model that gave it. */
export function answering(
  { lease, warnings, made }: Pick<OpenSession, 'lease' | 'warnings' | 'made'>,
  model: string,
): Answering {
  return { model, engine: made.engine, device: lease.weights.device, warnings }
}

const openModel: Opening<ModelContext> = (weights, spec, options) => weights.open(spec, options)

async function endSession(session: OpenSession<Closable>): Promise<void> {
  const { context, states } = session
  if (states && keepsState(context)) await keepState(states, context)
  await disposeSession(session)
}

async function disposeSession({ context, lease }: OpenSession<Closable>): Promise<void> {
  await context.dispose()
  await lease.release()
}
