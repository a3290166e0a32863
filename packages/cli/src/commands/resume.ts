import { InputError } from '@millrace/core'
import { readTextFile } from '../arguments/read-text.ts'
import type { Terminal } from '../terminal.ts'
import { type RunFileOptions, runFile } from './run-file.ts'
import type { StopSources } from './stop.ts'

/** `millrace resume`: goes on with a run that failed, from the file that `--snapshot` wrote. */
export async function resume(
  file: string,
  snapshotFile: string,
  options: RunFileOptions,
  terminal: Terminal & StopSources,
): Promise<void> {
  await runFile(file, options, terminal, async (pipeline, signal) => {
    const snapshot = parse(await readTextFile(snapshotFile, signal), snapshotFile)
    return (runOptions) => pipeline.resume(snapshot, runOptions)
  })
}

function parse(text: string, file: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    const message = `The file '${file}' is no snapshot: it is not JSON.`
    throw new InputError('INPUT_SNAPSHOT', message, { cause })
  }
}
