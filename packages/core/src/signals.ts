/** A signal that something starts with, and that must be released when that has ended. */
export interface LinkedSignal {
  readonly signal: AbortSignal
  abort(reason: unknown): void
  /** Stops listening to the outer signal, and the time. */
  release(): void
}

/**
 * A signal that aborts with an outer one, after a time, or by itself.
 *
 * @param deadline the time in milliseconds, and what makes the reason with which the signal then aborts
 */
export function linkSignal(
  outer: AbortSignal | undefined,
  deadline?: { readonly timeoutMs: number; readonly reason: () => unknown },
): LinkedSignal {
  // Not AbortSignal.any: in Node 20 its signal may be collected before it fires.
  const own = new AbortController()
  const onAbort = () => own.abort(outer?.reason)
  if (outer?.aborted) onAbort()
  else outer?.addEventListener('abort', onAbort, { once: true })
  const timer = deadline && setTimeout(() => own.abort(deadline.reason()), deadline.timeoutMs)
  return {
    signal: own.signal,
    abort: (reason) => own.abort(reason),
    release: () => {
      clearTimeout(timer)
      outer?.removeEventListener('abort', onAbort)
    },
  }
}
