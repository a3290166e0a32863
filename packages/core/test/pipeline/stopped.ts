import { RunError } from '../../src/errors.ts'
import type { RunResult } from '../../src/run/result.ts'
import type { Snapshot } from '../../src/snapshot/snapshot.ts'

/** The snapshot that a run which pauses or fails leaves, as it comes back from a file. */
export async function stopped(running: Promise<RunResult>): Promise<Snapshot> {
  const ended: unknown = await running.catch((reason) => reason)
  const snapshot = ended instanceof RunError ? ended.snapshot : (ended as RunResult).snapshot
  if (snapshot === undefined) throw new Error('The run did not stop.', { cause: ended })
  return JSON.parse(JSON.stringify(snapshot)) as Snapshot
}
