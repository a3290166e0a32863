import { LoadError, type LoadProblem, type OpenSocket, type Pipeline } from '@millrace/core'
import { OpenInputs } from '../arguments/open-inputs.ts'
import { CliError } from '../errors.ts'
import type { ExitCode } from '../exit-codes.ts'
import { failureText } from '../output/failure-text.ts'
import { jsonText } from '../output/json-text.ts'
import { printable } from '../output/printable.ts'
import { inputLines } from '../output/socket-lines.ts'
import type { Terminal } from '../terminal.ts'
import { load } from './load.ts'
import { makeRegistry } from './registry.ts'

export interface ValidateOptions {
  readonly json?: boolean
  readonly verbose?: boolean
}

/** One file as `--json` tells of it. Sockets are those that are open. */
type FileReport =
  | {
      readonly file: string
      readonly valid: true
      readonly components: number
      readonly connections: number
      readonly inputs: readonly OpenSocket[]
      readonly outputs: readonly OpenSocket[]
    }
  | { readonly file: string; readonly valid: false; readonly problems: readonly LoadProblem[] }

/** `millrace validate`: loads pipeline files and runs nothing. The exit code is 3 when one of them is refused. */
export async function validate(
  files: readonly string[],
  options: ValidateOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  if (files.indexOf('-') !== files.lastIndexOf('-')) {
    throw new CliError('USAGE_INVALID', "The standard input can be read only once: give '-' once.")
  }
  const { stdout, stderr } = terminal
  const registry = makeRegistry()
  const reports: FileReport[] = []
  for (const file of files) {
    try {
      const pipeline = await load(file, registry, terminal)
      reports.push(accepted(file, pipeline))
      if (!options.json) stdout.write(acceptedText(file, pipeline))
    } catch (error) {
      if (!LoadError.isInstance(error)) throw error
      reports.push({ file, valid: false, problems: error.problems.map(withoutCause) })
      if (!options.json) stderr.write(failureText(error, { verbose: options.verbose ?? false }))
    }
  }
  if (options.json) stdout.write(jsonText(reports, stdout))
  return reports.every(({ valid }) => valid) ? 0 : 3
}

function accepted(file: string, pipeline: Pipeline): FileReport {
  return {
    file,
    valid: true,
    components: pipeline.names().length,
    connections: pipeline.connections().length,
    inputs: pipeline.inputs(),
    outputs: pipeline.outputs(),
  }
}

function acceptedText(file: string, pipeline: Pipeline): string {
  const components = count(pipeline.names().length, 'component')
  const connections = count(pipeline.connections().length, 'connection')
  const inputs = inputLines(new OpenInputs(pipeline).all)
  return printable(
    `${[`${file}: ok (${components}, ${connections})`, ...inputs.map((line) => `  ${line}`)].join('\n')}\n`,
  )
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`
}

/** A cause is an error object, which JSON does not have. */
function withoutCause({ cause: _, ...problem }: LoadProblem): LoadProblem {
  return problem
}
