import type { ChildProcess } from 'node:child_process'
import { subscribe } from 'node:diagnostics_channel'

/** The child processes with engines that this process has started since it was called, the newest last. */
export function watchEngineChildren(): readonly ChildProcess[] {
  const children: ChildProcess[] = []
  subscribe('child_process', (message) => {
    const { process: child } = message as { readonly process: ChildProcess }
    // The arguments are known when the child has been started, a moment after this.
    queueMicrotask(() => {
      if (child.spawnargs?.some((argument) => argument.endsWith('child.js'))) children.push(child)
    })
  })
  return children
}
