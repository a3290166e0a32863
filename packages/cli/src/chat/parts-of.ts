import { type Component, type Pipeline, PipelineComponent, type Tool } from '@millrace/core'
import { flattenTools, heldParts, typeOf } from '@millrace/core/component'

/** All components: also those that others hold, and those in inner pipelines. */
function partsOf(pipeline: Pipeline): Component[] {
  return pipeline.names().flatMap((name) => {
    const component = pipeline.get(name)
    const parts = [component, ...heldParts(component).components.map((held) => held.component)]
    return parts.flatMap((part) => [
      part,
      ...(PipelineComponent.isInstance(part) ? partsOf(part.pipeline) : []),
    ])
  })
}

/** The tools in the parameters of the components, by name. */
export function toolsOf(pipeline: Pipeline): ReadonlyMap<string, Tool> {
  const tools = partsOf(pipeline).flatMap(({ initParameters }) => {
    const { tools } = Object(initParameters) as { readonly tools?: Parameters<typeof flattenTools>[0] }
    return flattenTools(tools)
  })
  return new Map(tools.map((tool) => [tool.name, tool]))
}

/** Whether a model may see images. A GGUF without its second file does not; of other models it is not known here. */
export function maySee(pipeline: Pipeline): boolean {
  const models = partsOf(pipeline).filter((part) => typeOf(part) === 'LlamaCppChatGenerator')
  return (
    models.length === 0 ||
    models.some(({ initParameters }) => Object(initParameters).modelClipPath !== undefined)
  )
}
