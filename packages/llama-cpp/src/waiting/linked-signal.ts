import { setMaxListeners } from 'node:events'

/** A signal that follows others until it is let go. */
export interface LinkedSignal {
  readonly signal: AbortSignal
  readonly release: () => void
}

/**
 * A signal that aborts with the first of several to abort. `AbortSignal.any` does that too, but on Node 20 whatever it
 * returns lives as long as its sources: 1.2 KB for every request to a model that is never closed, as measured.
 */
export function linkSignals(sources: readonly AbortSignal[]): LinkedSignal {
  const controller = new AbortController()
  const follow = () => controller.abort(sources.find((source) => source.aborted)?.reason)
  // Each is let go of at the end of a request, and there may be many of those: not the leak that Node warns of.
  setMaxListeners(0, ...sources)
  for (const source of sources) source.addEventListener('abort', follow)
  if (sources.some((source) => source.aborted)) follow()
  return {
    signal: controller.signal,
    release: () => {
      for (const source of sources) source.removeEventListener('abort', follow)
    },
  }
}
