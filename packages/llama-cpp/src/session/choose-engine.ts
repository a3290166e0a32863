import type { Engine } from '../engines/engine.ts'
import { engineFor, type Isolation } from '../engines/isolated/isolated-engine.ts'
import { llamaNode } from '../engines/llama-node.ts'
import { nodeLlamaCpp } from '../engines/node-llama-cpp.ts'
import { recordedByEnvironment } from '../engines/recorded/recorded-by-environment.ts'
import { type EngineNeed, engineForNeeds } from '../options/engine-need.ts'
import type { EngineName } from '../options/options.ts'

/**
 * The engine that a component asks for; `auto` is the one that its options need. The environment variable
 * `MILLRACE_RECORD` puts recordings in its place.
 *
 * @throws LlamaCppError `OPTION_INVALID` when no engine honours all that is needed
 */
export function chooseEngine(
  wanted: 'auto' | 'node-llama-cpp' | 'llama.node' = 'auto',
  needs: readonly EngineNeed[] = [],
  isolation: Isolation = 'auto',
): Engine {
  return recordedByEnvironment(engineFor(bindingFor(wanted, needs), isolation))
}

function bindingFor(wanted: 'auto' | EngineName, needs: readonly EngineNeed[]): Engine {
  const name = wanted === 'auto' ? engineForNeeds(needs) : wanted
  return name === 'llama.node' ? llamaNode : nodeLlamaCpp
}
