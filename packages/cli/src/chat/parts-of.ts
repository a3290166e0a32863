import { type Component, type Pipeline, PipelineComponent, type Tool } from '@millrace/core'
import { flattenTools, heldParts, typeOf } from '@millrace/core/component'

interface Part {
  /** As `--model` names it: `llm`, `inner.llm`, `agent.chatGenerator`. */
  readonly name: string
  readonly component: Component
}

/** The components of a pipeline, and those of the pipelines inside it in their place. */
function componentsOf(pipeline: Pipeline, around = ''): Part[] {
  return pipeline.names().flatMap((name): Part[] => {
    const component = pipeline.get(name)
    const path = around + name
    return PipelineComponent.isInstance(component)
      ? componentsOf(component.pipeline, `${path}.`)
      : [{ name: path, component }]
  })
}

/** With those that others hold. */
function partsOf(pipeline: Pipeline): Part[] {
  return componentsOf(pipeline).flatMap((part) => [
    part,
    ...heldParts(part.component).components.map((held) => ({
      name: `${part.name}.${held.name}`,
      component: held.component,
    })),
  ])
}

/** The tools that models may call, by name. */
export function toolsOf(pipeline: Pipeline): ReadonlyMap<string, Tool> {
  const held = componentsOf(pipeline).flatMap(({ component }) => heldParts(component).tools)
  const tools = held.flatMap(({ tool }) => flattenTools([tool]))
  return new Map(tools.map((tool) => [tool.name, tool]))
}

/** The models, as they were named, each behind its component. */
export function modelsOf(pipeline: Pipeline): string[] {
  return partsOf(pipeline).flatMap(({ name, component }) => {
    const { model } = Object(component.initParameters) as { readonly model?: unknown }
    return typeof model === 'string' ? [`${name}: ${model}`] : []
  })
}

/** Whether a model may see images. A GGUF without its second file does not; of other models it is not known here. */
export function maySee(pipeline: Pipeline): boolean {
  const models = partsOf(pipeline).filter(({ component }) => typeOf(component) === 'LlamaCppChatGenerator')
  const sees = ({ component }: Part) => Object(component.initParameters).modelClipPath !== undefined
  return models.length === 0 || models.some(sees)
}
