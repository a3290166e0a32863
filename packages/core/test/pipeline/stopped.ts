import { BreakpointReached, RunError } from '../../src/errors.ts'
import type { Snapshot } from '../../src/snapshot/snapshot.ts'

/** The snapshot that a run which stops leaves, as it comes back from a file. */
export async function stopped(running: Promise<unknown>): Promise<Snapshot> {
  const error: unknown = await running.then(
    () => undefined,
    (reason) => reason,
  )
  if (!(error instanceof BreakpointReached) && !(error instanceof RunError)) {
    throw new Error('The run did not stop.', { cause: error })
  }
  return JSON.parse(JSON.stringify(error.snapshot)) as Snapshot
}
