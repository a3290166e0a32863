import { standardComponents } from '@millrace/components'
import { type ComponentPackage, DefinitionError, Registry } from '@millrace/core'
import { llamaCppComponents } from '@millrace/llama-cpp'
import { mcpComponents } from '@millrace/mcp'
import { CliError } from '../errors.ts'
import type { Terminal } from '../terminal.ts'
import { installedPackages, loadPackages } from './load-packages.ts'

/** What every command takes that reads pipeline files, or lists what can be in them. */
export interface RegistryOptions {
  /** Modules with further components, tools and callbacks. */
  readonly package?: readonly string[]
}

/**
 * What pipeline files may name when they are run from the command line.
 *
 * @throws CliError `USAGE_UNREADABLE`, `USAGE_INVALID` for the modules of `--package`, and for `MILLRACE_RECORD`
 */
export async function makeRegistry(
  { package: modules = [] }: RegistryOptions,
  terminal: Pick<Terminal, 'cwd' | 'env'>,
): Promise<Registry> {
  const models = await modelComponents(terminal)
  const packages = await loadPackages(modules, terminal.cwd())
  const given = new Set(packages.map(({ name }) => name))
  // One that is given may be another copy.
  const installed = (await installedPackages()).filter(({ name }) => !given.has(name))
  try {
    return new Registry([standardComponents, models, mcpComponents, ...installed, ...packages])
  } catch (cause) {
    if (!DefinitionError.isInstance(cause)) throw cause
    throw new CliError('USAGE_INVALID', `--package: ${cause.message}`, { cause })
  }
}

/** The components with models in them: those that record or replay, where the environment says so. */
async function modelComponents({ env }: Pick<Terminal, 'env'>): Promise<ComponentPackage> {
  const variable = env['MILLRACE_RECORD']
  if (!variable) return llamaCppComponents
  const [, mode, folder] = /^(record|replay):(.+)$/s.exec(variable) ?? []
  if (folder === undefined) {
    throw new CliError(
      'USAGE_INVALID',
      `The environment variable 'MILLRACE_RECORD' is '${variable}'. Set it to 'record:FOLDER' to write down what models answer, to 'replay:FOLDER' to answer from there, or to nothing.`,
    )
  }
  const { recordedComponents } = await import('@millrace/llama-cpp/testing')
  return recordedComponents({ folder, mode: mode === 'record' ? mode : 'replay' })
}
