import { type Component, PipelineComponent } from '@millrace/core'

/** Whether a component may stream a reply: one that takes a callback for it, or a pipeline that has such a one inside. */
export function canStream(component: Component): boolean {
  if ('streamingCallback' in component.inputs) return true
  if (!PipelineComponent.isInstance(component)) return false
  const { pipeline } = component
  return pipeline.names().some((name) => canStream(pipeline.get(name)))
}
