import { type Component, type Pipeline, PipelineComponent, type Tool } from '@millrace/core'
import { flattenTools, heldParts, typeOf } from '@millrace/core/component'

/** The components of a pipeline, and of those inside it. */
function componentsOf(pipeline: Pipeline): Component[] {
  return pipeline.names().flatMap((name) => {
    const component = pipeline.get(name)
    return PipelineComponent.isInstance(component) ? componentsOf(component.pipeline) : [component]
  })
}

/** The tools that models may call, by name. */
export function toolsOf(pipeline: Pipeline): ReadonlyMap<string, Tool> {
  const held = componentsOf(pipeline).flatMap((component) => heldParts(component).tools)
  const tools = held.flatMap(({ tool }) => flattenTools([tool]))
  return new Map(tools.map((tool) => [tool.name, tool]))
}

/** Whether a model may see images. A GGUF without its second file does not; of other models it is not known here. */
export function maySee(pipeline: Pipeline): boolean {
  const parts = componentsOf(pipeline).flatMap((component) => [
    component,
    ...heldParts(component).components.map((held) => held.component),
  ])
  const models = parts.filter((part) => typeOf(part) === 'LlamaCppChatGenerator')
  return (
    models.length === 0 ||
    models.some(({ initParameters }) => Object(initParameters).modelClipPath !== undefined)
  )
}
