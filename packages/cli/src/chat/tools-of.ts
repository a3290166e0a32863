import { type Pipeline, PipelineComponent, type Tool } from '@millrace/core'
import { flattenTools, heldParts } from '@millrace/core/component'

/** The tools in the parameters of the components, by name: also of those that others hold, and in inner pipelines. */
export function toolsOf(pipeline: Pipeline): ReadonlyMap<string, Tool> {
  const tools = new Map<string, Tool>()
  for (const name of pipeline.names()) {
    const component = pipeline.get(name)
    const parts = [component, ...heldParts(component).components.map((held) => held.component)]
    for (const part of parts) {
      const { tools: listed } = Object(part.initParameters) as {
        readonly tools?: Parameters<typeof flattenTools>[0]
      }
      for (const tool of flattenTools(listed)) tools.set(tool.name, tool)
      if (!PipelineComponent.isInstance(part)) continue
      for (const [inner, tool] of toolsOf(part.pipeline)) tools.set(inner, tool)
    }
  }
  return tools
}
