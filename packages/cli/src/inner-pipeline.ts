import { type Component, Pipeline, PipelineComponent } from '@millrace/core'

/** The pipeline that a component of the type `Pipeline` has inside; undefined for other components. */
export function innerPipeline(component: Component): Pipeline | undefined {
  if (!(component instanceof PipelineComponent)) return undefined
  const inner: unknown = component.pipeline
  return inner instanceof Pipeline ? (inner as Pipeline) : undefined
}
