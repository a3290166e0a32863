import { parseAssignment } from '../arguments/assignment.ts'
import { collectInputs } from '../arguments/collect-inputs.ts'
import { readInputObject } from '../arguments/input-object.ts'
import { CliError } from '../errors.ts'
import type { Terminal } from '../terminal.ts'
import { type RunFileOptions, runFile } from './run-file.ts'
import type { StopSources } from './stop.ts'

/** The options of `millrace run` as they were written. */
export interface RunCommandOptions extends RunFileOptions {
  readonly set: readonly string[]
  readonly input?: string
}

/** `millrace run`: loads a pipeline file, gives it its inputs, and shows what comes out as it comes. */
export async function run(
  file: string,
  options: RunCommandOptions,
  terminal: Terminal & StopSources,
): Promise<void> {
  const assignments = options.set.map(parseAssignment)
  if (file === '-' && options.input === '-') {
    throw new CliError('USAGE_INVALID', 'The standard input is either the file or the --input, not both.')
  }
  await runFile(file, options, terminal, async (pipeline, signal) => {
    const object =
      options.input === undefined ? {} : await readInputObject(options.input, terminal.stdin, signal)
    const inputs = await collectInputs(pipeline, object, assignments)
    return (runOptions) => pipeline.run(inputs, runOptions)
  })
}
