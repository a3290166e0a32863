import type { EngineName } from '../../options/options.ts'
import type { Engine } from '../engine.ts'
import { loadIsolated } from './isolated-weights.ts'

/** One object for each engine: components share a load only through the same one. */
const isolated: Readonly<Record<EngineName, Engine>> = {
  'node-llama-cpp': makeIsolated('node-llama-cpp'),
  'llama.node': makeIsolated('llama.node'),
}

function makeIsolated(name: EngineName): Engine {
  return { name, load: (spec, options) => loadIsolated(name, spec, options) }
}

/**
 * The engine in a child process, one for each load of weights. When such a process crashes, whatever it was working on
 * fails with the error `ENGINE_CRASHED`, and the next request loads the model again.
 */
export function isolatedEngine(name: EngineName): Engine {
  return isolated[name]
}

export type Isolation = 'auto' | 'none' | 'process'

/**
 * The engine as a component wants it: in this process, or in one of its own. By itself `llama.node` gets one: its binding
 * prints to stdout, blocks while it loads, and ends the process where others throw. So does a model that is risky to load.
 */
export function engineFor(engine: Engine, isolation: Isolation = 'auto'): Engine {
  if (isolation === 'auto' && engine.name !== 'llama.node') return careful(engine)
  return isolation === 'none' ? engine : isolatedEngine(engine.name)
}

const carefulEngines = new WeakMap<Engine, Engine>()

/** One object for each engine, as above. */
function careful(engine: Engine): Engine {
  const present = carefulEngines.get(engine)
  if (present) return present
  const made: Engine = {
    ...engine,
    load: (spec, options) =>
      spec.risky ? loadIsolated(engine.name, spec, options) : engine.load(spec, options),
  }
  carefulEngines.set(engine, made)
  return made
}
