import type { Engine, LoadingOptions, Weights, WeightsSpec } from '../engines/engine.ts'
import { SharedTask } from '../waiting/shared-task.ts'

interface SharedLoad {
  readonly key: string
  readonly task: SharedTask<Weights>
  readonly listeners: Set<(fraction: number) => void>
  users: number
}

/** Weights that are loaded or being loaded in this process, by engine and then by file and load options. */
const loads = new WeakMap<Engine, Map<string, SharedLoad>>()

/** A share in loaded weights. */
export interface Lease {
  readonly weights: Weights
  /** Gives the share back; the last one frees the weights. A second call does nothing. */
  release(): Promise<void>
}

/**
 * Loads weights, or takes a share in those that are loaded already: one load for each file and set of load options,
 * however many components ask. A caller that aborts leaves the load to the others; the last one to leave stops it.
 */
export async function leaseWeights(
  engine: Engine,
  spec: WeightsSpec,
  options: LoadingOptions,
): Promise<Lease> {
  options.signal?.throwIfAborted()
  const load = loadOf(engine, spec, options.onProgress)
  load.users++
  try {
    const weights = await load.task.join(options.signal)
    return { weights, release: once(() => leave(load, engine)) }
  } catch (error) {
    await leave(load, engine)
    throw error
  } finally {
    if (options.onProgress) load.listeners.delete(options.onProgress)
  }
}

/** Whether these weights are in memory already, or about to be. */
export function areLoaded(engine: Engine, spec: WeightsSpec): boolean {
  return loads.get(engine)?.get(JSON.stringify(spec))?.task.usable ?? false
}

function loadOf(engine: Engine, spec: WeightsSpec, listener: LoadingOptions['onProgress']): SharedLoad {
  const ofEngine = loads.get(engine) ?? new Map<string, SharedLoad>()
  loads.set(engine, ofEngine)
  const key = JSON.stringify(spec)
  const present = ofEngine.get(key)
  if (present?.task.usable) {
    if (listener) present.listeners.add(listener)
    return present
  }
  const listeners = new Set(listener ? [listener] : [])
  const onProgress = (fraction: number) => {
    for (const heard of listeners) heard(fraction)
  }
  const task = new SharedTask(
    (signal) => engine.load(spec, { signal, onProgress }),
    (weights) => weights.dispose(),
  )
  const load = { key, task, listeners, users: 0 }
  if (engine.sharesWeights !== false) ofEngine.set(key, load)
  return load
}

async function leave(load: SharedLoad, engine: Engine): Promise<void> {
  load.users--
  if (load.users > 0) return
  const ofEngine = loads.get(engine)
  if (ofEngine?.get(load.key) === load) ofEngine.delete(load.key)
  const weights = await load.task.stop(new DOMException('Nobody uses these weights any more.', 'AbortError'))
  await weights?.dispose()
}

function once(action: () => Promise<void>): () => Promise<void> {
  let done: Promise<void> | undefined
  return () => {
    done ??= action()
    return done
  }
}
