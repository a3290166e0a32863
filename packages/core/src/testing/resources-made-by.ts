import { createHook } from 'node:async_hooks'

/** Made by any asynchronous function, and by themselves no sign of work. */
const HARMLESS = new Set(['PROMISE', 'TickObject', 'Microtask'])

/**
 * The kinds of asynchronous resources (timers, files, sockets, processes) that a synchronous function starts, as Node
 * names them. What it reads synchronously is not seen.
 */
export function resourcesMadeBy(make: () => unknown): string[] {
  const kinds: string[] = []
  const hook = createHook({ init: (_id, kind) => void kinds.push(kind) }).enable()
  try {
    make()
  } finally {
    hook.disable()
  }
  return kinds.filter((kind) => !HARMLESS.has(kind))
}
