import { setImmediate } from 'node:timers/promises'

/** The warnings of the process while something is done. They are emitted a tick later. */
export async function collectWarnings(
  action: () => unknown,
): Promise<(Error & { readonly code?: string })[]> {
  const warnings: Error[] = []
  const listener = (warning: Error) => warnings.push(warning)
  process.on('warning', listener)
  try {
    await action()
    await setImmediate()
    return warnings
  } finally {
    process.off('warning', listener)
  }
}
