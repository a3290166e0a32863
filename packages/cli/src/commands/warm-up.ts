import type { Pipeline } from '@millrace/core'
import { progressOn } from '../output/progress/progress.ts'
import type { Terminal } from '../terminal.ts'

/** Loads the models of a pipeline, and shows on stderr how far that is. */
export async function warmUp(
  pipeline: Pipeline,
  { quiet = false }: { readonly quiet?: boolean },
  terminal: Terminal,
  signal: AbortSignal,
): Promise<void> {
  const progress = progressOn(terminal.stderr, terminal, quiet)
  try {
    await pipeline.warmUp({
      signal,
      onProgress: (step) => progress.report(step),
      // The pocket model is a dependency of this package, and need not be one of the user's project.
      resolveFrom: [import.meta.url],
    })
  } finally {
    progress.clear()
  }
}
