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
 * prints to stdout, blocks while it loads, and ends the process where others throw.
 */
export function engineFor(engine: Engine, isolation: Isolation = 'auto'): Engine {
  const apart = isolation === 'auto' ? engine.name === 'llama.node' : isolation === 'process'
  return apart ? isolatedEngine(engine.name) : engine
}
