import type { Engine, LoadingOptions, Weights, WeightsSpec } from './engines/engine.ts'
import { SharedTask } from './shared-task.ts'

interface SharedLoad {
  readonly task: SharedTask<Weights>
  readonly listeners: Set<(fraction: number) => void>
  users: number
}

/** Weights that are loaded or being loaded in this process, by engine, file and load options. */
const loads = new Map<string, SharedLoad>()

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
  const key = JSON.stringify([engine.name, spec])
  const present = loads.get(key)
  const load = present && !present.task.abandoned ? present : startLoad(engine, spec, key)
  load.users++
  if (options.onProgress) load.listeners.add(options.onProgress)
  try {
    const weights = await load.task.join(options.signal)
    return { weights, release: once(() => leave(load, key)) }
  } catch (error) {
    await leave(load, key)
    throw error
  } finally {
    if (options.onProgress) load.listeners.delete(options.onProgress)
  }
}

function startLoad(engine: Engine, spec: WeightsSpec, key: string): SharedLoad {
  const listeners = new Set<(fraction: number) => void>()
  const onProgress = (fraction: number) => {
    for (const listener of listeners) listener(fraction)
  }
  const load: SharedLoad = {
    task: new SharedTask((signal) => engine.load(spec, { signal, onProgress })),
    listeners,
    users: 0,
  }
  loads.set(key, load)
  return load
}

async function leave(load: SharedLoad, key: string): Promise<void> {
  load.users--
  if (load.users > 0) return
  if (loads.get(key) === load) loads.delete(key)
  const weights = await load.task.cancel()
  await weights?.dispose()
}

function once(action: () => Promise<void>): () => Promise<void> {
  let done: Promise<void> | undefined
  return () => {
    done ??= action()
    return done
  }
}
