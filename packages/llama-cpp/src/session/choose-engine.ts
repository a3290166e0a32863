import type { Engine } from '../engines/engine.ts'
import { careful, type Isolation, isolatedEngine } from '../engines/isolated/isolated-engine.ts'
import { nodeLlamaCpp } from '../engines/node-llama-cpp.ts'
import { LlamaCppError } from '../errors.ts'
import type { EngineName } from '../options/options.ts'

/** The parameters of a component that decide what answers it. */
export interface EngineParameters {
  readonly engine?: 'auto' | EngineName
  readonly isolation?: Isolation
  readonly modelClipPath?: string
}

/** For tests: an engine in place of the one that the parameters ask for, or what to make of that one. */
export type GivenEngine = Engine | ((asked: Engine) => Engine)

/**
 * The engine that a component asks for; `auto` is `llama.node` for images and sound, which it alone has, and
 * `node-llama-cpp` for everything else. `llama.node` always runs in a process of its own.
 *
 * @throws LlamaCppError `OPTION_UNSUPPORTED` for `llama.node` without isolation
 */
export function chooseEngine(parameters: EngineParameters, given?: GivenEngine): Engine {
  if (given !== undefined && typeof given !== 'function') return given
  const asked = askedEngine(parameters)
  return given ? given(asked) : asked
}

function askedEngine({ engine = 'auto', isolation, modelClipPath }: EngineParameters): Engine {
  if (engine === 'llama.node' || (engine === 'auto' && modelClipPath !== undefined)) {
    if (isolation !== 'none') return isolatedEngine('llama.node')
    throw new LlamaCppError(
      'OPTION_UNSUPPORTED',
      "Engine 'llama.node' cannot honour isolation: 'none': it ends the process in which it cannot load a model. Leave 'isolation' out.",
      { option: 'isolation', engine: 'llama.node' },
    )
  }
  if (isolation === 'process') return isolatedEngine('node-llama-cpp')
  return isolation === 'none' ? nodeLlamaCpp : careful(nodeLlamaCpp)
}
