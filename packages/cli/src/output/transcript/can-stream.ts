import { type Component, PipelineComponent } from '@millrace/core'
import { heldParts } from '@millrace/core/component'

/** Whether a component may stream a reply: one that takes a callback for it, a pipeline that has such a one inside, or what holds one. */
export function canStream(component: Component): boolean {
  if ('streamingCallback' in component.inputs) return true
  if (heldParts(component).components.some((held) => canStream(held.component))) return true
  if (!PipelineComponent.isInstance(component)) return false
  const { pipeline } = component
  return pipeline.names().some((name) => canStream(pipeline.get(name)))
}
