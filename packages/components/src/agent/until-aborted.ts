/** Rejects with the reason of the signal at once, even where what is waited for does not listen to it. */
export async function untilAborted<Value>(
  promise: Value | PromiseLike<Value>,
  signal: AbortSignal,
): Promise<Value> {
  let onAbort = () => {}
  const aborted = new Promise<never>((_, reject) => {
    onAbort = () => reject(signal.reason)
    if (signal.aborted) onAbort()
    else signal.addEventListener('abort', onAbort)
  })
  try {
    return await Promise.race([promise, aborted])
  } finally {
    signal.removeEventListener('abort', onAbort)
  }
}
