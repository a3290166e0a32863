import type { Component } from '@millrace/core'
import { innerPipeline } from '../inner-pipeline.ts'

/** Whether a component may stream a reply: one that takes a callback for it, or a pipeline that has such a one inside. */
export function canStream(component: Component): boolean {
  if ('streamingCallback' in component.inputs) return true
  const inner = innerPipeline(component)
  return inner?.names().some((name) => canStream(inner.get(name))) ?? false
}
