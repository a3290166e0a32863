import { type Component, type ComponentClass, type ComponentPackage, componentPackage } from '@millrace/core'
import { llamaCppComponents } from '../llama-cpp-components.ts'
import type { GivenEngine } from '../session/choose-engine.ts'
import { type RecordedEngineOptions, recordedEngine } from './recorded-engine.ts'

/**
 * The components of `@millrace/llama-cpp` on one recorded engine, for a `Registry` in place of `llamaCppComponents`: a
 * pipeline that is loaded with it records or replays.
 */
export function recordedComponents(options: RecordedEngineOptions): ComponentPackage {
  const engine = recordedEngine(options)
  const { name, components } = llamaCppComponents
  return componentPackage({ name, components: components.map((component) => withEngine(component, engine)) })
}

function withEngine(component: ComponentClass, engine: GivenEngine): ComponentClass {
  // All of them take it as their second parameter.
  const Original = component as ComponentClass & (new (parameters: unknown, given: GivenEngine) => Component)
  return class extends Original {
    constructor(parameters: unknown) {
      super(parameters, engine)
    }
  }
}
