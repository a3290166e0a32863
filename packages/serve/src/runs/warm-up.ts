import { messageOf } from '@millrace/core/component'
import type { Service } from '../http/context.ts'

/**
 * Loads the models of all pipelines, one pipeline after the other. One that cannot be loaded is logged, and its requests say so,
 * too.
 *
 * @param resolveFrom as for `pipeline.warmUp`
 */
export async function warmUpAll(
  { catalog, ending, log }: Service,
  resolveFrom: readonly string[] = [],
): Promise<void> {
  for (const { name, state } of catalog.list()) {
    if (state === 'broken' || ending.aborted) continue
    const { pipeline, release } = catalog.lease(name)
    try {
      await pipeline.warmUp({ signal: ending, resolveFrom })
    } catch (error) {
      if (!ending.aborted) log(`The models of '${name}' are not loaded: ${messageOf(error)}`)
    } finally {
      release()
    }
  }
}
