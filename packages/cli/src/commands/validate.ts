import { type Finding, LoadError, type LoadProblem, type Pipeline, type SocketType } from '@millrace/core'
import { countOf, printable, typeName } from '@millrace/core/component'
import { type PermissionOptions, parsePermissions } from '../arguments/permissions.ts'
import { CliError } from '../errors.ts'
import type { ExitCode } from '../exit-codes.ts'
import { failureText } from '../output/failure-text.ts'
import { findingLines } from '../output/reference/finding-lines.ts'
import { inputLines } from '../output/reference/socket-lines.ts'
import { jsonText } from '../output/write.ts'
import type { Terminal } from '../terminal.ts'
import { filesOf, load } from './load.ts'
import { makeRegistry, type RegistryOptions } from './registry.ts'

export interface ValidateOptions extends RegistryOptions, PermissionOptions {
  readonly json?: boolean
  readonly verbose?: boolean
}

/** One file in the output of `--json`. Sockets are those that are open. */
type FileReport =
  | {
      readonly file: string
      /** Whether none of the findings is an error. */
      readonly valid: boolean
      readonly components: number
      readonly connections: number
      readonly inputs: readonly object[]
      readonly outputs: readonly object[]
      readonly findings: readonly Finding[]
    }
  | { readonly file: string; readonly valid: false; readonly problems: readonly LoadProblem[] }

/**
 * `millrace validate`: loads pipeline files, checks them and runs nothing. The exit code is 3 when one of them is
 * refused, or would fail whatever its inputs are.
 */
export async function validate(
  paths: readonly string[],
  options: ValidateOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  if (paths.indexOf('-') !== paths.lastIndexOf('-')) {
    throw new CliError('USAGE_INVALID', "The standard input can be read only once: give '-' once.")
  }
  const { stdout, stderr } = terminal
  const permissions = parsePermissions(options)
  const registry = await makeRegistry(options, terminal)
  const reports: FileReport[] = []
  for (const file of paths.flatMap(filesOf)) {
    try {
      const pipeline = await load(file, registry, terminal, permissions)
      const findings = await pipeline.check({ resolveFrom: [import.meta.url] })
      const report = loaded(file, pipeline, [...findings, ...unconnected(pipeline)])
      reports.push(report)
      if (options.json) continue
      if (report.valid) stdout.write(acceptedText(file, pipeline))
      stderr.write(
        findingLines(file, report.findings)
          .map((line) => `${line}\n`)
          .join(''),
      )
    } catch (error) {
      if (!LoadError.isInstance(error)) throw error
      reports.push({ file, valid: false, problems: error.problems.map(withoutCause) })
      if (!options.json) stderr.write(failureText(error, { verbose: options.verbose ?? false }))
    }
  }
  if (options.json) stdout.write(jsonText(reports, stdout))
  return reports.every(({ valid }) => valid) ? 0 : 3
}

function loaded(file: string, pipeline: Pipeline, findings: readonly Finding[]) {
  return {
    file,
    valid: findings.every(({ level }) => level !== 'error'),
    components: pipeline.names().length,
    connections: pipeline.connections().length,
    inputs: pipeline.inputs().map(withTypeName),
    outputs: pipeline.outputs().map(withTypeName),
    findings,
  }
}

/** Several components of which none sends to another: most likely the connections were forgotten. */
function unconnected(pipeline: Pipeline): Finding[] {
  const count = pipeline.names().length
  if (count < 2 || pipeline.connections().length > 0) return []
  const message = `None of the ${count} components sends to another. Add 'connections', as in { sender: prompt.prompt, receiver: llm.messages }.`
  return [{ level: 'warning', code: 'NOT_CONNECTED', message }]
}

/** The type as text: `schema` has it as JSON. */
function withTypeName({ type, ...socket }: { readonly type: SocketType }): object {
  return { ...socket, type: typeName(type) }
}

function acceptedText(file: string, pipeline: Pipeline): string {
  const components = countOf(pipeline.names().length, 'component')
  const connections = countOf(pipeline.connections().length, 'connection')
  const inputs = inputLines(pipeline.inputs())
  return printable(
    `${[`${file}: ok (${components}, ${connections})`, ...inputs.map((line) => `  ${line}`)].join('\n')}\n`,
  )
}

/** A cause is an error object, which JSON does not have. */
function withoutCause({ cause: _, ...problem }: LoadProblem): LoadProblem {
  return problem
}
